import { ESLint } from 'eslint';
import tseslint from 'typescript-eslint';
import { beforeAll, expect, test } from 'vitest';

// the rules that need types are left out: they are typescript-eslint's own, and loading types takes seconds
const eslint = new ESLint({ overrideConfig: [tseslint.configs.disableTypeChecked as object] });

async function messages(file: string, code: string): Promise<string[]> {
  const results = await eslint.lintText(code, { filePath: file });
  return results.flatMap((result) => result.messages.map((message) => `${message.ruleId}: ${message.message}`));
}

// the first file that is linted waits for the configuration and the parser, on a busy machine for long
beforeAll(() => messages('src/topology/x.ts', ''));

test.each([
  ['src/kernel/x.ts', "import '../record/result.js';"],
  ['src/topology/x.ts', "import '../mesh/mesh-state.js';"],
  ['src/kube/x.ts', "import type { A } from '../mesh/bring-up.js';\nexport type B = A;"],
  ['src/probe/x.ts', "export { a } from '../evidence/collect-evidence.js';"],
  ['src/supply/x.ts', "import './lab/lab-up.js';"],
  ['src/supply/lab/x.ts', "import '../../provider/cluster-handle.js';"],
  ['src/mesh/deep/x.ts', "import '../../cli/main.js';"],
  ['src/record/x.ts', "import '../../fixtures/index.js';"],
  ['src/evidence/x.ts', "import '../fault/fault.js';"],
  ['src/engine/x.ts', "import '../cli/main.js';"],
  ['src/cli/x.ts', "import '../../suites/a.js';"],
  ['fixtures/x.ts', "import '../src/cli/main.js';"],
  ['suites/lb/x.spec.ts', "import '../../src/probe/batch.js';"],
  ['suites/lb/x.spec.ts', "import '@playwright/test';"],
])('%s may not have %s', async (file, code) => {
  expect(await messages(file, code)).toEqual([expect.stringContaining('no-restricted-imports')]);
});

test.each([
  ['src/topology/x.ts', "import './cidr.js';"],
  ['src/kube/x.ts', "import '../kernel/errors.js';"],
  ['src/supply/lab/x.ts', "import '../download.js';"],
  ['src/provider/kind/x.ts', "import '../../supply/node-image.js';"],
  ['src/evidence/x.ts', "import '../provider/cluster-handle.js';"],
  ['src/cli/x.ts', "import '../record/result.js';"],
  ['src/fault/x.ts', "import '../mesh/certificates.js';"],
  ['fixtures/x.ts', "import '../src/probe/batch.js';"],
  ['suites/lb/x.spec.ts', "import '../../fixtures/index.js';"],
])('%s may have %s', async (file, code) => expect(await messages(file, code)).toEqual([]));

test.each([
  ['src/mesh/x.ts', 'await new Promise((resolve) => setTimeout(resolve, 5000));', 'sleep'],
  ['src/mesh/x.ts', "import { setTimeout as wait } from 'node:timers/promises';\nawait wait(1);", 'sleep'],
  ['suites/lb/x.spec.ts', 'await page.waitForTimeout(5);', 'length of time'],
  ['scripts/x.mjs', "import { sleep } from 'zx';\nawait sleep(1);", 'sleep'],
  ['fixtures/x.ts', 'await expect(work).toPass();', 'converge'],
  ['suites/lb/x.spec.ts', 'await expect.poll(work).toBe(1);', 'converge'],
  ['suites/lb/x.spec.ts', "test.only('x', () => {});", 'left out'],
  ['suites/lb/x.spec.ts', 'test.skip();', 'left out'],
  ['test/x.test.ts', "test.describe.skip('x', () => {});", 'left out'],
  ['src/mesh/x.ts', "console.log('x');", 'no-console'],
  ['src/mesh/x.ts', 'process.exit(1);', 'Only the CLI'],
  ['src/engine/x.ts', "process.stdout.write('x');", 'Only the CLI'],
  ['src/engine/x.ts', 'work(process.argv);', 'Only the CLI'],
  ['suites/lb/x.spec.ts', "if (mesh.topology === 'flat-multi-primary') work();", 'feature'],
  ['src/mesh/x.ts', "if (topology.name !== 'single') work();", 'feature'],
  ['src/mesh/x.ts', "if (plan.topology.name == 'single') work();", 'feature'],
  ['src/mesh/x.ts', "switch (plan.topology) { case 'single': work(); }", 'feature'],
])('%s may not say: %s', async (file, code, word) => {
  expect((await messages(file, code)).filter((message) => !message.includes('no-undef'))).toEqual([
    expect.stringContaining(word),
  ]);
});

test.each([
  ['src/kernel/converge.ts', "import { setTimeout } from 'node:timers/promises';\nawait setTimeout(1);"],
  ['src/cli/x.ts', "console.log('x');\nprocess.stdout.write('x');\nprocess.exit(1);"],
  ['fixtures/x.ts', 'test.skip(true);'],
  ['src/mesh/x.ts', "if (cluster.name === 'cluster1') work();"],
  ['src/mesh/x.ts', 'const timer = setTimeout(() => work(), 5);\nclearTimeout(timer);'],
])('%s may say: %s', async (file, code) => expect(await messages(file, code)).toEqual([]));
