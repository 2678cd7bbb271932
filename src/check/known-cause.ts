import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { writeAtomically } from '../kernel/files.js';
import type { MeshState } from '../mesh/mesh-state.js';
import type { Finding } from '../record/finding.js';
import { allChecks } from './check-list.js';
import { nothingDeclared, objectOf } from './declared.js';
import { explainedBy, type Question } from './diagnosis.js';
import { findingsOf, lookOnce, secondLook } from './look.js';
import { explain, type Scene } from './mesh-diagnosis.js';
import { MeshView } from './mesh-view.js';

/** Milliseconds between the two looks after which a cause counts for all behaviours. */
const apart = 5000;

/** Milliseconds that it counts: after that it must have been seen again. */
const lasts = 60_000;

/** Milliseconds that what was seen of a broken mesh is good enough for the next behaviour that fails. */
const fresh = 20_000;

/** Whose objects are no cause for others. */
type Scenery = Pick<Scene, 'own' | 'declared'>;

/** The mesh as no behaviour has changed it. */
const nobodys: Scenery = { own: [], declared: nothingDeclared };

/** A cause that was seen twice, and when. */
export interface KnownCause {
  at: number;
  finding: Finding;
}

function fileOf(folder: string, topology: string): string {
  return path.join(folder, `.cause-${topology}.json`);
}

/**
 * Checks 5 s after a look whether a certain cause of the mesh persists. If so, the behaviours that it explains stop waiting. One that
 * is known already, and was seen again by this look, counts at once. Returns the cause, if there is one.
 */
export async function confirmCause(
  state: MeshState,
  causes: readonly Finding[],
  scene: Scenery,
  folder: string,
): Promise<Finding | undefined> {
  const { topology } = state.plan;
  const certain = causes.filter((finding) => finding.confidence === 'certain' && isOfMesh(finding, scene));
  if (certain.length === 0) return undefined;
  const known = knownCause(folder, topology, {});
  const renewed = known && certain.find((one) => same(one, known.finding));
  const finding = renewed ?? (await seenAgain(state, certain, scene));
  if (!finding) return undefined;
  await note(folder, topology, finding);
  return finding;
}

function note(folder: string, topology: string, finding: Finding): Promise<void> {
  return writeAtomically(fileOf(folder, topology), JSON.stringify({ at: Date.now(), finding } satisfies KnownCause));
}

/**
 * Looks at a mesh before the first behaviour. A certain cause that is seen twice is known to all of them from the beginning. Returns it,
 * if there is one. What cannot be looked at is no error: the behaviours will tell.
 */
export async function firstLook(state: MeshState, folder: string): Promise<Finding | undefined> {
  try {
    const { causes } = await explain(state, { ...nobodys, since: Date.now() }, folder);
    return await confirmCause(state, causes, nobodys, folder);
  } catch {
    return undefined;
  }
}

/** Looks once more with the checks that found something; the first finding that persists. */
async function seenAgain(state: MeshState, causes: readonly Finding[], scene: Scenery): Promise<Finding | undefined> {
  // the first look is the one that has found it
  return persisting(causes, await secondLook([], () => lookFor(state, causes, scene), apart));
}

/** Looks with the checks that have found something, and with no other. */
async function lookFor(state: MeshState, causes: readonly Finding[], { own, declared }: Scenery): Promise<Finding[]> {
  const asked = allChecks().filter(({ id }) => causes.some(({ check }) => check === id));
  return findingsOf(await lookOnce(asked, new MeshView(state, { own, declared })));
}

/** The first of these findings that is one of the causes. */
function persisting(causes: readonly Finding[], found: readonly Finding[]): Finding | undefined {
  return found.find((finding) => causes.some((one) => same(one, finding)));
}

function same(one: Finding, other: Finding): boolean {
  return one.check === other.check && one.cluster === other.cluster && one.object === other.object;
}

/** Whether a finding is about the mesh: what is wrong with an object that a behaviour has made for itself is no cause for others. */
function isOfMesh({ check, cluster, object }: Finding, { own, declared }: Scenery): boolean {
  if (
    !allChecks()
      .find(({ id }) => id === check)
      ?.reads.includes('declared')
  )
    return true;
  if (object === undefined) return false;
  const [, namespace = ''] = object.split('/');
  const isDeclared = declared.objects.some(
    ({ cluster: where, object: { kind, metadata } }) => where === cluster && objectOf(kind, metadata) === object,
  );
  return !isDeclared && !own.includes(namespace);
}

/** The cause that explains the failure of a behaviour at this moment; undefined where none was seen twice in the last minute. */
export function knownCause(folder: string, topology: string, question: Question): KnownCause | undefined {
  try {
    const known = JSON.parse(readFileSync(fileOf(folder, topology), 'utf8')) as KnownCause;
    return explainedBy(known.finding, question) && Date.now() - known.at < lasts ? known : undefined;
  } catch {
    // nobody has seen any
    return undefined;
  }
}

/**
 * From when on a look says why a behaviour fails that fails now. Where its cause was seen a moment before, or is seen again by its own
 * check, a look of that time is as good; `confirm` is false then, because nothing is to be seen anew.
 */
export async function lookSince(
  state: MeshState,
  question: Question,
  folder: string,
): Promise<{ since: number; confirm: boolean }> {
  const now = Date.now();
  const { topology } = state.plan;
  const known = knownCause(folder, topology, question);
  const anew = { since: now, confirm: true };
  if (!known) return anew;
  if (now - known.at >= fresh) {
    if (!(await persists(state, known.finding))) return anew;
    await note(folder, topology, known.finding);
  }
  return { since: now - lasts - 2 * apart, confirm: false };
}

/** Asks only the check that has found it. What cannot be asked is not seen again. */
async function persists(state: MeshState, finding: Finding): Promise<boolean> {
  const found = await lookFor(state, [finding], nobodys).catch((): Finding[] => []);
  return persisting([finding], found) !== undefined;
}

/** Forgets it: of a mesh that was mended since nothing is known. */
export function forgetCause(folder: string, topology: string): void {
  rmSync(fileOf(folder, topology), { force: true });
}
