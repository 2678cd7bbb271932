import { exitCode, MeshproofError, type ExitCode } from './errors.js';

/** One thing that must be so before anything is made; all texts are without a final full stop. */
export interface Requirement {
  name: string;
  ok: boolean;
  found: string;
  expected: string;
  /** What to do, a sentence or a command; only read when `ok` is false. */
  remedy: string;
  /** A warning is shown and stops nothing. */
  level: 'error' | 'warning';
  /** Exit code of a run that this check stops; default 3. */
  code?: ExitCode;
}

/** All failures of a preflight as one error, or undefined when nothing stops the run. */
export function preflightError(checks: readonly Requirement[]): MeshproofError | undefined {
  const failed = checks.filter((check) => !check.ok && check.level === 'error');
  if (failed.length === 0) return undefined;
  const code = failed.every((check) => check.code === exitCode.environment) ? exitCode.environment : exitCode.preflight;
  return new PreflightError(failed, code);
}

class PreflightError extends MeshproofError {
  override readonly name = 'PreflightError';
  constructor(
    readonly checks: readonly Requirement[],
    code: ExitCode,
  ) {
    super(`this machine is not ready: ${checks.map((check) => check.name).join(', ')}`, code);
  }

  override text(): string {
    return [this.message, ...this.checks.map(describeCheck)].join('\n');
  }
}

/** A failed check as plain text. */
export function describeCheck(check: Requirement): string {
  return `${check.name}: ${check.found}\n  expected: ${check.expected}\n  to do: ${check.remedy}`;
}
