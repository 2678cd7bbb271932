// Breaks one mesh that is up in many known ways, one after the other, asks `meshproof why` each time, and mends it. A series: see
// docs/series/README.md. Its summaries in docs/series/ become a table of docs/faults.md.
//   node scripts/why-faults.mjs --run k3x9qa72bc --summary docs/series/why-faults-2026-11-30.json
import './own-node.mjs';
import { series, seriesArguments } from './series.mjs';
import { asDeclared, judgeAnswer } from './why-faults/judge-answer.mjs';
import { nothing, outside } from './why-faults/outside-faults.mjs';

const { values } = seriesArguments({
  run: { type: 'string' },
  only: { type: 'string' },
  count: { type: 'string' },
  scale: { type: 'string', default: '1' },
});
const { openMesh } = await import('./broken-mesh/open-mesh.mjs');
const { firstMissing } = await import('../dist/src/topology/features.js');
const { mesh, versions, live, why, whileBroken } = openMesh(values.run, Number(values.scale));

/** What `why` answers. In this process: its start is none of what is measured here. */
async function timedWhy() {
  const start = Date.now();
  const answer = await why();
  return { ...answer, seconds: (Date.now() - start) / 1000 };
}

// `finding` is the one that must be the cause; what is outside of the catalogue is named by the station where the way ends,
// and what does no harm here must not be named at all
const harmless = ({ harms = [] }) => firstMissing(harms, mesh.features) !== undefined;
const all = [nothing, ...outside, ...live.map((fault) => (harmless(fault) ? { ...fault, finding: null } : fault))];
const only = values.only?.split(',');
const chosen = all.filter(({ id }) => !only || only.includes(id)).slice(0, Number(values.count ?? all.length));

/** In which sums of the series a fault counts. */
function kindOf(fault) {
  return fault === nothing ? 'sound' : outside.includes(fault) ? 'outside' : 'catalogue';
}

await series({
  name: 'why-faults',
  values,
  parameters: { ...versions, faults: chosen.map(({ id }) => id) },
  rounds: () => chosen.map(({ id }) => ({ what: id })),
  async play({ what }) {
    const fault = chosen.find(({ id }) => id === what);
    const { value: answer, wrong } = await whileBroken(fault, timedWhy);
    const { row, wrong: misnamed } = judgeAnswer(fault, answer);
    const kind = kindOf(fault);
    return {
      wrong: [...wrong, ...misnamed],
      row,
      note: `${row.named}${answer ? `, ${answer.seconds.toFixed(1)} s` : ''}`,
      ...(answer && { counts: { [`${kind} asked`]: 1, [`${kind} named`]: asDeclared(row) ? 1 : 0 } }),
    };
  },
});
// connections to API servers and shells in pods are kept open
process.exit();
