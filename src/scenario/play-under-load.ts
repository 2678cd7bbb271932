import path from 'node:path';
import { currentSignal, thenAlways } from '../kernel/cancellation.js';
import { converge, ConvergenceError } from '../kernel/converge.js';
import { letTimePass } from '../kernel/let-time-pass.js';
import type { MeshState } from '../mesh/mesh-state.js';
import type { ChangeRecord, Phase } from '../record/change-record.js';
import { calibrate } from './calibrate.js';
import { certainlyNew, lookAtAll, lookAtSeen, newFindings } from './compare-findings.js';
import { judgeChange } from './judge-change.js';
import { lossOf } from './gaps.js';
import { timeoutMs } from './load-objects.js';
import type { PlacedEvent } from './placed-event.js';
import { playActs } from './play-acts.js';
import { phaseLengths, type PlayOptions } from './play-options.js';
import { RunningLoad } from './run-load.js';
import { watchMesh } from './watch-mesh.js';

/** What a change did, and the mesh that it has left. */
export interface PlayOutcome {
  record: ChangeRecord;
  mesh: MeshState;
}

/** A lane is proven to be what it is within so many milliseconds, or it is said that it was not. */
const provenWithinMs = 30_000;

/**
 * Plays acts on a mesh under load: deploys and calibrates the load, takes a baseline, plays the acts, and waits until
 * every path is clean again. Reports what was lost, when and why. A failed act is part of the record, and the mesh is
 * watched until it has recovered. Removes the load, also after an interrupt, whose reason it throws. Throws (exit 3 or
 * 4) if the load cannot be deployed.
 */
export async function playUnderLoad(options: PlayOptions): Promise<PlayOutcome> {
  const { mesh, steps, compare = true, phases: lengths = phaseLengths, seen, own } = options;
  const startedAt = new Date();
  const events: PlacedEvent[] = [];
  const ended = new AbortController();
  const load = new RunningLoad(mesh, {
    perSecond: options.perSecond ?? 10,
    folder: path.join(options.folder, 'load', options.id),
    injection: { ...options.injection, ...own?.injection },
    shared: options.shared,
    ingress: options.ingress,
    own: own?.calls,
    steps,
  });
  const looked = (when: string, at: MeshState) =>
    compare
      ? steps.step(`checks ${when} the change`, {}, () => (seen ? lookAtSeen(seen) : lookAtAll(at)))
      : { findings: [], unknown: [] };
  const lookedBefore = await looked('before', mesh);
  const work = async (): Promise<PlayOutcome> => {
    await load.start();
    const { perSecond, tried } =
      options.perSecond === undefined
        ? await steps.step('calibration', {}, () => calibrate(load))
        : { perSecond: options.perSecond, tried: [] };
    steps.note(`${perSecond} calls a second on each path and lane: a gap of ${1000 / perSecond} ms is always detected`);
    const notSeen = await Promise.all(
      mesh.clusters.map((cluster) =>
        watchMesh(cluster, { loadNamespace: load.namespace, callees: own?.callees }, ended.signal, (event) =>
          events.push(event),
        ),
      ),
    );
    const phases: Phase[] = [];
    const phase = async <T>(name: Phase['name'], during: () => Promise<T>): Promise<T> => {
      const start = Date.now();
      const result = await during();
      phases.push({ name, start, end: Date.now() });
      return result;
    };
    const forSo = (name: Phase['name'], ms: number) => steps.step(name, {}, () => phase(name, () => letTimePass(ms)));
    await phase('settle', async () => {
      await steps.step('settle', {}, () => settled(load, lengths.settle));
    });
    await forSo('baseline', lengths.baseline);
    const { acts, mesh: after } = await playActs(options, load, (event) => events.push(event));
    for (const { id, start, end } of acts)
      if (start !== undefined) phases.push({ name: 'act', act: id, start, end: end! });
    // what was proven after an act is still its time
    joinPhases(phases);
    const recovered = await steps.step('recovery', {}, () =>
      phase('recovery', () => allClean(load, lengths.clean, lengths.recoveryLimit)),
    );
    await forSo('after', lengths.after);
    // calls that are under way still count
    await letTimePass(unknownMs);
    await load.stop();
    const lookedAfter = await looked('after', after);
    const compared = seen
      ? certainlyNew(lookedBefore, lookedAfter)
      : { worse: newFindings(lookedBefore, lookedAfter), unknown: [] };
    const record = judgeChange({
      options,
      load,
      startedAt: startedAt.getTime(),
      endedAt: Date.now(),
      phases,
      acts,
      events,
      notSeen: notSeen.flat(),
      recovered,
      calibrated: tried,
      perSecond,
      ...compared,
    });
    return { record, mesh: after };
  };
  return thenAlways(work, async () => {
    ended.abort();
    await steps.step('removal of the load', {}, () => load.remove());
  });
}

/** Waits until the lanes are proven to be what they are, and for so long at least. */
async function settled(load: RunningLoad, ms: number): Promise<void> {
  await letTimePass(ms);
  const proven = (): Promise<number> =>
    load.readAll().then(() => load.store.events.filter(({ event }) => event === 'retries').length);
  const clients = load.plan.clusters.length;
  await converge(
    proven,
    (count) => (count >= clients ? { ok: true } : { ok: false, expected: `${clients} clients`, got: String(count) }),
    { timeout: provenWithinMs, interval: 1_000, backoff: 1, signal: currentSignal() },
  ).catch((error: unknown) => {
    if (!(error instanceof ConvergenceError)) throw error;
  });
}

/** The result of calls of this time is not known yet: they are under way, or not written. */
const unknownMs = timeoutMs + 1_500;

/** Every path was called, and nothing was lost, for so many milliseconds. False where that did not come within the limit. */
async function allClean(load: RunningLoad, clean: number, limit: number): Promise<boolean> {
  const begun = Date.now();
  const lossesSince = async (): Promise<{ lost: number; silent: number }> => {
    await load.readAll();
    // a call is written down when it ends: what began later than this may still be lost
    const since = Math.max(begun, Date.now() - clean - unknownMs);
    const series = load.store.series;
    const lost = series.filter(({ samples }) =>
      samples.some((sample) => sample.tick >= since && lossOf(sample)),
    ).length;
    // both clients of a path that is no longer called
    const called = new Set(
      series.filter(({ samples }) => (samples.at(-1)?.tick ?? 0) > Date.now() - 15_000).map(pathKey),
    );
    const silent = new Set(series.map(pathKey)).size - called.size;
    return { lost, silent };
  };
  const check = ({ lost, silent }: { lost: number; silent: number }) =>
    lost === 0 && silent === 0 && Date.now() - begun >= clean + unknownMs
      ? ({ ok: true } as const)
      : ({ ok: false, expected: 'no loss', got: `losses on ${lost}, silence on ${silent}` } as const);
  return converge(lossesSince, check, { timeout: limit, interval: 1_000, backoff: 1, signal: currentSignal() }).then(
    () => true,
    (error: unknown) => {
      if (error instanceof ConvergenceError) return false;
      throw error;
    },
  );
}

function pathKey({ cluster, index }: { cluster: string; index: number }): string {
  return `${cluster} ${index}`;
}

/** Each act lasts until the next begins: what is proven after it, and what it does late, is its own. */
function joinPhases(phases: Phase[]): void {
  for (const [i, phase] of phases.entries()) {
    const next = phases[i + 1];
    if (phase.name === 'act') phase.end = next?.start ?? Date.now();
  }
}
