// Breaks one mesh that is up in many known ways, one after the other, asks `meshproof why` each time, and mends it. A series: see
// docs/series/README.md.
//   node scripts/why-faults.mjs --run k3x9qa72bc --summary docs/series/why-faults-2026-11-30.json
import './own-node.mjs';
import { series, seriesArguments } from './series.mjs';
import { outside } from './why-faults/outside-faults.mjs';

const { values } = seriesArguments({
  run: { type: 'string' },
  only: { type: 'string' },
  count: { type: 'string' },
  scale: { type: 'string', default: '1' },
});
const load = (file) => import(new URL(`../dist/src/${file}`, import.meta.url));
const [
  { faults },
  { meshOf },
  { Breakage },
  { Undo },
  { readState },
  { firstMissing },
  { addProgramsToPath },
  { scaleTimeLimits },
  { whyOf },
  { read },
  { converge },
] = await Promise.all(
  [
    'fault/faults.gen.js',
    'fault/fault.js',
    'fault/breakage.js',
    'kernel/undo.js',
    'mesh/state-file.js',
    'topology/features.js',
    'supply/lab/lab-home.js',
    'kernel/time-limits.js',
    'engine/ask-why.js',
    'kube/api.js',
    'kernel/converge.js',
  ].map(load),
);
addProgramsToPath();
// for a machine that others use as well
scaleTimeLimits(Number(values.scale));
const state = readState(values.run);
if (state?.phase !== 'up') throw new Error(`run ${values.run} is not up: name one with --run`);
const mesh = meshOf(state.clusters, state.plan.features);

/** What `why` answers. In this process: its start is none of what is measured here. */
async function why() {
  const start = Date.now();
  const question = { run: values.run, contexts: [], services: [], noExec: false };
  const answer = await whyOf(question).catch((error) => ({
    cause: null,
    alsoFound: [],
    follows: [],
    problem: error.message,
  }));
  return { ...answer, seconds: (Date.now() - start) / 1000 };
}

/** Waits until every API server answers: on a machine that is too busy kubelet restarts them. */
async function answering() {
  const ready = async () =>
    (await Promise.all(state.clusters.map((one) => read(one, '/version').catch(() => undefined)))).every(Boolean);
  const check = (ok) => (ok ? { ok } : { ok, expected: 'API servers that answer', got: 'one does not' });
  await converge(ready, check, { timeout: 180_000, interval: 2000, successes: 2 });
}

const live = faults.filter(
  (fault) => fault.break && firstMissing(fault.requires ?? [], state.plan.features) === undefined,
);
// `finding` is the one that must be the cause; what is outside of the catalogue is named by the station where the way ends
const all = [
  { id: 'nothing', finding: null, break: async () => {} },
  ...outside.map((fault) => ({ ...fault, outside: true })),
  ...live,
];
const only = values.only?.split(',');
const chosen = all.filter(({ id }) => !only || only.includes(id)).slice(0, Number(values.count ?? all.length));

await series({
  name: 'why-faults',
  values,
  parameters: { topology: state.plan.topology, faults: chosen.map(({ id }) => id) },
  rounds: () => chosen.map(({ id }) => ({ what: id })),
  async play({ what }) {
    const fault = chosen.find(({ id }) => id === what);
    const undo = new Undo();
    let answer;
    let wrong = [];
    await answering();
    try {
      await fault.break(mesh, new Breakage(undo));
      answer = await why();
    } catch (error) {
      wrong = [`it could not be broken: ${error.message}`];
    } finally {
      for (let left = 3; left > 0; left--) {
        const problem = await undo.all().then(
          () => undefined,
          (error) => error.message,
        );
        if (!problem) break;
        if (left === 1) wrong.push(problem);
        else await answering();
      }
    }
    if (!answer) return { wrong };
    const { cause, alsoFound, follows, unknown = [], problem, seconds } = answer;
    for (const { check, missing } of fault.finding === null ? unknown : [])
      wrong.push(`cannot tell ${check}: ${missing}`);
    const wanted = [fault.finding].flat();
    const named = wanted.includes(cause?.id ?? null);
    const beside = [...alsoFound, ...follows].some(({ check }) => wanted.includes(check));
    const got = cause ? `${cause.id}: ${cause.says}` : (problem ?? 'no cause');
    if (!named)
      wrong.push(
        `must be named ${wanted.join(' or ')}, is ${got}${beside ? ' (the one that is meant was found beside it)' : ''}`,
      );
    const kind = fault.outside ? 'outside' : fault.finding === null ? 'sound' : 'catalogue';
    return {
      wrong,
      note: `${cause?.id ?? 'no cause'}, ${seconds.toFixed(1)} s`,
      counts: { [`${kind} asked`]: 1, [`${kind} named`]: named ? 1 : 0 },
    };
  },
});
// connections to API servers and shells in pods are kept open
process.exit();
