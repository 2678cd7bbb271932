/** Options by which kubectl reaches a cluster: `--kubeconfig FILE` or `--context NAME`. */
export type KubectlOptions = string;

/** A remedy whose kubectl commands go to one cluster, whatever the current context of the one who pastes them. */
export function aimedAt(remedy: string, options: KubectlOptions): string {
  return remedy.replace(/\bkubectl (?!--kubeconfig |--context )/g, `kubectl ${options} `);
}
