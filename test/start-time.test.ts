import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { execa } from 'execa';
import { afterAll, expect, test } from 'vitest';

const folder = mkdtempSync(path.join(tmpdir(), 'meshproof-start-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Names of the packages, and paths of the project's own files, that a command loads. */
async function loadedBy(...args: string[]): Promise<{ packages: string[]; files: string[] }> {
  const list = path.join(folder, args.join(''));
  const hook = pathToFileURL(path.resolve('test/helpers/loaded-modules.mjs')).href;
  const env = { NODE_OPTIONS: `--import=${hook}`, LOADED_MODULES: list };
  await execa('./meshproof', args, { env });
  const root = `${pathToFileURL(path.resolve()).href}/`;
  const loaded = readFileSync(list, 'utf8')
    .split('\n')
    .filter((url) => url.startsWith(root))
    .map((url) => url.slice(root.length));
  const packages = loaded.flatMap((file) => /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? []);
  return {
    packages: [...new Set(packages)].sort(),
    files: loaded.filter((file) => !file.startsWith('node_modules/')),
  };
}

// what is loaded is most of the time until a command answers; @kubernetes/client-node alone takes half a second
test.each([['list'], ['behaviours']])('%s loads no more than it uses', async (command) => {
  // a list of behaviours that is stale is made anew, which takes Playwright
  await execa('./meshproof', [command]);
  const { packages, files } = await loadedBy(command);
  expect(packages).toEqual(['commander', 'ipaddr.js', 'picocolors', 'yaml', 'zod']);
  expect(files).toContain(`dist/src/cli/${command}-command.js`);
  const others = /cli\/(run-command|faults-command|lab-commands|images-commands|mesh-commands|print-report)\.js$/;
  expect(files.filter((file) => others.test(file))).toEqual([]);
});
