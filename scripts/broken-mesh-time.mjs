// Breaks one mesh that is up by faults of the catalogue, one after the other, runs eight behaviours on it, and mends it. Demands that
// the last verdict is there in 75 s, and that every failure that the fault explains begins with its finding. A series: see
// docs/series/README.md.
//   node scripts/broken-mesh-time.mjs --run k3x9qa72bc --seed 1 --count 4
//   --only FAULTS         these, instead of a choice by the seed
//   --behaviours IDS      others than the eight
//   --workers N           behaviours side by side, instead of as many as `test` has by itself
//   --most SECONDS        instead of 75
import './own-node.mjs';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { draw, judgeRun, secondsUntilDecided } from './broken-mesh/judge-run.mjs';
import { series, seriesArguments } from './series.mjs';

const { values } = seriesArguments({
  run: { type: 'string' },
  only: { type: 'string' },
  count: { type: 'string', default: '4' },
  behaviours: { type: 'string', default: 'LB-1,LB-2,LB-3,LB-4,CP-1,MTLS-2,LOC-1,EGR-2' },
  workers: { type: 'string' },
  most: { type: 'string', default: '75' },
  scale: { type: 'string', default: '1' },
});
const { openMesh } = await import('./broken-mesh/open-mesh.mjs');
const { explainedBy } = await import('../dist/src/check/diagnosis.js');
const { failing } = await import('../dist/src/fault/fault.js');
const { converge } = await import('../dist/src/kernel/converge.js');
const { mesh, versions, live, why, whileBroken } = openMesh(values.run, Number(values.scale));

/** Breakages of kinds that differ: of what istiod knows, of gateways, of the way, of mutual TLS. */
const usual = [
  'remote-secret-missing',
  'gateway-not-ready',
  'port-15443-closed',
  'istiod-down',
  'peer-authentication-disabled',
  'tls-disabled-live',
  'link-swallows',
];
const asked = values.behaviours.split(',');
const names = values.only?.split(',') ?? usual;
const candidates = live.filter(({ id }) => names.includes(id));
const unknown = values.only ? names.filter((id) => !candidates.some((one) => one.id === id)) : [];
if (unknown.length > 0)
  throw new Error(
    `${unknown.join(', ')}: not a live fault that ${versions.topology} can have; see meshproof faults --list`,
  );

/** Runs the behaviours as a user would, and reads their record. */
async function test(cwd) {
  const program = fileURLToPath(new URL('../meshproof', import.meta.url));
  const args = ['test', values.run, '--only', asked.join(','), '--output', 'json'];
  const more = values.workers ? ['--', '--workers', values.workers] : [];
  const start = Date.now();
  const { stdout, stderr } = await output(program, [...args, ...more], cwd);
  let id;
  try {
    id = JSON.parse(stdout).run.id;
  } catch {
    throw new Error(`meshproof test wrote no record: ${stderr.trim().split('\n').slice(-5).join(' / ')}`);
  }
  const { topologies } = JSON.parse(readFileSync(join(cwd, 'reports', id, 'result.json'), 'utf8'));
  const behaviours = topologies[0].behaviours.filter((one) => asked.includes(one.id));
  return { behaviours, seconds: secondsUntilDecided(behaviours, start) };
}

function output(program, args, cwd) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text) => (stderr += text));
    child.on('error', reject);
    child.on('close', () => resolve({ stdout, stderr }));
  });
}

/** Waits until `why` finds nothing: every call arrives, and every check holds. */
async function whole() {
  const found = async () => {
    const { cause, alsoFound, problem } = await why();
    return problem ?? [cause?.says, ...alsoFound.map(({ says }) => says)].filter(Boolean).join('; ');
  };
  const check = (text) => (text === '' ? { ok: true } : { ok: false, expected: 'a mesh that is whole', got: text });
  await converge(found, check, { timeout: 240_000, interval: 3000, successes: 2 });
}

await series({
  name: 'broken-mesh-time',
  values,
  parameters: {
    ...versions,
    ...(values.workers && { workers: Number(values.workers) }),
    names,
    count: values.count,
    asked,
  },
  rounds: (next) =>
    (values.only ? candidates : draw(candidates, Number(values.count), next)).map(({ id }) => ({ what: id })),
  // of a round that was killed something may be left
  begin: whole,
  async play({ what }, { folder }) {
    const fault = candidates.find(({ id }) => id === what);
    const { value, wrong } = await whileBroken(fault, () => test(folder));
    const mended = await whole().then(
      () => [],
      (error) => [`the mesh is not whole after it was mended: ${error.message}`],
    );
    if (!value) return { wrong: [...wrong, ...mended] };
    const { finding } = fault;
    const judged = judgeRun({
      ...value,
      fault: what,
      asked,
      demanded: failing(fault.fails(mesh)),
      finding,
      explains: ({ area }) => explainedBy({ check: finding }, { area }),
      most: Number(values.most),
    });
    return {
      wrong: [...wrong, ...judged.wrong, ...mended],
      row: judged.row,
      note: `${value.seconds} s, ${judged.row.failed} failed, ${judged.row.undetermined} undetermined`,
      counts: { behaviours: value.behaviours.length, 'failed behaviours': judged.row.failed },
    };
  },
});
// connections to API servers and shells in pods are kept open
process.exit();
