import type { ClusterAccess } from '../provider/cluster-handle.js';

/** Options by which kubectl and istioctl reach a cluster: `--kubeconfig FILE`, or `--context NAME`. */
export function reachOptions({ reachBy, kubeconfig }: Pick<ClusterAccess, 'reachBy' | 'kubeconfig'>): string {
  return reachBy ?? `--kubeconfig ${kubeconfig}`;
}

/** A remedy whose commands go to one cluster, whatever the current context of the one who pastes them. */
export function aimedAt(remedy: string, options: string): string {
  return remedy.replace(/\b(kubectl|istioctl) (?![^|;]*--(?:kubeconfig|context) )/g, `$1 ${options} `);
}
