import type { KubeConfig } from '@kubernetes/client-node';
import { readFileSync } from 'node:fs';
import type { ConnectionOptions } from 'node:tls';
import { parse } from 'yaml';
import { z } from 'zod';

/** How a cluster's API server is reached. */
export interface Access {
  /** URL of the API server. */
  server: string;
  tls: Pick<ConnectionOptions, 'ca' | 'cert' | 'key' | 'rejectUnauthorized' | 'servername'>;
  headers: Record<string, string>;
}

/** Of the current context of a kubeconfig; asks its credential plugin, where it has one. */
export async function accessOf(kubeconfig: string): Promise<Access> {
  return kindAccess(readFileSync(kubeconfig, 'utf8')) ?? (await anyAccess(kubeconfig));
}

const base64 = z.string().transform((data) => Buffer.from(data, 'base64'));

const kindKubeconfig = z.object({
  clusters: z.tuple([z.object({ cluster: z.strictObject({ 'certificate-authority-data': base64, server: z.url() }) })]),
  users: z.tuple([
    z.object({ user: z.strictObject({ 'client-certificate-data': base64, 'client-key-data': base64 }) }),
  ]),
});

/**
 * Of a kubeconfig as kind writes it: one cluster, and one user with a certificate, which it holds itself. Undefined for any
 * other: the client that knows them all takes a second of processor time and 60 MiB, in every process.
 */
export function kindAccess(kubeconfig: string): Access | undefined {
  const { success, data } = kindKubeconfig.safeParse(parse(kubeconfig));
  if (!success) return undefined;
  const [{ cluster }] = data.clusters;
  const [{ user }] = data.users;
  const ca = cluster['certificate-authority-data'];
  const tls = { ca, cert: user['client-certificate-data'], key: user['client-key-data'] };
  return { server: cluster.server, tls, headers: {} };
}

async function anyAccess(kubeconfig: string): Promise<Access> {
  const client = await import('@kubernetes/client-node');
  const config = new client.KubeConfig();
  config.loadFromFile(kubeconfig);
  const options: Parameters<KubeConfig['applyToHTTPSOptions']>[0] = {};
  await config.applyToHTTPSOptions(options);
  const { ca, cert, key, rejectUnauthorized, servername } = options;
  return {
    server: config.getCurrentCluster()!.server,
    tls: { ca, cert, key, rejectUnauthorized, servername } as Access['tls'],
    headers: (options.headers ?? {}) as Record<string, string>,
  };
}
