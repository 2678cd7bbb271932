import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';

const folder = mkdtempSync(path.join(tmpdir(), 'meshproof-series-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A series of six rounds of which the third and its process end together, as often as a file is there that it removes. */
const script = path.join(folder, 'six.mjs');
writeFileSync(
  script,
  `import { appendFileSync, existsSync, rmSync } from 'node:fs';
import { series, seriesArguments } from ${JSON.stringify(path.resolve('scripts/series.mjs'))};
const { values } = seriesArguments({ bad: { type: 'string' } });
const log = (text) => appendFileSync(${JSON.stringify(path.join(folder, 'log'))}, text + '\\n');
await series({
  name: 'six',
  values,
  parameters: { bad: values.bad },
  rounds: (next) => Array.from({ length: 6 }, (_, i) => ({ what: 'round ' + i, drawn: Math.floor(next() * 1000) })),
  begin: () => log('begin'),
  play: ({ drawn }, { n }) => {
    log(n + ' ' + drawn);
    const deadly = ${JSON.stringify(path.join(folder, 'deadly'))};
    if (n === 2 && existsSync(deadly)) { rmSync(deadly); process.kill(process.pid, 'SIGKILL'); }
    if (String(n) === values.bad) throw new Error('on purpose');
    return { wrong: [], counts: { calls: 10 }, row: { n, even: n % 2 === 0 } };
  },
  end: () => log('end'),
});
`,
);

function play(...args: string[]): Promise<{ code: number | null; signal: string | null; output: string }> {
  const child = spawn(process.execPath, [script, '--folder', path.join(folder, 'state'), ...args]);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data: Buffer) => (output += data.toString()));
  return new Promise((resolve) => child.on('close', (code, signal) => resolve({ code, signal, output })));
}

const log = (): string[] => readFileSync(path.join(folder, 'log'), 'utf8').trim().split('\n');
const summary = (): Record<string, unknown> =>
  JSON.parse(readFileSync(path.join(folder, 'state/summary.json'), 'utf8')) as Record<string, unknown>;

test('a series that was killed goes on with the round that was not written', async () => {
  writeFileSync(path.join(folder, 'deadly'), '');
  expect(await play('--seed', '7')).toMatchObject({ code: null, signal: 'SIGKILL' });
  expect(existsSync(path.join(folder, 'state/summary.json'))).toBe(false);
  const { code, output } = await play('--seed', '7');
  expect([code, output]).toEqual([0, expect.stringContaining('six, seed 7: 6 passed, 0 failed, 60 calls')]);
  const [first, ...rest] = log();
  expect(first).toBe('begin');
  // each round once, the killed one twice with the same number
  expect(rest.map((line) => line.split(' ')[0])).toEqual(['0', '1', '2', 'begin', '2', '3', '4', '5', 'end']);
  expect(rest[2]).toBe(rest[4]);
  expect(summary()).toMatchObject({ series: 'six', seed: 7, planned: 6, rounds: 6, passed: 6, failed: 0, wrong: [] });
});

test('the rows of the rounds are one table, and the file is as the project formats it', () => {
  const { table } = summary() as { table: { columns: string[]; rows: unknown[][] } };
  expect(table.columns).toEqual(['n', 'even']);
  expect(table.rows).toHaveLength(6);
  expect(readFileSync(path.join(folder, 'state/summary.json'), 'utf8')).toContain('\n      [1, false],\n');
});

test('a series that is done is told again; another seed, other parameters or --again play it', async () => {
  const before = log().length;
  expect((await play('--seed', '7')).output).toContain('6 passed');
  expect(log().slice(before)).toEqual(['begin', 'end']);
  const { code, output } = await play('--seed', '7', '--bad', '4');
  expect(code).toBe(1);
  expect(output).toContain('WRONG 5/6 round 4');
  expect(summary()).toMatchObject({ passed: 5, failed: 1, wrong: [{ round: 5, what: 'round 4' }] });
  const again = log().length;
  expect((await play('--seed', '7', '--bad', '4', '--again')).code).toBe(1);
  expect(log().length - again).toBe(8);
});
