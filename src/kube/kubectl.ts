import { run, type RunOptions } from '../kernel/run-program.js';

/** What is needed to reach a cluster. */
export interface Target {
  name: string;
  /** Path of a kubeconfig of this run's own that holds this one cluster as its current context. */
  kubeconfig: string;
  /** Node containers (kind) or nodes; `address` is the internal IP. */
  nodes?: { name: string; address: string }[];
}

/** kubectl against one cluster; returns its standard output, throws CommandError. */
export function kubectl(
  cluster: Target,
  args: readonly string[],
  options: Omit<RunOptions, 'cluster'> = {},
): Promise<string> {
  return run('kubectl', ['--kubeconfig', cluster.kubeconfig, ...args], { ...options, cluster: cluster.name });
}

/**
 * A kubectl command that waits, such as `wait` or `rollout status`, for at most so many seconds; throws CommandError.
 * It gets 10 s more to end itself, because it then reports what was not reached.
 */
export function kubectlWait(
  cluster: Target,
  args: readonly string[],
  seconds: number,
  options: Omit<RunOptions, 'cluster' | 'timeout'> = {},
): Promise<string> {
  return kubectl(cluster, [...args, `--timeout=${seconds}s`], { ...options, timeout: seconds + 10 });
}

/** A kubectl read as JSON. */
export async function kubectlJson<T>(
  cluster: Target,
  args: readonly string[],
  options: Omit<RunOptions, 'cluster'> = {},
): Promise<T> {
  return JSON.parse(await kubectl(cluster, [...args, '-o', 'json'], options)) as T;
}

/** Runs a command in a container of `workload` (pod name or `deploy/name`). */
export function exec(
  cluster: Target,
  namespace: string,
  workload: string,
  container: string,
  command: readonly string[],
  options: Omit<RunOptions, 'cluster'> = {},
): Promise<string> {
  return kubectl(
    cluster,
    ['-n', namespace, 'exec', ...(options.input ? ['-i'] : []), workload, '-c', container, '--', ...command],
    options,
  );
}
