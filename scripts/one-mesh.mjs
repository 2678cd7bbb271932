// What is proven on one mesh that is up, after the other: `why` names four faults, and a canary of the first cluster loses nothing
// that its budgets do not say. Prints what `countOneMesh` of test-counts.mjs counts, as JSON.
import './own-node.mjs';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const project = fileURLToPath(new URL('..', import.meta.url));
/** The first breaks nothing: `why` must find nothing. */
const faults = [
  'nothing',
  'remote-secret-missing',
  'expose-services-missing',
  'subset-undefined',
  'peer-authentication-disabled',
];
const folder = mkdtempSync(join(tmpdir(), 'meshproof-one-mesh-'));
const summaryFile = join(folder, 'summary.json');

let child;
let stopped = false;
for (const signal of ['SIGINT', 'SIGTERM'])
  process.on(signal, () => {
    stopped = true;
    // a Ctrl-C in the terminal has reached the child already; it cleans up and ends by itself
    if (signal === 'SIGTERM') child?.kill(signal);
  });

const up = await meshproof('up', 'multi-network-multi-primary', '--istio', 'previous', '--output', 'json', '--yes');
const runId = parse(up)?.runId;
const result = { up: runId !== undefined, asked: faults.length };
try {
  if (runId) {
    const series = ['scripts/why-faults.mjs', '--run', runId, '--only', faults.join(','), '--again'];
    process.stderr.write(await run(process.execPath, [...series, '--folder', folder, '--summary', summaryFile]));
    if (existsSync(summaryFile)) result.why = parse(readFileSync(summaryFile, 'utf8'));
  }
  if (runId && !stopped) {
    const watched = ['--quick', '--budgets', 'scripts/upgrade-budgets.yaml', '--output', 'json'];
    const upgraded = await meshproof('upgrade', '--run', runId, '--until', 'gateway/cluster1', ...watched);
    result.upgrade = parse(upgraded)?.topologies[0];
  }
} finally {
  if (runId) await meshproof('down', runId);
  rmSync(folder, { recursive: true });
  console.log(JSON.stringify(result));
}

function meshproof(...args) {
  return run(join(project, 'meshproof'), args);
}

/** What a program writes to stdout; what it says is passed on. */
function run(program, args) {
  return new Promise((resolve) => {
    let stdout = '';
    child = spawn(program, args, { cwd: project, stdio: ['ignore', 'pipe', 'inherit'] });
    child.stdout.setEncoding('utf8').on('data', (text) => (stdout += text));
    child.on('close', () => resolve(stdout));
  });
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
