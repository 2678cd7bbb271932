import { readFileSync } from 'node:fs';
import { read, Refused } from './api.js';
import { secretsOf, secretsOfKubeconfig, type SecretObject } from './secret-objects.js';
import { rememberSecrets } from '../kernel/secrets/known-secrets.js';
import type { Target } from './kubectl.js';

/** Secrets in one answer: a cluster of a company has thousands. */
const pageSize = 500;
/** Seconds for one answer. */
const timeout = 10;

/**
 * Learns what must not be in a report: the credentials of the clusters' kubeconfigs, and all Secrets that the clusters hold at
 * this moment. Where a cluster may not be asked for all of them, those of `namespaces` are read, from which evidence is
 * taken. Returns a sentence for each cluster whose Secrets are not all known; never throws. Goes on after an interrupt.
 */
export async function learnSecrets(clusters: readonly Target[], namespaces: readonly string[]): Promise<string[]> {
  const notes = await Promise.all(clusters.map((cluster) => learnFrom(cluster, namespaces)));
  return notes.filter((note) => note !== undefined);
}

async function learnFrom(cluster: Target, namespaces: readonly string[]): Promise<string | undefined> {
  const unknown = (why: unknown, which: string): string =>
    `the Secrets of ${cluster.name} could not be read${which}: ${(why as Error).message}. There the search of the report knows only the shapes of secrets`;
  try {
    rememberSecrets(secretsOfKubeconfig(readFileSync(cluster.kubeconfig, 'utf8'), cluster.name));
    await readAll(cluster, '/api/v1/secrets');
    return undefined;
  } catch (error) {
    if (!(error instanceof Refused) || error.status !== 403) return unknown(error, '');
    const own = namespaces.map((name) => readAll(cluster, `/api/v1/namespaces/${name}/secrets`));
    const read = (await Promise.allSettled(own)).map(({ status }) => status === 'fulfilled');
    const known = namespaces.filter((_, i) => read[i]);
    return unknown(error, known.length > 0 ? ` outside of ${known.join(' and ')}` : '');
  }
}

async function readAll(cluster: Target, path: string): Promise<void> {
  let next: string | undefined = '';
  while (next !== undefined) {
    const from: string = next === '' ? '' : `&continue=${encodeURIComponent(next)}`;
    const page: SecretList | undefined = await read<SecretList>(cluster, `${path}?limit=${pageSize}${from}`, {
      timeout,
      uninterruptible: true,
    });
    rememberSecrets((page?.items ?? []).flatMap((secret) => secretsOf(secret, cluster.name)));
    next = page?.metadata?.continue || undefined;
  }
}

interface SecretList {
  metadata?: { continue?: string };
  items?: SecretObject[];
}
