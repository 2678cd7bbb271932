#!/usr/bin/env node
// Runs the four topologies (or those named) again and again, unattended, and says what was not green or left over.
// Usage: scripts/soak.mjs [--count N] [--only IDS] [topology...]
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { $ } from 'zx';

const { values, positionals } = parseArgs({
  options: { count: { type: 'string', default: '25' }, only: { type: 'string' } },
  allowPositionals: true,
});
$.cwd = fileURLToPath(new URL('..', import.meta.url));
$.nothrow = true;
$.quiet = true;

const selection = values.only ? ['--only', values.only] : [];
const total = { passed: 0, failed: 0, undetermined: 0, flaky: 0 };
let [done, green, left] = [0, 0, 0];
for (let round = 1; round <= Number(values.count); round++) {
  const start = Date.now();
  const run = await $`./meshproof run ${positionals} ${selection} --output json`;
  const record = parse(run.stdout);
  done++;
  for (const verdict of Object.keys(total)) total[verdict] += record?.summary[verdict] ?? 0;
  const leftovers = record ? await leftBy(record) : ['unknown: the run left no record'];
  left += leftovers.length;
  if (run.exitCode === 0 && record?.summary.flaky === 0 && leftovers.length === 0) green++;
  const seconds = ((Date.now() - start) / 1000).toFixed(0);
  console.log(
    `${new Date().toISOString()} round ${round}: exit ${run.exitCode}, ${summary(record)}, ${seconds} s` +
      (leftovers.length > 0 ? `; left over: ${leftovers.join(', ')}` : ''),
  );
  if (run.exitCode !== 0) console.log(run.stderr.split('\n').slice(-12).join('\n'));
}
console.log(
  `${done} rounds, ${green} green: ${Object.entries(total)
    .map(([k, n]) => `${n} ${k}`)
    .join(', ')}, ${left} left over`,
);
process.exit(green === done && done > 0 ? 0 : 1);

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function summary(record) {
  return record
    ? `${record.summary.passed} passed, ${record.summary.failed} failed, ${record.summary.undetermined} undetermined`
    : 'no record';
}

/** Containers, networks and state of the run that are still there. */
async function leftBy({ run }) {
  const containers = await $`docker ps -a --format {{.Names}} --filter name=meshproof-${run.id}`;
  const networks = await $`docker network ls --format {{.Name}} --filter label=dev.meshproof.run=${run.id}`;
  const status = parse((await $`./meshproof status --output json`).stdout) ?? [];
  const state = status.filter(({ runId }) => runId === run.id).map(({ runId }) => `state of ${runId}`);
  return [...lines(containers.stdout), ...lines(networks.stdout), ...state];
}

function lines(text) {
  return text.split('\n').filter((line) => line !== '');
}
