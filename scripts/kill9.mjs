#!/usr/bin/env node
// Ends `up`, `test`, `faults` and `down` by kill -9 at moments picked at random, on clusters of their own and on one of somebody
// else with an Istio of its own, and lets `gc` tidy up: after `up`, and after the others, of which each takes over what the one
// before has left. Demands that nothing of the runs is left, and that what is somebody else's
// (the cluster with every object in it, a network, an image, files) is as it was.
//   node scripts/kill9.mjs [--seed 1] [--count 13] [--only kind] [--lock FILE] [--again] [--summary FILE]
import './own-node.mjs';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { $ } from 'zx';
import { Bystanders, differences } from './kill9/bystanders.mjs';
import { series, seriesArguments } from './series.mjs';

const { runContainers } = await import('../dist/src/provider/kind/docker-belongings.js');
const { processesOf } = await import('../dist/src/kernel/child-processes.js');

$.quiet = true;
const { values } = seriesArguments({
  count: { type: 'string', default: '13' },
  only: { type: 'string' },
});
const meshproof = join(process.cwd(), 'meshproof');

/** The commands of a round, and the seconds within which each is killed. `mesh` is what `up` makes. */
const places = {
  kind: {
    mesh: 'single',
    faults: 'tls-disabled,half-injected',
    spans: { up: 120, test: 60, faults: 60, down: 6 },
  },
  'a foreign mesh': {
    mesh: 'attached.yaml',
    faults: 'tls-disabled',
    spans: { up: 10, test: 90, faults: 40, down: 4 },
  },
};
const names = Object.keys(places).filter((name) => name.includes(values.only ?? ''));
if (names.length === 0) throw new Error(`no place is called ${values.only}`);

let folder;
let state;
let bystanders;
let before;

function begin(ownFolder) {
  folder = ownFolder;
  state = join(folder, 'state');
  mkdirSync(state, { recursive: true });
  process.env.MESHPROOF_STATE_DIR = state;
  process.env.MESHPROOF_ENVIRONMENT = 'lab';
  bystanders = new Bystanders(folder, state);
  bystanders.topologies(folder);
}

/** What a round that was killed has left goes; bystanders that are as they were are as good as new ones. */
async function prepare() {
  await $`${meshproof} gc --all`;
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

let prepared;
async function play({ place, kills }, { n, signal }) {
  await (prepared ??= prepare());
  const { mesh, faults } = places[place];
  seen.clear();
  const wrong = [];
  const notes = [];
  let killed = 0;
  const killOne = async (args, { command, after, group }) => {
    const result = await kill(args, after * 1000, group);
    writeFileSync(join(folder, `round-${n + 1}-${command}.log`), result.text);
    remember();
    killed += Number(result.killed);
    notes.push(`${command} ${result.killed ? 'killed' : `had ended with ${result.exit}`}`);
  };
  const [ofUp, ofTest, ofFaults, ofDown] = kills;
  await killOne(['up', mesh], ofUp);
  wrong.push(...(await tidy('up')));
  if (place !== 'kind') {
    // a mesh that is there and not attached to
    await killOne(['up', 'foreign.yaml'], { ...ofUp, command: 'up over it' });
    wrong.push(...(await tidy('up over it')));
  }
  if (signal.aborted) return { wrong };
  const up = await $({ nothrow: true, cwd: folder })`${meshproof} up ${mesh}`;
  const run = up.stdout.trim();
  remember();
  if (up.exitCode !== 0) wrong.push(`no mesh: ${up.stderr.split('\n').slice(-8).join('; ')}`);
  else {
    await killOne(['test', run], ofTest);
    await killOne(['faults', '--run', run, '--only', faults], ofFaults);
    await killOne(['down', run], ofDown);
  }
  wrong.push(...(await tidy('test, faults and down')));
  rmSync(join(folder, 'reports'), { recursive: true, force: true });
  return { wrong, counts: { killed }, note: notes.join(', ') };
}

/** `gc`, and what is wrong after it. */
async function tidy(after) {
  const { exitCode, stderr } = await $({ nothrow: true, cwd: folder })`${meshproof} gc --all`;
  const wrong = exitCode === 0 ? [] : [`gc ended with exit code ${exitCode}: ${stderr}`];
  wrong.push(...(await leftovers()), ...differences(before, await bystanders.look()));
  return wrong.map((what) => `after ${after}: ${what}`);
}

const rounds = (next) =>
  Array.from({ length: Number(values.count) }, (_, i) => {
    const place = names[i % names.length];
    const kills = Object.entries(places[place].spans).map(([command, span]) => {
      return { command, after: Math.round(next() * span * 10) / 10, group: next() < 0.3 };
    });
    const moments = kills.map(
      ({ command, after, group }) => `${command} ${after} s${group ? ' with its children' : ''}`,
    );
    return { what: `${place}: ${moments.join(', ')}`, place, kills };
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
