import { allChecks } from '../check/check-list.js';
import { hostChecks } from '../check/host-checks.gen.js';
import { lookAtRun } from '../engine/look-at-mesh.js';
import { exitCode, type ExitCode } from '../kernel/errors.js';
import { columns } from '../kernel/text-table.js';
import { diagnosisLines, type Diagnosis } from '../record/finding.js';
import type { GlobalOptions } from './global-options.js';
import { print } from './print.js';

/** `meshproof checks`: every check; with a run, what they find on its mesh. Exit 1 for a finding, 4 where some could not tell. */
export async function checksCommand(runId: string | undefined, options: GlobalOptions): Promise<ExitCode> {
  if (runId === undefined) {
    const rows = [...allChecks(), ...hostChecks].map(({ id, hop, title }) => ({ id, hop, title }));
    const lines = rows.map(({ id, hop, title }) => [id, hop, title]);
    print(options, rows, columns([['check', 'hop', 'what it means when broken'], ...lines]).join('\n'));
    return exitCode.passed;
  }
  const diagnosis = await lookAtRun(runId);
  print(options, diagnosis, describeDiagnosis(diagnosis));
  if (diagnosis.causes.length > 0) return exitCode.failed;
  return diagnosis.unknown.length > 0 ? exitCode.environment : exitCode.passed;
}

function describeDiagnosis(diagnosis: Diagnosis): string {
  return [...(diagnosis.causes.length > 0 ? [] : ['nothing is broken']), ...diagnosisLines(diagnosis)].join('\n');
}
