import type { Why } from '../check/why.js';
import { delivers, firstBreak, type Path } from '../check/path/path-types.js';
import { whyOf, type WhyAnswer, type WhyQuestion } from '../engine/ask-why.js';
import { exitCode, type ExitCode } from '../kernel/errors.js';
import { findingLine } from '../record/finding.js';
import { describePath, verdictLine } from './describe-path.js';
import type { GlobalOptions } from './global-options.js';
import { print } from './print.js';
import { rbacFor } from './why-rights.js';

export interface WhyFlags extends WhyQuestion {
  rbac: boolean;
}

/** `meshproof why`: the cause, the way of the call, the remedy. Exit 0 nothing is wrong, 1 a cause, 4 cannot tell. */
export async function whyCommand(flags: WhyFlags, options: GlobalOptions): Promise<ExitCode> {
  if (flags.rbac) {
    print(options, rbacFor(flags.noExec).objects, rbacFor(flags.noExec).text);
    return exitCode.passed;
  }
  const answer = await whyOf(flags);
  print(options, answer, describeWhy(answer));
  return whyCode(answer);
}

export function whyCode({ cause, unknown }: Pick<Why, 'cause' | 'unknown'>): ExitCode {
  if (cause) return exitCode.failed;
  return unknown.length > 0 ? exitCode.environment : exitCode.passed;
}

function describeWhy({
  cause,
  follows,
  alsoFound,
  unknown,
  path,
  notes,
  services,
  clusters,
  durationMs,
}: WhyAnswer): string {
  const asked = services.map(({ name, namespace, port }) => `${name}.${namespace}:${port}`).join(', ') || 'no service';
  const looked = `looked at ${clusters.join(', ')} and calls to ${asked}, in ${(durationMs / 1000).toFixed(1)} s`;
  const head = cause
    ? [
        `${cause.id}: ${cause.says}${cause.confidence === 'likely' ? ' (likely)' : ''}`,
        ...effects(path).map((line) => `  hence: ${line}`),
        `  to do: ${cause.remedy}`,
        ...(cause.object ? [`  where: ${cause.cluster ? `${cause.cluster} ` : ''}${cause.object}`] : []),
        ...(cause.facts && Object.keys(cause.facts).length > 0 ? [`  facts: ${JSON.stringify(cause.facts)}`] : []),
      ]
    : [
        unknown.length > 0
          ? 'no cause was found, but some checks could not be completed'
          : 'nothing is wrong: every call arrives, every check holds',
      ];
  return [
    ...head,
    ...shown(path, cause !== null).flatMap((one) => ['', ...describePath(one)]),
    '',
    ...follows.map((finding) => `follows: ${findingLine(finding)}`),
    ...alsoFound.flatMap((finding) => [`also found: ${findingLine(finding)}`, `  to do: ${finding.remedy}`]),
    ...unknown.map(({ check, missing }) => `cannot tell: ${check}: ${missing}`),
    ...notes,
    looked,
  ].join('\n');
}

/** What becomes of the calls of each cluster that are not as they must be. */
function effects(path: readonly Path[]): string[] {
  return path
    .filter(firstBreak)
    .map(
      (one) =>
        `calls from ${one.caller.cluster} to ${one.called.name}.${one.called.namespace}:${one.called.port}: ${verdictLine(one)}`,
    );
}

/** Of a mesh with a cause the ways that are broken; of a sound one none, but what could not be told. */
function shown(path: readonly Path[], broken: boolean): Path[] {
  if (broken) return path.filter(firstBreak);
  return path.filter((one) => !one.traces.every(delivers));
}
