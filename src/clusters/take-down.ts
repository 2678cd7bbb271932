import { existsSync } from 'node:fs';
import path from 'node:path';
import { bakedLabel, docker, dockerLines, removeContainers, runLabel, stateLabel } from './docker.js';
import { kindLabel } from './kind.js';
import { hasLivingOwner, isLive, listRuns, removeRun, stateRoot } from './runs.js';

/** Everything in Docker that belongs to a run, found by name and label, so that no file of the run is needed. */
export interface Belongings {
  containers: string[];
  networks: string[];
}

/** Prefix of the kind clusters, and name of the network, of a run. */
export function runName(runId: string): string {
  return `meshproof-${runId}`;
}

/** Looks for what a run made in Docker; stopped containers included. */
export async function belongingsOf(runId: string): Promise<Belongings> {
  const listing = ['ps', '-a', '--format', `{{.Names}}\t{{.Label "${kindLabel}"}}\t{{.Label "${runLabel}"}}`];
  const [containers, networks] = await Promise.all([
    dockerLines(listing, { uninterruptible: true }),
    dockerLines(['network', 'ls', '--filter', `label=${runLabel}=${runId}`, '--format', '{{.Name}}'], {
      uninterruptible: true,
    }),
  ]);
  const own = containers
    .map((line) => line.split('\t'))
    .filter(([, cluster, run]) => cluster?.startsWith(`${runName(runId)}-`) || run === runId);
  return { containers: own.map(([name]) => name!), networks };
}

/** Removes a run's clusters, containers, network and folder. Goes on after an interrupt; being gone already is fine. */
export async function takeDown(runId: string): Promise<Belongings> {
  const found = await belongingsOf(runId);
  await removeContainers(found.containers);
  for (const network of found.networks) await docker(['network', 'rm', network], { uninterruptible: true });
  removeRun(runId);
  return found;
}

/** What `gc` found that no live run owns. */
export interface Garbage {
  runs: { runId: string; belongings: Belongings }[];
  images: string[];
}

/**
 * Runs without a living process that nobody kept (`all`: also the kept ones), and baked node images that no container
 * uses. Images are left alone while a process works on any run, because that one may be about to use them.
 */
export async function findGarbage(options: { all?: boolean }): Promise<Garbage> {
  const format = `{{.Label "${runLabel}"}}\t{{.Label "${stateLabel}"}}`;
  const filter = ['--filter', `label=${runLabel}`, '--format', format];
  const labels = [
    ...(await dockerLines(['network', 'ls', ...filter])),
    ...(await dockerLines(['ps', '-a', ...filter])),
  ];
  const foreign = new Set<string>();
  const ids = new Set(listRuns());
  for (const [runId, root] of labels.map((line) => line.split('\t') as [string, string])) {
    if (!runId) continue;
    // a run that keeps its state elsewhere is judged there, as long as that place exists
    if (root !== stateRoot() && existsSync(path.join(root, 'runs', runId))) foreign.add(runId);
    else ids.add(runId);
  }
  const dead = [...ids].filter((id) => !foreign.has(id) && (options.all ? !hasLivingOwner(id) : !isLive(id)));
  const runs = await Promise.all(dead.map(async (runId) => ({ runId, belongings: await belongingsOf(runId) })));
  const busy = foreign.size > 0 || [...ids].some((id) => !dead.includes(id));
  const images = busy
    ? []
    : await dockerLines(['image', 'ls', '--filter', `label=${bakedLabel}`, '--format', '{{.ID}}']);
  return { runs, images: [...new Set(images)] };
}

export async function collectGarbage(garbage: Garbage): Promise<void> {
  for (const { runId } of garbage.runs) await takeDown(runId);
  if (garbage.images.length > 0) await docker(['rmi', '-f', ...garbage.images], { uninterruptible: true });
}
