#!/usr/bin/env node
// Runs the four topologies (or those named) again and again, unattended, and says what was not green or left over.
// Usage: scripts/soak.mjs [--count N] [--only IDS] [--again] [--summary FILE] [topology...]
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { $ } from 'zx';
import { series, seriesArguments } from './series.mjs';

const { values, positionals } = seriesArguments({
  count: { type: 'string', default: '25' },
  only: { type: 'string' },
});
$.cwd = fileURLToPath(new URL('..', import.meta.url));
$.nothrow = true;
$.quiet = true;

const selection = values.only ? ['--only', values.only] : [];
await series({
  name: 'soak',
  values,
  parameters: { topologies: positionals, only: values.only, count: values.count },
  rounds: () => Array.from({ length: Number(values.count) }, () => ({ what: 'run' })),
  // a round that was killed with its series left its clusters
  begin: async (folder) => {
    process.env.MESHPROOF_STATE_DIR = join(folder, 'state');
    await $`./meshproof gc`;
  },
  play: async () => {
    const run = await $`./meshproof run ${positionals} ${selection} --output json`;
    const record = parse(run.stdout);
    if (!record) return { wrong: [`no record, exit code ${run.exitCode}`, ...run.stderr.split('\n').slice(-12)] };
    const { passed, failed, undetermined, flaky } = record.summary;
    const wrong = (await leftBy(record)).map((what) => `left over: ${what}`);
    if (run.exitCode !== 0) wrong.push(`exit code ${run.exitCode}`, ...run.stderr.split('\n').slice(-12));
    if (flaky > 0) wrong.push(`${flaky} flaky`);
    const counts = { 'behaviours passed': passed, 'behaviours failed': failed, undetermined };
    return { wrong, counts, note: `${passed} passed, ${failed} failed, ${undetermined} undetermined` };
  },
});

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
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
