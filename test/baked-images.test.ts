import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { removeUnused } from '../src/supply/baked-images.js';

const now = Date.parse('2026-11-29T12:00:00Z');
const unknown = '0001-01-01T00:00:00Z';

/** Images of the stub of docker: name, when it last got a name, when it was made. */
const images = [
  ['meshproof/node:used', '2026-11-16T12:00:00.238775804Z', '2026-09-01T12:00:00Z'],
  ['meshproof/node:unused', '2026-11-15T11:00:00Z', '2026-11-01T12:00:00Z'],
  ['meshproof/node:held', '2026-10-01T11:00:00Z', '2026-10-01T11:00:00Z'],
  ['meshproof/node:pulled-old', unknown, '2026-11-01T12:00:00Z'],
  ['meshproof/node:pulled-new', unknown, '2026-11-28T12:00:00Z'],
  ['user/node:mine', '2026-01-01T12:00:00Z', '2026-01-01T12:00:00Z'],
] as const;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'baked-'));
  const inspect = images.map(([name, tagged, made]) => `*${name}) echo '"${tagged}" "${made}"' ;;`).join('\n    ');
  const program = path.join(folder, 'docker');
  writeFileSync(
    program,
    `#!/bin/sh
echo "$*" >>${folder}/log
case "$*" in
  'image ls'*) printf '%s\\n' ${images.map(([name]) => name).join(' ')} meshproof/node:gone ;;
  'image inspect'*) case "$*" in
    ${inspect}
    *) echo 'No such image' >&2; exit 1 ;;
  esac ;;
  *held) echo 'image is being used by a container' >&2; exit 1 ;;
esac
`,
  );
  chmodSync(program, 0o755);
  vi.stubEnv('PATH', `${folder}:${process.env['PATH']}`);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

test('baked images that no run has used for 14 days are removed, without force, and nothing else is', async () => {
  await removeUnused(now);
  const log = readFileSync(path.join(folder, 'log'), 'utf8').trim().split('\n');
  const removed = log.filter((line) => line.startsWith('rmi'));
  expect(removed).toEqual(['rmi meshproof/node:unused', 'rmi meshproof/node:held', 'rmi meshproof/node:pulled-old']);
});
