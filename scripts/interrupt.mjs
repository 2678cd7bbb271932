#!/usr/bin/env node
// Ends `meshproof run` at moments picked at random (from a seed, so that they can be had again) or at the start of named
// steps, and demands that nothing of it is left: after a Ctrl-C at once, after a kill -9 when `gc` has run. What is the
// user's, a cluster, a network and an image made here, must be the same afterwards, bit for bit.
//   node scripts/interrupt.mjs [--seed 1] [--count 20] [--span 90] [--again] [--summary FILE]
//   node scripts/interrupt.mjs --steps 'node image,kind cluster,istiod,behaviours,removal' [--signals SIGINT]
import './own-node.mjs';
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { $ } from 'zx';
import { series, seriesArguments } from './series.mjs';

const { runContainers } = await import('../dist/src/provider/kind/docker-belongings.js');
const { processesOf } = await import('../dist/src/kernel/child-processes.js');

$.quiet = true;
const { values } = seriesArguments({
  count: { type: 'string', default: '20' },
  span: { type: 'string', default: '90' },
  steps: { type: 'string' },
  signals: { type: 'string', default: 'SIGKILL,SIGKILL,SIGINT,SIGINT to the group,SIGTERM,SIGHUP to the group' },
});
const { count, span } = values;
const steps = values.steps?.split(',');
const signals = values.signals.split(',');
const image = 'bystander:1';
/** Of the series, and the state folder of its runs. */
let folder;
let state;
let before;

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
  // a series interrupts at a time that its seed chose
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

/** What stands between two processes of the series: what a killed round left is gone, and the bystanders are there. */
async function begin(ownFolder) {
  folder = ownFolder;
  state = join(folder, 'state');
  mkdirSync(state, { recursive: true });
  process.env.MESHPROOF_STATE_DIR = state;
  await $`./meshproof gc`;
  await removeBystanders();
  await makeBystanders();
  before = await lookAtBystanders();
}

async function end() {
  await removeBystanders();
  const baked = await $`docker image ls --filter reference=bystander:bake-* --format {{.Repository}}:{{.Tag}}`.lines();
  if (baked.length > 0) await $({ nothrow: true })`docker rmi ${baked}`;
}

async function play({ moment, signal }, { n }) {
  if (!signal) {
    const clean = await $({ nothrow: true })`./meshproof run multi-network-multi-primary -- LB-1.spec.ts`;
    return { wrong: clean.exitCode === 0 ? [] : [`exit code ${clean.exitCode}: ${clean.stderr}`] };
  }
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
  const last = result.text.trim().split('\n').at(-1);
  const how = ended ? 'had ended before' : `gone after ${result.seconds.toFixed(1)} s`;
  return { wrong, note: `${how}, exit ${result.exit}${gc}; ${last}` };
}

const rounds = (next) => {
  const moments = steps
    ? steps.flatMap((moment) => signals.map((signal) => ({ moment, signal })))
    : Array.from({ length: Number(count) }, () => ({
        moment: Math.round(next() * Number(span) * 1000),
        signal: signals[Math.floor(next() * signals.length)],
      }));
  const text = (moment) => (typeof moment === 'number' ? `${(moment / 1000).toFixed(1)} s` : moment);
  const all = moments.map(({ moment, signal }) => ({ what: `${signal} at ${text(moment)}`, moment, signal }));
  return [...all, { what: 'the run after them' }];
};
await series({ name: 'interrupt', values, parameters: { count, span, steps, signals }, rounds, begin, play, end });
