#!/usr/bin/env node
// Ends `meshproof run` at moments picked at random (from a seed, so that they can be had again) or at the start of named
// steps, and demands that nothing of it is left: after a Ctrl-C at once, after a kill -9 when `gc` has run. What is the
// user's, a cluster, a network and an image made here, must be the same afterwards, bit for bit.
//   node scripts/interrupt.mjs [--seed 1] [--count 20] [--span 90]
//   node scripts/interrupt.mjs --steps 'node image,kind cluster,istioctl install,behaviours,removal' [--signals SIGINT]
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { $, argv } from 'zx';
import { prepare } from './prepare.mjs';

await prepare();
const { runContainers } = await import('../dist/clusters/belongings.js');
const { processesOf } = await import('../dist/clusters/processes.js');

$.quiet = true;
const folder = mkdtempSync(join(tmpdir(), 'interrupt-'));
const state = join(folder, 'state');
process.env.MESHPROOF_STATE_DIR = state;
const { seed = 1, count = 20, span = 90 } = argv;
const steps = argv.steps?.split(',');
const signals = argv.signals?.split(',') ?? [
  'SIGKILL',
  'SIGKILL',
  'SIGINT',
  'SIGINT to the group',
  'SIGTERM',
  'SIGHUP to the group',
];
const image = 'bystander:1';

/** mulberry32: the same numbers for the same seed. */
function random(state) {
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** A cluster of the user's, one whose names look like ours, a network, an image. */
const bystanders = ['bystander-control-plane', 'meshproof-bystander1-cluster1-control-plane'];
async function makeBystanders() {
  await $`docker tag localhost/lab/curl:8.16.0 ${image}`;
  await $`docker network create --subnet 10.253.99.0/24 bystander`;
  for (const name of bystanders) {
    const label = `io.x-k8s.kind.cluster=${name.replace('-control-plane', '')}`;
    await $`docker run -d --name ${name} --network bystander --label ${label} --entrypoint sleep ${image} infinity`;
  }
}
const removeBystanders = () =>
  $({ nothrow: true })`docker rm -f ${bystanders}; docker network rm bystander; docker rmi ${image}`;
const lookAtBystanders = () =>
  $`docker inspect ${bystanders}; docker network inspect bystander; docker image inspect ${image}`.text();

/** Starts a run and ends it; `moment` is milliseconds, or the step whose start is waited for. */
async function round(moment, signal, n) {
  const args = ['run', 'multi-network-multi-primary'];
  if (moment === 'node image') {
    // another name of an image makes another node image, which must be baked
    await $`docker tag ${image} bystander:bake-${n}`;
    writeFileSync(join(folder, 'images.yaml'), `sleep: bystander:bake-${n}\n`);
    args.push('--images', join(folder, 'images.yaml'));
  }
  args.push('--', 'LB-1.spec.ts');
  const child = spawn('./meshproof', args, { detached: true, stdio: ['ignore', 'ignore', 'pipe'] });
  let text = '';
  let sent;
  const send = () => {
    if (sent || child.exitCode !== null) return;
    sent = Date.now();
    const [name, ...group] = signal.split(' ');
    process.kill(group.length > 0 ? -child.pid : child.pid, name);
  };
  if (typeof moment === 'number') setTimeout(send, moment);
  child.stderr.on('data', (data) => {
    text += data;
    // a moment into the step, when its programs run
    if (new RegExp(`start  .*${moment}`).test(text)) setTimeout(send, 1500);
  });
  const exit = await new Promise((resolve) => child.once('exit', (code, name) => resolve(code ?? name)));
  const seconds = sent ? (Date.now() - sent) / 1000 : undefined;
  writeFileSync(join(folder, `round-${n}.log`), text);
  return { exit, seconds, text, runId: /note   run (\w+);/.exec(text)?.[1] };
}

/** What is left of a run, in words. */
async function leftovers(runId) {
  const left = existsSync(join(state, 'runs')) ? readdirSync(join(state, 'runs')).map((id) => `state of ${id}`) : [];
  if (!runId) return left;
  left.push(...(await runContainers()).filter((own) => own.runId === runId).map(({ name }) => `container ${name}`));
  left.push(...processesOf(runId).map((pid) => `process ${pid}`));
  const networks = await $`docker network ls --filter label=dev.meshproof.run=${runId} --format {{.Name}}`.lines();
  return [...left, ...networks.map((name) => `network ${name}`)];
}

function judgeInterrupted({ exit, runId }, left) {
  const wrong = left.map((what) => `left: ${what}`);
  // before it listens, and before it has made anything, the signal itself ends it
  if (!runId && /^SIG/.test(exit)) return wrong;
  if (exit !== 130) wrong.push(`exit code ${exit}, expected 130`);
  if (!runId) return wrong;
  const report = join('reports', runId, 'result.json');
  if (!existsSync(report)) wrong.push(`no ${report}`);
  else if (!JSON.parse(readFileSync(report, 'utf8')).run.interrupted) wrong.push(`${report} is not interrupted`);
  return wrong;
}

await makeBystanders();
const before = await lookAtBystanders();
const next = random(Number(seed));
const rounds = steps
  ? steps.flatMap((step) => signals.map((signal) => [step, signal]))
  : Array.from({ length: count }, () => [
      Math.round(next() * span * 1000),
      signals[Math.floor(next() * signals.length)],
    ]);
let failed = 0;
try {
  for (const [n, [moment, signal]] of rounds.entries()) {
    const result = await round(moment, signal, n);
    const ended = result.seconds === undefined;
    let wrong;
    let gc = '';
    if (ended || signal === 'SIGKILL') {
      const start = Date.now();
      const { exitCode, stderr } = await $({ nothrow: true })`./meshproof gc`;
      gc = `, gc ${((Date.now() - start) / 1000).toFixed(1)} s`;
      wrong = (await leftovers(result.runId)).map((what) => `left: ${what}`);
      if (exitCode !== 0) wrong.push(`gc ended with exit code ${exitCode}: ${stderr}`);
    } else wrong = judgeInterrupted(result, await leftovers(result.runId));
    if ((await lookAtBystanders()) !== before) wrong.push('a bystander has changed');
    const at = typeof moment === 'number' ? `${(moment / 1000).toFixed(1)} s` : moment;
    const last = result.text.trim().split('\n').at(-1);
    const how = ended ? 'had ended before' : `${signal}, gone after ${result.seconds.toFixed(1)} s`;
    console.log(
      `${wrong.length === 0 ? 'ok   ' : 'WRONG'} ${n + 1}/${rounds.length} at ${at}: ${how}, exit ${result.exit}${gc}  (${last})`,
    );
    for (const text of wrong) console.log(`      ${text}`);
    if (wrong.length > 0) failed++;
  }
  const clean = await $({ nothrow: true })`./meshproof run multi-network-multi-primary -- LB-1.spec.ts`;
  console.log(`${clean.exitCode === 0 ? 'ok   ' : 'WRONG'} the run after them: exit ${clean.exitCode}`);
  if (clean.exitCode !== 0) failed++;
} finally {
  await removeBystanders();
  const baked = await $`docker image ls --filter reference=bystander:bake-* --format {{.Repository}}:{{.Tag}}`.lines();
  if (baked.length > 0) await $({ nothrow: true })`docker rmi ${baked}`;
}
console.log(`${rounds.length + 1 - failed} passed, ${failed} failed; logs in ${folder}`);
if (failed === 0) rmSync(folder, { recursive: true });
process.exitCode = failed > 0 ? 1 : 0;
