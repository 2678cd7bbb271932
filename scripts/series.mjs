import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { withLock } from './lock.mjs';

const project = fileURLToPath(new URL('..', import.meta.url));

/** mulberry32: the same numbers, from 0 up to 1, for the same seed. */
export function random(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Options of every series, for `parseArgs`; a script adds its own. */
const common = {
  seed: { type: 'string', default: '1' },
  folder: { type: 'string' },
  again: { type: 'boolean', default: false },
  summary: { type: 'string' },
  lock: { type: 'string' },
};

/** Reads the command line of a series: `values` with the common options and those of the script, and `positionals`. */
export function seriesArguments(options) {
  return parseArgs({ options: { ...common, ...options }, allowPositionals: true });
}

/**
 * Plays a long series of rounds that can be stopped at any moment, by Ctrl-C, kill -9 or a power cut, and goes on where it was
 * when the same command is given again. What is done is written after each round, below `values.folder` (default
 * `$XDG_STATE_HOME/meshproof-series/<name>`). Other parameters or another seed begin a new series, and so does `--again`.
 *
 * - `name`: of the series, `soak`
 * - `values`: of `seriesArguments`
 * - `parameters`: all that decides what is played, as JSON
 * - `rounds(next)`: the rounds, objects of JSON with a text `what`; `next()` draws from the seed
 * - `begin(folder)`: before the first round of this process; must undo what a round that was killed has left
 * - `play(round, context)`: one round. `context` has `n` (from 0), `folder`, `signal` (aborted by Ctrl-C). Returns `wrong`
 *   (what was not as it must be, texts; empty is passed), and if it likes `note` (a text), `counts` (numbers that are added up) and
 *   `row` (an object of JSON: a row of the summary's table)
 * - `end()`: when all rounds are played, or the series is stopped by Ctrl-C
 *
 * With `--lock FILE` each of these holds the lock of that file (flock), so that others can use the machine between two rounds.
 *
 * Writes `summary.json` into the folder, and to `--summary FILE`; prints one line a round and one at the end. Sets the exit
 * code: 0 all rounds passed, 1 one did not, 130 stopped.
 */
export async function series({ name, values, parameters, rounds, begin, play, end }) {
  const base = process.env.XDG_STATE_HOME || join(os.homedir(), '.local', 'state');
  const folder = resolve(values.folder ?? join(base, 'meshproof-series', name));
  mkdirSync(folder, { recursive: true });
  const busy = (pid) => say(`waiting for process ${pid}, which plays a series in ${folder}`);
  await withLock(join(folder, 'lock'), busy, async () => {
    const seed = Number(values.seed);
    const all = rounds(random(seed));
    const state = open(folder, { name, seed, parameters, commit: commit() }, values.again);
    const stop = listen();
    if (state.done.length > 0 && state.done.length < all.length) say(`goes on after round ${state.done.length}`);
    await locked(values.lock, () => begin?.(folder));
    try {
      while (state.done.length < all.length && !stop.signal.aborted) {
        const n = state.done.length;
        const { seconds, ...result } = await locked(values.lock, () =>
          playSafely(() => play(all[n], { n, folder, signal: stop.signal })),
        );
        // what an interrupt has spoilt is played again
        if (stop.signal.aborted) break;
        state.done.push({ what: all[n].what, seconds, ...result });
        write(folder, state);
        tell(n, all.length, state.done[n]);
      }
    } finally {
      await locked(values.lock, () => end?.());
    }
    const summary = summaryOf(state, all.length);
    const { formatted } = await import('./formatted.mjs');
    const text = await formatted(project, 'summary.json', JSON.stringify(summary));
    for (const file of [join(folder, 'summary.json'), ...(values.summary ? [resolve(values.summary)] : [])]) {
      mkdirSync(dirname(file), { recursive: true });
      writeAtomically(file, text);
    }
    say(summary.line);
    process.exitCode = stop.signal.aborted ? 130 : summary.failed > 0 || summary.rounds === 0 ? 1 : 0;
  });
}

/** The state of this very series, or a new one. */
function open(folder, series, again) {
  const file = join(folder, 'series.json');
  const known = again ? undefined : read(file);
  const same = (one) => JSON.stringify([one.name, one.seed, one.parameters]);
  if (known && same(known) === same(series)) return known;
  const state = { ...series, startedAt: new Date().toISOString(), done: [] };
  rmSync(join(folder, 'summary.json'), { force: true });
  write(folder, state);
  return state;
}

async function playSafely(round) {
  const start = Date.now();
  const result = await Promise.resolve()
    .then(round)
    .catch((error) => ({ wrong: [`the round itself failed: ${error?.stack ?? error}`] }));
  return { seconds: Math.round((Date.now() - start) / 100) / 10, ...result };
}

/** Runs `work` while this process has the lock of the file, where one is named. */
async function locked(file, work) {
  if (!file) return work();
  // in a group of its own: a Ctrl-C lets the round end first
  const options = { stdio: ['pipe', 'pipe', 'inherit'], detached: true };
  const holder = spawn('flock', [file, 'sh', '-c', 'echo locked; cat >/dev/null'], options);
  await new Promise((resolve, reject) => {
    holder.stdout.once('data', resolve);
    holder.once('error', reject);
  });
  try {
    return await work();
  } finally {
    holder.stdin.end();
  }
}

/** One form for every series. Times are in seconds, and those of the rounds alone: a series may lie for a night. */
function summaryOf({ name, seed, parameters, commit, startedAt, done }, planned) {
  const seconds = done.map((round) => round.seconds).sort((a, b) => a - b);
  const wrong = done.flatMap(({ what, wrong }, n) => (wrong.length > 0 ? [{ round: n + 1, what, wrong }] : []));
  const counts = {};
  for (const round of done)
    for (const [key, count] of Object.entries(round.counts ?? {})) counts[key] = (counts[key] ?? 0) + count;
  const total = Math.round(seconds.reduce((sum, one) => sum + one, 0));
  const summary = {
    series: name,
    seed,
    parameters,
    commit,
    startedAt,
    finishedAt: new Date().toISOString(),
    machine: { cpus: os.cpus().length, memoryGiB: Math.round(os.totalmem() / 1024 ** 3), kernel: os.release() },
    planned,
    rounds: done.length,
    passed: done.length - wrong.length,
    failed: wrong.length,
    counts,
    seconds: { total, median: seconds[seconds.length >> 1], longest: seconds.at(-1) },
    wrong,
    ...tableOf(done.flatMap(({ row }) => row ?? [])),
  };
  const counted = Object.entries(counts).map(([key, count]) => `, ${count} ${key}`);
  const rest = planned > done.length ? `, ${planned - done.length} not played` : '';
  const line = `${name}, seed ${seed}: ${summary.passed} passed, ${summary.failed} failed${rest}${counted.join('')} (${total} s)`;
  return { line, ...summary };
}

/** The rows of the rounds, each in one line of the file; their keys are the columns. */
function tableOf(rows) {
  if (rows.length === 0) return {};
  const columns = Object.keys(rows[0]);
  return { table: { columns, rows: rows.map((row) => columns.map((column) => row[column] ?? null)) } };
}

/** The first Ctrl-C ends the series with its round; a second ends the process. */
function listen() {
  const stop = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(name, () => {
      if (stop.signal.aborted) process.exit(130);
      say('stops with this round, which will be played again; a second Ctrl-C stops at once');
      stop.abort();
    });
  }
  return stop;
}

function tell(n, count, { what, seconds, wrong, note }) {
  const more = note ? `  (${note})` : '';
  say(`${wrong.length === 0 ? 'ok   ' : 'WRONG'} ${n + 1}/${count} ${what}, ${seconds} s${more}`);
  for (const text of wrong) say(`      ${text}`);
}

function say(text) {
  process.stdout.write(`${text}\n`);
}

function commit() {
  try {
    return execFileSync('git', ['-C', project, 'rev-parse', '--short=12', 'HEAD'], { encoding: 'utf8' }).trim();
  } catch {
    return undefined;
  }
}

function read(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

function write(folder, state) {
  writeAtomically(join(folder, 'series.json'), `${JSON.stringify(state, undefined, 2)}\n`);
}

function writeAtomically(file, text) {
  writeFileSync(`${file}.part`, text);
  renameSync(`${file}.part`, file);
}
