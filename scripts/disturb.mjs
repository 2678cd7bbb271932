#!/usr/bin/env node
// Takes away, while `meshproof up` works, what it stands on: the API server of a cluster for 20 s, a node for good, Docker for
// as long as it takes to start it again (the lab's own only). Demands that `up` outlasts the API server and that a call works;
// where a node or Docker was away it may instead end with exit code 4 and the cause, and must leave nothing.
//   node scripts/disturb.mjs [--only 'API server' | --only 'Docker restarted at kind cluster']
import './own-node.mjs';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
// eslint-disable-next-line no-restricted-syntax -- how long something is away is what is tried
import { setTimeout as after } from 'node:timers/promises';
import { $, argv } from 'zx';

const { runContainers } = await import('../dist/src/provider/kind/docker-belongings.js');
const { daemonPid } = await import('../dist/src/supply/lab/lab-daemon.js');

$.quiet = true;
const folder = mkdtempSync(join(tmpdir(), 'disturb-'));
process.env.MESHPROOF_STATE_DIR = join(folder, 'state');

/** Name of the container of a cluster's only control plane. */
const nodeOf = async (cluster) =>
  (await runContainers()).map(({ name }) => name).find((name) => name.includes(`-${cluster}-control-plane`));

async function withoutApiServer(cluster) {
  const node = await nodeOf(cluster);
  await $`docker exec ${node} pkill -STOP -x kube-apiserver`;
  await after(20_000);
  // its own node may have started another meanwhile, which is what would happen to any that hangs
  await $({ nothrow: true })`docker exec ${node} pkill -CONT -x kube-apiserver`;
}

async function restartDocker() {
  const pid = daemonPid();
  if (pid === undefined) throw new Error("this is not the lab's own Docker");
  process.kill(pid, 'SIGTERM');
  while (daemonPid() !== undefined) await after(250);
  await $`./meshproof lab up --yes`;
}

const cases = [
  { what: 'API server away for 20 s', step: 'MetalLB', disturb: () => withoutApiServer('cluster2') },
  { what: 'API server away for 20 s', step: 'istiod', disturb: () => withoutApiServer('cluster1') },
  { what: 'API server away for 20 s', step: 'helloworld and sleep', disturb: () => withoutApiServer('cluster2') },
  {
    what: 'node stopped',
    step: 'istiod',
    disturb: async () => $`docker stop -t 1 ${await nodeOf('cluster2')}`,
    cause: /cluster2/,
  },
  {
    what: 'Docker restarted',
    step: 'kind cluster',
    disturb: restartDocker,
    cause: /cluster[12]|[Dd]ocker/,
  },
  {
    what: 'Docker restarted',
    step: 'istiod',
    disturb: restartDocker,
    cause: /cluster[12]|[Dd]ocker/,
  },
].filter(({ what, step }) => !argv.only || `${what} at ${step}`.includes(argv.only));
if (cases.length === 0) throw new Error(`no case is called ${argv.only}`);

/** Runs `up` and disturbs it a moment into the first step of that name, when its programs run. */
async function up({ step, disturb }) {
  const child = spawn('./meshproof', ['up', 'multi-network-multi-primary'], { stdio: ['ignore', 'ignore', 'pipe'] });
  let text = '';
  let disturbed;
  child.stderr.on('data', (data) => {
    text += data;
    if (!disturbed && new RegExp(`start  .*${step}`).test(text)) disturbed = after(1500).then(disturb);
  });
  const start = Date.now();
  const exit = await new Promise((resolve) => child.once('exit', (code, signal) => resolve(code ?? signal)));
  await disturbed;
  return { exit, text, seconds: Math.round((Date.now() - start) / 1000), disturbed: disturbed !== undefined };
}

/** What is wrong with how it ended, in words. */
async function judge({ exit, text, disturbed }, cause) {
  if (!disturbed) return ['nothing was disturbed: the step did not come'];
  if (exit === 0) {
    const { exitCode, stdout } = await $({ nothrow: true })`./meshproof test --only CP-1,LB-1`;
    const gone = await $({ nothrow: true })`./meshproof gc --all`;
    return [exitCode, gone.exitCode].some((code) => code !== 0) ? [`it recovered, but: ${stdout}`] : [];
  }
  if (exit !== 4) return [`exit code ${exit}, expected 0 or 4`];
  const message = text.slice(text.lastIndexOf('\nmeshproof'));
  return cause?.test(message) ? [] : [`expected ${cause ?? 'that it recovers'}, got: ${message}`];
}

let failed = 0;
for (const [n, one] of cases.entries()) {
  const result = await up(one);
  writeFileSync(join(folder, `${n}.log`), result.text);
  const wrong = await judge(result, one.cause);
  const gc = await $({ nothrow: true })`./meshproof gc`;
  if (gc.exitCode !== 0) wrong.push(`gc ended with exit code ${gc.exitCode}: ${gc.stderr}`);
  wrong.push(...(await runContainers()).map(({ name }) => `left: container ${name}`));
  const verdict = wrong.length === 0 ? 'ok   ' : 'WRONG';
  const last = result.text.trim().split('\n').slice(-6).join('\n      ');
  console.log(`${verdict} ${one.what} at "${one.step}": exit ${result.exit} after ${result.seconds} s\n      ${last}`);
  for (const text of wrong) console.log(`      ${text}`);
  if (wrong.length > 0) failed++;
}
console.log(`${cases.length - failed} passed, ${failed} failed; logs in ${folder}`);
if (failed === 0) rmSync(folder, { recursive: true });
process.exitCode = failed > 0 ? 1 : 0;
