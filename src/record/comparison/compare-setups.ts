import type { RunRecord, TopologyRecord } from '../result.js';
import type { SetupDifference } from './comparison.js';

type Facts = Map<string, Omit<SetupDifference, 'before' | 'after' | 'note'> & { value: string }>;

/** What differs between the runs themselves: machine, programs, versions, images. All of it is told and none of it is judged. */
export function compareSetups(before: readonly RunRecord[], after: readonly RunRecord[]): SetupDifference[] {
  const [was, is] = [before.map(factsOf), after.map(factsOf)];
  const keys = new Set([...was, ...is].flatMap((facts) => [...facts.keys()]));
  return [...keys].flatMap((key): SetupDifference[] => {
    const { topology, what, confounds } = [...was, ...is].find((facts) => facts.has(key))!.get(key)!;
    const [old, now] = [valuesOf(was, key), valuesOf(is, key)];
    // of topologies that only one side has run there is nothing to compare
    if (topology !== undefined && !(hasRun(before, topology) && hasRun(after, topology))) return [];
    // that nothing is known of the images of a side is a note of its own
    if (what.startsWith('image ') && (!knowsImages(before, topology) || !knowsImages(after, topology))) return [];
    if (old.length <= 1 && now.length <= 1 && old[0] === now[0]) return [];
    return [{ topology, what, before: old, after: now, note: noteOf(what, old, now), confounds }];
  });
}

/** What a reader must know before he trusts a comparison. */
export function setupNotes(before: readonly RunRecord[], after: readonly RunRecord[]): string[] {
  const missing = [...before, ...after].flatMap(({ run, topologies }) =>
    topologies.filter(({ images = [] }) => images.length === 0).map(({ name }) => `${name} of run ${run.id}`),
  );
  return missing.length === 0
    ? []
    : [`the running images are not recorded, so they are unverified: ${missing.join(', ')}`];
}

function hasRun(records: readonly RunRecord[], topology: string): boolean {
  return records.some(({ topologies }) => topologies.some(({ name }) => name === topology));
}

function knowsImages(records: readonly RunRecord[], topology: string | undefined): boolean {
  return records.some(({ topologies }) =>
    topologies.some(({ name, images = [] }) => name === topology && images.length > 0),
  );
}

function valuesOf(side: readonly Facts[], key: string): string[] {
  return [...new Set(side.flatMap((facts) => facts.get(key)?.value ?? []))].sort();
}

function factsOf({ machine, meshproof, environment, topologies }: RunRecord): Facts {
  const facts: Facts = new Map();
  const add = (what: string, value: string | number | undefined, topology?: string, confounds = false): void => {
    if (value === undefined) return;
    const key = `${topology ?? ''}\0${what}`;
    const said = facts.get(key)?.value;
    const own = { topology, what, confounds, value: String(value) };
    facts.set(key, said === undefined || said === own.value ? own : { ...own, value: `${said}, ${own.value}` });
  };
  const { os, kernel, cpus, memoryBytes, ...programs } = machine;
  add('operating system', [os, kernel].filter(Boolean).join(', '), undefined, true);
  add('CPUs', cpus, undefined, true);
  add('memory', `${Math.round(memoryBytes / 1024 ** 3)} GiB`, undefined, true);
  const commit = meshproof.commit ? ` (${meshproof.commit})` : '';
  add('meshproof', `${meshproof.version}${commit}`, undefined, true);
  for (const [program, version] of Object.entries(programs)) add(program, version);
  add('environment', environment.name);
  add('Kubernetes', environment.kubernetes);
  for (const topology of topologies) addTopology(topology, (what, value) => add(what, value, topology.name));
  return facts;
}

function addTopology(topology: TopologyRecord, add: (what: string, value: string | undefined) => void): void {
  add('topology file', topology.fileSha256 && `sha256 ${topology.fileSha256.slice(0, 12)}`);
  for (const { id, version, installer, revision, namespace, tags } of topology.controlPlanes ?? []) {
    const tagged = tags.length > 0 ? `, tags ${tags.join(', ')}` : '';
    add(`Istio of ${id}`, `${version} by ${installer}, revision ${revision} in ${namespace}${tagged}`);
  }
  const images = new Map<string, Set<string>>();
  for (const { image, id } of topology.images ?? []) {
    const name = image.replace(/@.*$/, '').replace(/:[^/:]+$/, '');
    images.set(name, (images.get(name) ?? new Set()).add(`${image} is ${id.replace(/^.*@/, '')}`));
  }
  for (const [name, values] of images) add(`image ${name}`, [...values].sort().join(', '));
}

/** Two contents under one name are what a reader overlooks. */
function noteOf(what: string, before: readonly string[], after: readonly string[]): string | undefined {
  if (!what.startsWith('image ')) return undefined;
  const names = (values: readonly string[]): Map<string, string> =>
    new Map(values.flatMap((value) => value.split(', ').map((one) => one.split(' is ') as [string, string])));
  const old = names(before);
  const moved = [...names(after)].filter(([name, id]) => old.has(name) && old.get(name) !== id);
  return moved.length > 0 ? 'the same name, but a different image' : undefined;
}
