import { belongingsOf, runContainers, type Belongings } from '../provider/kind/docker-belongings.js';
import type { CommandError } from '../kernel/run-program.js';
import { bakedImages } from '../supply/baked-images.js';
import { docker, dockerAnswers, dockerLines, runLabel, stateLabel } from '../kernel/docker.js';
import { damageOf, readState } from '../mesh/state-file.js';
import { isRunId, leaseOf, listRuns, ownerOf, removeUnfinished, stateFile, stateRoot } from '../run/run-folders.js';
import { severalErrors } from '../kernel/errors.js';

/** What `gc` found that no live run owns. */
export interface Garbage {
  /** False where Docker does not answer: then only runs on existing clusters are known. */
  docker: boolean;
  runs: { runId: string; belongings: Belongings }[];
  /** Runs of other state folders, which are left alone. */
  elsewhere: { runId: string; stateRoot: string }[];
  /** Runs of this state folder whose process is on another host or in a container, and may be gone. */
  unknown: { runId: string; host: string }[];
  /** Runs whose state file is damaged and that have nothing in Docker: what they made on existing clusters is not known. */
  damaged: { runId: string; file: string; problem: string }[];
  images: string[];
}

export interface GarbageOptions {
  /** Also the runs that are kept. */
  all?: boolean;
  /** Also the runs of which nobody can tell from here whether a process works on them. */
  force?: boolean;
}

/** False while a process works on the run, or it is kept and kept runs are not asked for. */
function isDead(runId: string, { all, force }: GarbageOptions): boolean {
  const owner = ownerOf(runId);
  if (owner === 'this' || owner === 'alive' || (owner === 'unknown' && !force)) return false;
  return all || leaseOf(runId)?.kept !== true;
}

/**
 * Runs without a living process that nobody kept, and baked node images. Images are left
 * alone while a process works on any run, because that one may be about to use them. Throws (exit 4) where Docker does not
 * answer and a run may have clusters in it.
 */
export async function findGarbage(options: GarbageOptions): Promise<Garbage> {
  const dead = (id: string): boolean => isDead(id, options);
  const unknown = listRuns()
    .filter((id) => ownerOf(id) === 'unknown' && !options.force)
    .map((runId) => ({ runId, host: leaseOf(runId)!.host }));
  const onExisting = listRuns().every(
    (id) => damageOf(id) !== undefined || readState(id)?.plan.provider === 'existing',
  );
  if (onExisting && !(await dockerAnswers())) {
    const nothing: Belongings = { containers: [], networks: [] };
    const found = listRuns()
      .filter(dead)
      .map((runId) => ({ runId, belongings: nothing }));
    return { docker: false, ...withoutDamaged(found), elsewhere: [], unknown, images: [] };
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
    if (!isRunId(runId)) continue;
    // a run that keeps its state elsewhere is judged there: that place may be one that only another user, or a container, sees
    if (root === stateRoot()) ids.add(runId);
    else foreign.set(runId, root);
  }
  const gone = [...ids].filter((id) => !foreign.has(id) && dead(id));
  const elsewhere = [...foreign].map(([runId, root]) => ({ runId, stateRoot: root }));
  const found = await Promise.all(gone.map(async (runId) => ({ runId, belongings: await belongingsOf(runId) })));
  const busy = foreign.size > 0 || [...ids].some((id) => !gone.includes(id));
  return { docker: true, ...withoutDamaged(found), elsewhere, unknown, images: busy ? [] : await bakedImages() };
}

/** The runs apart from those that nothing is known of: a state file that is damaged, and nothing in Docker. */
function withoutDamaged(found: Garbage['runs']): Pick<Garbage, 'runs' | 'damaged'> {
  const damaged = found.flatMap(({ runId, belongings: { containers, networks } }) => {
    const problem = damageOf(runId);
    return problem === undefined || containers.length + networks.length > 0
      ? []
      : [{ runId, file: stateFile(runId), problem }];
  });
  return { runs: found.filter(({ runId }) => !damaged.some((one) => one.runId === runId)), damaged };
}

/**
 * Removes what `findGarbage` found, each run by `remove`; one that another process removes meanwhile is fine. What cannot be
 * removed keeps nothing else: one error with all reasons is thrown (exit 4) when all was tried. An image that a container uses
 * by now stays, and is taken out of `garbage`: a run that has begun meanwhile holds it.
 */
export async function collectGarbage(garbage: Garbage, remove: (runId: string) => Promise<unknown>): Promise<void> {
  const errors: unknown[] = [];
  for (const { runId } of garbage.runs) await remove(runId).catch((error: unknown) => errors.push(error));
  for (const image of [...garbage.images]) {
    // without -f, Docker itself refuses to take an image from a container
    await docker(['rmi', image], { uninterruptible: true }).catch((error: CommandError) => {
      garbage.images = garbage.images.filter((name) => name !== image);
      if (!/is using|in use|being used|No such image/i.test(error.output)) errors.push(error);
    });
  }
  removeUnfinished();
  if (errors.length > 0) throw severalErrors(errors, 'run again: meshproof gc');
}
