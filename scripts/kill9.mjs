#!/usr/bin/env node
// Ends `up`, `test`, `prove` and `down` by kill -9 at moments picked at random, on clusters of their own and on one of somebody
// else with an Istio of its own, and lets `gc` tidy up. Demands that nothing of the runs is left, and that what is somebody else's
// (the cluster with every object in it, a network, an image, files) is as it was.
//   node scripts/kill9.mjs [--seed 1] [--count 50] [--only 'up on kind'] [--lock FILE] [--again] [--summary FILE]
import './own-node.mjs';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { $ } from 'zx';
import { Bystanders, differences } from './kill9/bystanders.mjs';
import { series, seriesArguments } from './series.mjs';

const { runContainers } = await import('../dist/clusters/belongings.js');
const { processesOf } = await import('../dist/clusters/processes.js');

$.quiet = true;
const { values } = seriesArguments({
  count: { type: 'string', default: '50' },
  only: { type: 'string' },
});
const meshproof = join(process.cwd(), 'meshproof');

/** What is killed: arguments, whether a mesh must be up before, and the seconds within which it is killed. */
const commands = {
  'up on kind': { args: ['up', 'single'], span: 120 },
  'test on kind': { mesh: 'single', args: (run) => ['test', run], span: 60 },
  'prove on kind': {
    mesh: 'single',
    args: (run) => ['prove', '--run', run, '--only', 'tls-disabled,half-injected'],
    span: 60,
  },
  'down on kind': { mesh: 'single', args: (run) => ['down', run], span: 6 },
  'up on a foreign mesh': { args: ['up', 'attached.yaml'], span: 10 },
  'up over a foreign mesh': { args: ['up', 'foreign.yaml'], span: 10 },
  'test on a foreign mesh': { mesh: 'attached.yaml', args: (run) => ['test', run], span: 90 },
  'prove on a foreign mesh': {
    mesh: 'attached.yaml',
    args: (run) => ['prove', '--run', run, '--only', 'tls-disabled'],
    span: 40,
  },
  'down on a foreign mesh': { mesh: 'attached.yaml', args: (run) => ['down', run], span: 5 },
};
const names = Object.keys(commands).filter((name) => name.includes(values.only ?? ''));
if (names.length === 0) throw new Error(`no command is called ${values.only}`);

let folder;
let state;
let bystanders;
let before;

async function begin(ownFolder) {
  folder = ownFolder;
  state = join(folder, 'state');
  mkdirSync(state, { recursive: true });
  process.env.MESHPROOF_STATE_DIR = state;
  process.env.MESHPROOF_ENVIRONMENT = 'lab';
  bystanders = new Bystanders(folder, state);
  bystanders.topologies(folder);
  await $`${meshproof} gc --all`;
  // those of a series that was killed are as good as new ones, when they are as they were
  const kept = join(folder, 'bystanders.json');
  before = existsSync(kept) ? JSON.parse(readFileSync(kept, 'utf8')) : undefined;
  const now = before && (await bystanders.look().catch(() => undefined));
  if (now && differences(before, now).length === 0) return;
  await bystanders.remove();
  await bystanders.make();
  before = await bystanders.look();
  writeFileSync(kept, JSON.stringify(before));
}

/** Starts the command and kills it after these milliseconds: the process alone, as a kill does, or with all that it started. */
async function kill(args, after, group) {
  const child = spawn(meshproof, args, { cwd: folder, detached: true, stdio: ['ignore', 'ignore', 'pipe'] });
  let text = '';
  child.stderr.on('data', (data) => (text += data));
  let killed = false;
  const timer = setTimeout(() => {
    killed = true;
    process.kill(group ? -child.pid : child.pid, 'SIGKILL');
  }, after);
  const [code, signal] = await once(child, 'exit');
  clearTimeout(timer);
  return { text, killed: killed && signal === 'SIGKILL', exit: code ?? signal };
}

/** What is left of any run, in words. */
async function leftovers() {
  const runs = existsSync(join(state, 'runs')) ? readdirSync(join(state, 'runs')) : [];
  const own = runs.filter((name) => /^[a-z][a-z0-9]{9}$/.test(name) && name !== 'experiment');
  const containers = (await runContainers()).filter(({ runId }) => seen.has(runId));
  const label = 'label=dev.meshproof.run';
  const networks =
    await $`docker network ls --filter ${label} --format ${'{{.Name}} {{.Label "dev.meshproof.run"}}'}`.lines();
  return [
    ...own.map((id) => `state of ${id}`),
    ...containers.map(({ name }) => `container ${name}`),
    ...networks.filter((line) => seen.has(line.split(' ')[1])).map((line) => `network ${line}`),
    ...[...seen].flatMap((id) => processesOf(id).map((pid) => `process ${pid} of ${id}`)),
  ].map((what) => `left: ${what}`);
}

/** Runs of this round: clusters of others may be on the machine. */
const seen = new Set();
function remember() {
  for (const name of existsSync(join(state, 'runs')) ? readdirSync(join(state, 'runs')) : [])
    if (/^[a-z][a-z0-9]{9}$/.test(name) && name !== 'experiment') seen.add(name);
}

async function play({ command, part, group }, { n }) {
  const { mesh, args, span } = commands[command];
  seen.clear();
  let run;
  if (mesh) {
    const up = await $({ nothrow: true, cwd: folder })`${meshproof} up ${mesh}`;
    run = up.stdout.trim();
    remember();
    if (up.exitCode !== 0)
      return { wrong: [`no mesh: ${up.stderr.split('\n').slice(-8).join('; ')}`, ...(await tidy())] };
  }
  const result = await kill(mesh ? args(run) : args, part * span * 1000, group);
  writeFileSync(join(folder, `round-${n + 1}.log`), result.text);
  remember();
  const wrong = await tidy();
  rmSync(join(folder, 'reports'), { recursive: true, force: true });
  const last = result.text.trim().split('\n').at(-1);
  const how = result.killed ? 'killed' : `had ended with ${result.exit}`;
  return { wrong, counts: { killed: Number(result.killed) }, note: `${how}; ${last}` };
}

/** `gc`, and what is wrong after it. */
async function tidy() {
  const { exitCode, stderr } = await $({ nothrow: true, cwd: folder })`${meshproof} gc --all`;
  const wrong = exitCode === 0 ? [] : [`gc ended with exit code ${exitCode}: ${stderr}`];
  return [...wrong, ...(await leftovers()), ...differences(before, await bystanders.look())];
}

const rounds = (next) =>
  Array.from({ length: Number(values.count) }, () => {
    const command = names[Math.floor(next() * names.length)];
    const part = next();
    const group = next() < 0.3;
    const at = (part * commands[command].span).toFixed(1);
    return { what: `${command}, killed ${group ? 'with its children ' : ''}after ${at} s`, command, part, group };
  });
const end = () => bystanders.remove();
await series({
  name: 'kill9',
  values,
  parameters: { count: values.count, only: values.only },
  rounds,
  begin,
  play,
  end,
});
