import { existsSync } from 'node:fs';
import path from 'node:path';
import { findAllRecords, findRecords } from '../engine/find-records.js';
import type { GateResult } from '../engine/gate/gate-schema.js';
import { judgeGate } from '../engine/gate/judge-gate.js';
import { readGateRules } from '../engine/gate/read-gate-rules.js';
import { exitCode, type ExitCode } from '../kernel/errors.js';
import { asShown } from '../kernel/project-files.js';
import type { GlobalOptions } from './global-options.js';
import { print } from './print.js';

/** `meshproof gate`: holds records against a file of rules. Exit 6 where one is broken. */
export async function gateCommand(
  words: readonly string[],
  { rules: file }: { rules: string },
  options: GlobalOptions,
): Promise<ExitCode> {
  const rules = await readGateRules(file);
  const beside = (word: string): string => {
    const own = path.resolve(path.dirname(file), word);
    return existsSync(own) ? own : word;
  };
  const result = await judgeGate(rules, {
    file: asShown(path.resolve(file)),
    records: await findAllRecords(words),
    find: (word) => findRecords(beside(word)),
  });
  print(options, result, gateText(result));
  return result.verdict === 'passed' ? exitCode.passed : exitCode.gate;
}

function gateText({ rules, records, judged }: GateResult): string {
  const broken = judged.filter((rule) => rule.broken.length > 0);
  const runs = records.map(({ run }) => run).join(', ');
  const head =
    broken.length === 0 ? `all ${judged.length} rules hold` : `${broken.length} of ${judged.length} rules are broken`;
  return [
    `${head}: ${rules}, for ${runs}`,
    ...broken.flatMap(({ rule, line, reason, broken: by }) => [
      `  ${rules}:${line}: ${rule}`,
      `    because ${reason}`,
      ...by.map((one) => `    broken: ${one}`),
    ]),
  ].join('\n');
}
