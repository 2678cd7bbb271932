// Completes dist/ for the package, before npm packs it: the compiled sources, the types of the public interface, and the list of
// behaviours, which an installed package cannot write.
import { spawnSync } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { prepare } from './prepare.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

await prepare();
// types of sources that are gone
for (const file of readdirSync(join(root, 'dist'), { recursive: true, encoding: 'utf8' }))
  if (file.endsWith('.d.ts')) rmSync(join(root, 'dist', file));
// the compiler writes its errors to stdout, where npm prints what it packs
run(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.types.json'], 2);
rmSync(join(root, 'dist/behaviours.json'), { force: true });
run(join(root, 'meshproof'), ['behaviours'], 'ignore');

function run(program, args, stdout) {
  const { status } = spawnSync(program, args, { cwd: root, stdio: ['ignore', stdout, 'inherit'] });
  if (status !== 0) process.exit(status ?? 1);
}
