import { execa } from 'execa';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Shell } from '../src/kube/pod-shell.js';

// a real sh behind pipes, where on a cluster there is a connection to a container
let shell: Shell;
let kill: () => void;

beforeEach(() => {
  const child = execa('sh', { reject: false, buffer: false });
  const own = new Shell({ write: (text) => child.stdin.write(text), close: () => child.kill('SIGKILL') });
  child.stdout.on('data', (bytes: Buffer) => own.receive('stdout', bytes));
  child.stderr.on('data', (bytes: Buffer) => own.receive('stderr', bytes));
  void child.then(() => own.ended('the process has ended'));
  shell = own;
  kill = () => child.kill('SIGKILL');
});
afterEach(() => kill());

test('scripts run one after the other in the same shell, each with its own output and exit code', async () => {
  expect(await shell.run('echo one; echo two >&2')).toEqual({ stdout: 'one\n', stderr: 'two\n', exit: 0 });
  expect(await shell.run('printf three')).toEqual({ stdout: 'three', stderr: '', exit: 0 });
  expect(await shell.run('cd / && x=1 && exit 90')).toEqual({ stdout: '', stderr: '', exit: 90 });
  expect((await shell.run('echo "${x:-unset}"')).stdout).toBe('unset\n');
});

test('input reaches the script as it is, whatever it holds, and its end as well', async () => {
  const input = `$HOME \`id\` 'quoted' \\n\n${'x'.repeat(200_000)}\n`;
  expect((await shell.run('cat', input)).stdout).toBe(input);
  expect((await shell.run('cat; echo end', '')).stdout).toBe('end\n');
});

test('output that comes in pieces is put together, characters of several bytes too', async () => {
  const { stdout } = await shell.run(
    String.raw`printf '\342\202'; sleep 0.05; printf '\254'; sleep 0.05; printf '\n\n'`,
  );
  expect(stdout).toBe('€\n\n');
});

test('a shell that ends while a script runs says so, and takes no more', async () => {
  const run = shell.run('echo last words >&2; kill -9 $$');
  await expect(run).rejects.toThrow('the process has ended last words');
  await expect(shell.run('true')).rejects.toThrow('the process has ended');
});

test('a script that is given up is not waited for', async () => {
  const giveUp = new AbortController();
  const run = shell.run('sleep 9', '', giveUp.signal);
  giveUp.abort();
  await expect(run).rejects.toThrow('given up');
});
