import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { run } from '../../kernel/run-program.js';
import { redact } from '../../kernel/secrets/redact.js';
import { writeAtomically } from '../../kernel/files.js';
import type { Behaviour, RunRecord } from '../result.js';
import type { View } from '../view.js';

const file = 'allure.html';
/** Where the runner's Allure reporter has to write; a path in the run folder. */
const allureResults = 'allure-results';

/**
 * Makes one HTML file of what Playwright's Allure reporter left in `allure-results` and removes that folder: the file
 * holds all of it. Throws CommandError when Allure fails.
 */
async function write(dir: string, record: RunRecord): Promise<void> {
  const results = join(dir, allureResults);
  const work = await mkdtemp(join(tmpdir(), 'meshproof-allure-'));
  try {
    const config = join(work, 'allurerc.json');
    const out = join(work, 'report');
    await applyVerdicts(results, record);
    // no history, no quality gate: comparison is made from our own records
    const plugins = { awesome: { options: { singleFile: true, reportLanguage: 'en' } } };
    await writeFile(config, JSON.stringify({ name: `meshproof ${record.run.id}`, plugins }));
    await run(process.execPath, [program(), 'generate', '--config', config, '--output', out, results], {
      cwd: work,
      uninterruptible: true,
    });
    await writeAtomically(join(dir, file), withoutOffHost(await readFile(join(out, 'index.html'), 'utf8')));
    await rm(results, { recursive: true, force: true });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

export default {
  file,
  title: 'Allure',
  when: (dir) => existsSync(join(dir, allureResults)),
  write,
  optional: true,
} satisfies View;

/** What is used of one of Allure's `*-result.json` files. */
export interface AllureResult {
  name: string;
  status: string;
  statusDetails?: { message?: string; trace?: string };
  labels: { name: string; value: string }[];
}

/** Allure knows tests; a reader of this report looks for behaviours and our verdicts on them. */
async function applyVerdicts(results: string, record: RunRecord): Promise<void> {
  for (const file of await readdir(results)) {
    if (!file.endsWith('-result.json')) continue;
    const path = join(results, file);
    const result = JSON.parse(await readFile(path, 'utf8')) as AllureResult;
    await writeFile(path, JSON.stringify(withVerdict(result, record)));
  }
}

/** A result under its behaviour's id, tagged with the verdict, with Allure's word for it; messages redacted. */
export function withVerdict(result: AllureResult, record: RunRecord): AllureResult {
  const label = (name: string) => result.labels.find((one) => one.name === name)?.value;
  const id = /([^/]+)\.spec\.[cm]?[jt]s$/.exec(label('suite') ?? '')?.[1];
  const behaviour = record.topologies
    .flatMap((topology) => topology.behaviours)
    .find((one) => one.id === id && one.topology === label('parentSuite'));
  const { message, trace } = result.statusDetails ?? {};
  const statusDetails = {
    ...result.statusDetails,
    ...(message && { message: redact(message) }),
    ...(trace && { trace: redact(trace) }),
  };
  if (!behaviour) return { ...result, statusDetails };
  const { area, topology, verdict, flaky, reason, title } = behaviour;
  const found = new Set(
    behaviour.failures.flatMap(({ findings = [] }) => findings.slice(0, 1)).map(({ check }) => check),
  );
  const labels = [
    ...Object.entries({ epic: topology, feature: area, story: behaviour.id, tag: flaky ? 'flaky' : verdict }),
    ...[...found].map((check) => ['tag', check] as const),
  ];
  return {
    ...result,
    name: `${behaviour.id} ${result.name || title}`,
    status: statusOf(result.status, verdict),
    statusDetails: {
      ...statusDetails,
      ...(result.status === 'skipped' && { message: `${verdict}: ${reason ?? 'no reason given'}` }),
    },
    labels: [...result.labels, ...labels.map(([name, value]) => ({ name, value }))],
  };
}

/** An earlier try keeps its own status; only what the test could not tell is not a failure: Allure calls it broken. */
function statusOf(status: string, verdict: Behaviour['verdict']): string {
  return verdict === 'undetermined' && status === 'failed' ? 'broken' : status;
}

/** Allure's own program, without npx: that would ask a registry. */
function program(): string {
  const main = createRequire(import.meta.url).resolve('allure');
  return join(dirname(main), '..', 'cli.js');
}

const loading =
  /<(?:script|link|img|iframe|source|object|embed)\b[^>]*?\s(?:src|href|data)\s*=\s*["']?\s*(?:https?:)?\/\/[^>]*>/gi;
/** Also refuses what a script would load later; the report works from its own data. */
const policy = `<meta http-equiv="Content-Security-Policy" content="default-src 'unsafe-inline' 'unsafe-eval' data: blob:">`;

/** Takes out Allure's script for Google's analytics, and the lines that feed it; throws if anything off-host is left. */
export function withoutOffHost(html: string): string {
  const stripped = html
    .replace(/<script\b[^>]*\ssrc\s*=\s*["'](?:https?:)?\/\/[^>]*>\s*<\/script>/gi, '')
    .replace(/<script\b[^>]*>(?:(?!<\/script>)[\s\S]){0,3000}?\bgtag\((?:(?!<\/script>)[\s\S]){0,3000}<\/script>/gi, '')
    .replace(/<head>/i, `<head>\n    ${policy}`);
  const left = offHost(stripped);
  if (left.length > 0) throw new Error(`the Allure report would load from another host: ${left[0]!.slice(0, 200)}`);
  return stripped;
}

/** Tags that make a browser load from another host; what stands inside a script is text. */
export function offHost(html: string): string[] {
  return html.replace(/(<script\b[^>]*>)[\s\S]*?<\/script>/gi, '$1').match(loading) ?? [];
}
