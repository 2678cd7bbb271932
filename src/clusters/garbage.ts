import { belongingsOf, runContainers, type Belongings } from './belongings.js';
import { bakedLabel, docker, dockerAnswers, dockerLines, runLabel, stateLabel } from './docker.js';
import { bakedRepository } from './node-image.js';
import { hasLivingOwner, isLive, listRuns, readState, stateRoot } from './runs.js';

/** What `gc` found that no live run owns. */
export interface Garbage {
  /** False where Docker does not answer: then only runs on existing clusters are known. */
  docker: boolean;
  runs: { runId: string; belongings: Belongings }[];
  /** Runs of other state folders, which are left alone. */
  elsewhere: { runId: string; stateRoot: string }[];
  images: string[];
}

/**
 * Runs without a living process that nobody kept (`all`: also the kept ones), and baked node images. Images are left
 * alone while a process works on any run, because that one may be about to use them. Throws (exit 4) where Docker does not
 * answer and a run may have clusters in it.
 */
export async function findGarbage(options: { all?: boolean }): Promise<Garbage> {
  const isDead = (id: string): boolean => (options.all ? !hasLivingOwner(id) : !isLive(id));
  const onExisting = listRuns().every((id) => readState(id)?.plan.provider === 'existing');
  if (onExisting && !(await dockerAnswers())) {
    const nothing: Belongings = { containers: [], networks: [] };
    const runs = listRuns()
      .filter(isDead)
      .map((runId) => ({ runId, belongings: nothing }));
    return { docker: false, runs, elsewhere: [], images: [] };
  }
  const format = `{{.Label "${runLabel}"}}\t{{.Label "${stateLabel}"}}`;
  const labelled = ['--filter', `label=${runLabel}`, '--format', format];
  // containers before networks: of a run that is being removed elsewhere, no container is then without its network
  const nodes = await runContainers();
  const bakes = await dockerLines(['ps', '-a', ...labelled]);
  const networks = await dockerLines(['network', 'ls', ...labelled]);
  const foreign = new Map<string, string>();
  const ids = new Set([...listRuns(), ...nodes.map(({ runId }) => runId)]);
  for (const [runId, root] of [...bakes, ...networks].map((line) => line.split('\t') as [string, string])) {
    if (!runId) continue;
    // a run that keeps its state elsewhere is judged there: that place may be one that only another user, or a container, sees
    if (root === stateRoot()) ids.add(runId);
    else foreign.set(runId, root);
  }
  const dead = [...ids].filter((id) => !foreign.has(id) && isDead(id));
  const elsewhere = [...foreign].map(([runId, root]) => ({ runId, stateRoot: root }));
  const runs = await Promise.all(dead.map(async (runId) => ({ runId, belongings: await belongingsOf(runId) })));
  const busy = foreign.size > 0 || [...ids].some((id) => !dead.includes(id));
  return { docker: true, runs, elsewhere, images: busy ? [] : await bakedImages() };
}

/** By their names: an image that a user built from one of them inherits the label and is not ours. */
async function bakedImages(): Promise<string[]> {
  const format = '{{.Repository}}:{{.Tag}}';
  const names = await dockerLines(['image', 'ls', '--filter', `label=${bakedLabel}`, '--format', format]);
  return names.filter((name) => name.startsWith(`${bakedRepository}:`));
}

/**
 * Removes what `findGarbage` found, each run by `remove`; one that somebody else removes meanwhile is fine. A run that cannot be
 * removed keeps no other: the first error is thrown (exit 4) when all was tried.
 */
export async function collectGarbage(garbage: Garbage, remove: (runId: string) => Promise<unknown>): Promise<void> {
  const errors: unknown[] = [];
  for (const { runId } of garbage.runs) await remove(runId).catch((error: unknown) => errors.push(error));
  if (garbage.images.length > 0) await docker(['rmi', '-f', ...garbage.images], { uninterruptible: true });
  if (errors.length > 0) throw errors[0];
}
