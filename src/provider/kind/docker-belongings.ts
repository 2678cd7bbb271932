import { bakedLabel, dockerLines, runLabel } from '../../kernel/docker.js';
import { kindLabel } from './kind-cluster.js';
import { isRunId } from '../../run/run-folders.js';

/** Everything in Docker that belongs to a run, found by label, so that no file of the run is needed. */
export interface Belongings {
  containers: string[];
  networks: string[];
}

const always = { uninterruptible: true };

/** Looks for what a run made in Docker; stopped containers included. Goes on after an interrupt. */
export async function belongingsOf(runId: string): Promise<Belongings> {
  const [containers, networks] = await Promise.all([
    runContainers(),
    dockerLines(['network', 'ls', '--filter', `label=${runLabel}=${runId}`, '--format', '{{.Name}}'], always),
  ]);
  return { containers: containers.filter((own) => own.runId === runId).map(({ name }) => name), networks };
}

/** Every container of any run. */
export async function runContainers(): Promise<{ name: string; runId: string }[]> {
  const labels = [kindLabel, bakedLabel, runLabel].map((label) => `{{.Label "${label}"}}`);
  const lines = await dockerLines(['ps', '-a', '--format', ['{{.Names}}', ...labels].join('\t')], always);
  return lines.flatMap((line) => {
    const [name = '', cluster = '', baked = '', run = ''] = line.split('\t');
    const runId = isRunId(run) ? run : runOfNode(cluster, baked);
    return runId ? [{ name, runId }] : [];
  });
}

/**
 * kind cannot label its nodes. The cluster name and the label of the baked image identify them, so that a user's own
 * cluster is never taken for one.
 */
export function runOfNode(cluster: string, baked: string): string | undefined {
  return baked === '' ? undefined : /^meshproof-([a-z][a-z0-9]{9})-/.exec(cluster)?.[1];
}
