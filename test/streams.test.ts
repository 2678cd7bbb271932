import { execFile } from 'node:child_process';
import { Writable } from 'node:stream';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { written } from '../src/cli/streams.js';

const execFileAsync = promisify(execFile);
const bytes = 300_000;

/** How much a reader that is slow to begin gets of a program that writes and exits, with this in between. */
async function got(before: string): Promise<number> {
  const code = `process.stdout.write('x'.repeat(${bytes})); (${before})(process.stdout).then(() => process.exit(0));`;
  const { stdout } = await execFileAsync('sh', ['-c', '"$0" -e "$1" | (sleep 0.5; wc -c)', process.execPath, code]);
  return Number(stdout);
}

test('a program that exits when all is written loses nothing to a slow reader', async () => {
  expect(await got(written.toString())).toBe(bytes);
  // without it most of the text is lost, so the above shows something
  expect(await got('async () => {}')).toBeLessThan(bytes);
});

test('nobody waits for a stream that is broken', async () => {
  const broken = new Writable({ write: (_chunk, _encoding, done) => done(new Error('EPIPE')) });
  broken.on('error', () => undefined);
  broken.write('text');
  await written(broken);
  expect(broken.destroyed).toBe(true);
});
