import type { V1Pod } from '@kubernetes/client-node';
import { read } from './api.js';
import type { Target } from './kubectl.js';

/** Where a command runs. */
export interface Place {
  namespace: string;
  /** Pod name or `kind/name` of what owns pods: `deploy/sleep`. */
  workload: string;
  container: string;
}

/** A shell in a container, and the pod that the container is in. */
export interface Opened<Shell> {
  shell: Shell;
  pod: string;
}

/** Milliseconds that a pod that was seen well is not looked at again. */
const trust = 1000;

/** Shells that are open, by cluster and place: one that nobody uses is lent again while it is open and its pod is not ending. */
export class ShellPool<Shell extends { readonly open: boolean; close(): void }> {
  private readonly idle = new Map<string, Shell[]>();
  /** The pod of each shell, and when it was last seen not to be ending. */
  private readonly pods = new WeakMap<Shell, { pod: string; seen: number }>();

  constructor(private readonly start: (cluster: Target, place: Place, signal: AbortSignal) => Promise<Opened<Shell>>) {}

  async lend(cluster: Target, place: Place, signal: AbortSignal): Promise<Shell> {
    const waiting = this.idle.get(keyOf(cluster, place)) ?? [];
    for (let shell = waiting.pop(); shell; shell = waiting.pop()) {
      if (shell.open && !(await this.isEnding(cluster, place, shell, signal))) return shell;
      shell.close();
    }
    const { shell, pod } = await this.start(cluster, place, signal);
    this.pods.set(shell, { pod, seen: Date.now() });
    return shell;
  }

  giveBack(cluster: Target, place: Place, shell: Shell): void {
    const key = keyOf(cluster, place);
    const waiting = this.idle.get(key);
    if (waiting) waiting.push(shell);
    else this.idle.set(key, [shell]);
  }

  /**
   * After a rollout, calls would go on to leave from the pod that is ending. A pod that was named itself is meant, whatever becomes
   * of it; where nobody answers the shell is used.
   */
  private async isEnding(cluster: Target, { namespace, workload }: Place, shell: Shell, signal: AbortSignal) {
    const own = this.pods.get(shell);
    if (!own || !workload.includes('/') || Date.now() - own.seen < trust) return false;
    const path = `/api/v1/namespaces/${namespace}/pods/${own.pod}`;
    const pod = await read<V1Pod>(cluster, path, { signal }).catch(() => null);
    own.seen = Date.now();
    return pod === undefined || pod?.metadata?.deletionTimestamp !== undefined;
  }
}

const keyOf = ({ kubeconfig }: Target, { namespace, workload, container }: Place): string =>
  [kubeconfig, namespace, workload, container].join(' ');
