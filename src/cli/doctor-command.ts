import { doctorOfClusters } from '../engine/doctor-clusters.js';
import { doctorOfMachine } from '../engine/doctor-machine.js';
import type { DoctorRow } from '../engine/doctor-row.js';
import { exitCode, type ExitCode } from '../kernel/errors.js';
import { columns } from '../kernel/text-table.js';
import type { GlobalOptions } from './global-options.js';
import { print } from './print.js';

/** `meshproof doctor`: what stands in the way of a run. Exit 0 nothing, 3 something. Makes nothing. */
export async function doctorCommand(
  topology: string | undefined,
  { contexts, kubeconfig }: { contexts: readonly string[]; kubeconfig?: string },
  options: GlobalOptions,
): Promise<ExitCode> {
  const rows = [
    ...(contexts.length === 0 || topology !== undefined ? await doctorOfMachine(topology, options) : []),
    ...(contexts.length > 0 ? await doctorOfClusters(contexts, kubeconfig) : []),
  ];
  print(options, rows, describe(rows).join('\n'));
  return rows.some(({ is }) => is === 'wrong') ? exitCode.preflight : exitCode.passed;
}

function describe(rows: readonly DoctorRow[]): string[] {
  const lines = columns(rows.map(({ is, where, what, says }) => [is, where, what, says]));
  return lines.flatMap((line, i) => {
    const { remedy } = rows[i]!;
    return [line, ...(remedy ? [`    to do: ${remedy}`] : [])];
  });
}
