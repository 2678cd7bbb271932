import { parse } from 'yaml';
import { exitCode, MeshproofError } from '../kernel/errors.js';

/** The part of a kubeconfig that is looked at here. */
export interface Kubeconfig {
  clusters: { cluster: { server: string } }[];
}

/** Throws (exit 3) where a text is not a kubeconfig; the parser would quote its lines, which hold credentials. */
export function parseKubeconfig(text: string, where: string): Kubeconfig {
  try {
    const config = parse(text, { logLevel: 'silent' }) as Kubeconfig | null;
    if (config?.clusters?.[0]?.cluster?.server) return config;
  } catch {
    // said below, without the lines
  }
  throw new MeshproofError('this is not a usable kubeconfig', exitCode.preflight, {
    where,
    expected: "valid YAML with a cluster's address",
    remedy: 'inspect it: kubectl config view',
  });
}
