import { createHash, randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { failureLines } from '../failure-lines.js';
import type { Behaviour, RunRecord, Verdict } from '../result.js';

const statuses: Record<Verdict, string> = {
  passed: 'passed',
  failed: 'failed',
  undetermined: 'broken',
  'not-applicable': 'skipped',
  skipped: 'skipped',
};

/**
 * Writes a record as Allure results, which Allure's program makes a report of; what could not be built or has no result is a result that is
 * broken. Labels are those that Playwright's reporter writes, so that the view of Allure finds each behaviour.
 */
export async function writeAllureResults(folder: string, record: RunRecord): Promise<void> {
  await mkdir(folder, { recursive: true });
  const results = record.topologies.flatMap(({ name, problem, behaviours }) => [
    ...(problem
      ? [resultOf(name, 'the mesh is built and can be proven', 'broken', problem.message, record.run.startedAt, 0)]
      : []),
    ...behaviours.map((behaviour) => ofBehaviour(name, behaviour)),
  ]);
  for (const result of results) await writeFile(join(folder, `${result.uuid}-result.json`), JSON.stringify(result));
}

function ofBehaviour(topology: string, behaviour: Behaviour) {
  const { title, verdict, reason, failures, startedAt, durationMs, id, area } = behaviour;
  const message = failures.length > 0 ? failures.flatMap(failureLines).join('\n') : reason;
  const made = resultOf(topology, title, statuses[verdict], message, startedAt, durationMs);
  return { ...made, labels: [...made.labels, { name: 'suite', value: `${area}/${id}.spec.ts` }] };
}

function resultOf(
  topology: string,
  name: string,
  status: string,
  message: string | undefined,
  startedAt: string,
  durationMs: number,
) {
  const start = Date.parse(startedAt);
  const fullName = `${topology}: ${name}`;
  const historyId = createHash('md5').update(fullName).digest('hex');
  return {
    uuid: randomUUID(),
    historyId,
    testCaseId: historyId,
    fullName,
    name,
    status,
    stage: 'finished',
    statusDetails: message === undefined ? {} : { message },
    start,
    stop: start + Math.round(durationMs),
    labels: [{ name: 'parentSuite', value: topology }],
    links: [],
    parameters: [],
    steps: [],
    attachments: [],
  };
}
