// Packs meshproof, installs the package into an empty folder as a user would, makes the installation read-only, and uses it
// among stub programs and fake clusters (test/package/installed.check.ts).
import './own-node.mjs';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'meshproof-package-'));
// programs that are started as `node` run in the Node.js that this runs in
const env = { ...process.env, PATH: [dirname(process.execPath), process.env.PATH].join(delimiter) };
const npm = (cwd, ...args) =>
  execFileSync('npm', [...args, '--no-audit', '--no-fund'], {
    cwd,
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 2],
  });

let code = 1;
try {
  const [{ filename, size, unpackedSize, entryCount }] = packed(
    npm(root, 'pack', '--json', '--pack-destination', folder),
  );
  console.log(`${filename}: ${entryCount} files, ${kilobytes(size)} packed, ${kilobytes(unpackedSize)} unpacked`);
  writeFileSync(join(folder, 'package.json'), '{}\n');
  npm(folder, 'install', '--ignore-scripts', '--omit=dev', '--prefer-offline', join(folder, filename));
  execFileSync('chmod', ['-R', 'a-w', join(folder, 'node_modules')]);
  const vitest = ['node_modules/vitest/vitest.mjs', 'run', '--config', 'test/package/vitest.config.ts'];
  const tested = { ...env, PACKAGE_MODULES: join(folder, 'node_modules') };
  code = spawnSync(process.execPath, vitest, { cwd: root, env: tested, stdio: 'inherit' }).status ?? 1;
} finally {
  execFileSync('chmod', ['-R', 'u+w', folder]);
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = code;

/** What npm says about the package; scripts may have written before it. */
function packed(text) {
  const said = JSON.parse(text.slice(text.search(/^[[{]/m)));
  return Array.isArray(said) ? said : Object.values(said);
}

function kilobytes(bytes) {
  return `${Math.round(bytes / 1000)} kB`;
}
