#!/usr/bin/env node
// Compares the steps that a run has executed, by the timings of its record, with those that `plan` prints: each once, and none
// before the end of what it comes after. The run is the one that is named, or the newest report with the topology.
//   node scripts/executed-steps.mjs TOPOLOGY [RUN]
import './own-node.mjs';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { wrongSteps } from './wrong-steps.mjs';

const [name, run] = process.argv.slice(2);
const recordOf = (id) => {
  const file = path.join('reports', id, 'result.json');
  const record = JSON.parse(readFileSync(file, 'utf8'));
  return { id, at: statSync(file).mtimeMs, topology: record.topologies.find((one) => one.name === name) };
};
const readable = (id) => {
  try {
    return [recordOf(id)];
  } catch {
    return [];
  }
};
const found = (run ? [run] : readdirSync('reports')).flatMap(readable).filter(({ topology }) => topology);
const newest = found.sort((a, b) => b.at - a.at)[0];
if (!newest) throw new Error(`no report has topology ${name}`);
const meshproof = fileURLToPath(new URL('../meshproof', import.meta.url));
const args = ['plan', newest.topology.file, '--output', 'json'];
const { stdout, stderr, status } = spawnSync(meshproof, args, { encoding: 'utf8', maxBuffer: 2 ** 24 });
if (status !== 0) throw new Error(stderr);
const { steps } = JSON.parse(stdout);
const wrong = wrongSteps(newest.topology.timings, steps);
for (const line of wrong) console.log(line);
console.log(`run ${newest.id}: ${steps.length} steps of the plan, ${wrong.length} differences`);
process.exitCode = wrong.length > 0 ? 1 : 0;
