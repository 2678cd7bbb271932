import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Harness } from './harness/harness.js';

let harness: Harness;
let runId: string;
beforeAll(async () => {
  harness = await Harness.start();
  runId = (await harness.mesh('single')).runId;
});
afterAll(() => harness.close());

/** Every file of a folder, relative to it. */
function filesOf(folder: string): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
}

/** A report as a reader finds it: every text in it, also what Playwright and Allure keep in base64 and zip. */
function textOf(folder: string): string {
  return filesOf(folder)
    .map((file) => {
      const text = readFileSync(file, 'latin1');
      const base64 = text.match(/[A-Za-z0-9+/]{40,}={0,2}/g) ?? [];
      return [text, ...base64.map((chunk) => Buffer.from(chunk, 'base64').toString('latin1'))].join('\n');
    })
    .join('\n');
}

const secrets = {
  basic: Buffer.from('admin:hunter2-of-the-answer').toString('base64'),
  password: 'hunter2hunter2',
  key: 'abcdef-of-the-answer',
  aws: 'wJalrXUtnFEMIbPxRfiCYzzzKEYofanswer12345',
};

test('what a wrong answer holds is redacted in every view, Playwright’s and Allure’s as well', async () => {
  const { basic, password, key, aws } = secrets;
  const body = `Authorization: Basic ${basic} password=${password} X-Api-Key: ${key} AWS_SECRET_ACCESS_KEY=${aws}`;
  const { http } = harness.traffic;
  harness.traffic.http = () => ({ code: 500, body });
  const { code, stdout, stderr } = await harness.run('test', runId, '--only', 'LB-1');
  harness.traffic.http = http;
  expect(`${code} ${stderr}`).toMatch(/^1 /);
  const report = path.join(harness.folder('work'), 'reports', harness.reports().at(-1)!);
  // the answer is what the views show
  expect(textOf(report)).toContain('[redacted]');
  for (const [name, secret] of Object.entries(secrets)) {
    const holding = filesOf(report).filter((file) => textOf(path.dirname(file)).includes(secret));
    expect(holding, name).toEqual([]);
    expect(stdout + stderr, name).not.toContain(secret);
  }
  expect(filesOf(report).map((file) => path.relative(report, file))).toEqual(
    expect.arrayContaining(['allure.html', 'result.json', 'playwright/single/report/index.html']),
  );
});
