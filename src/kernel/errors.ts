/** Exit codes of every command; the meaning is part of the interface and documented in docs/concepts.md. */
export const exitCode = {
  passed: 0,
  failed: 1,
  usage: 2,
  preflight: 3,
  environment: 4,
  flaky: 5,
  gate: 6,
  interrupted: 130,
} as const;

export type ExitCode = (typeof exitCode)[keyof typeof exitCode];

/** What a user is told when something goes wrong: what happened, where, what was expected, what to do. */
export interface ErrorDetails {
  /** file:line:column, or cluster/namespace/object */
  where?: string;
  expected?: string;
  /** The next thing to do, as a sentence or a command. */
  remedy?: string;
  cause?: unknown;
}

/** An error that is part of the product: it is printed without a stack trace and decides the exit code. */
export class MeshproofError extends Error {
  override readonly name: string = 'MeshproofError';
  readonly where?: string;
  readonly expected?: string;
  readonly remedy?: string;

  constructor(
    message: string,
    readonly code: ExitCode,
    details: ErrorDetails = {},
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.where = details.where;
    this.expected = details.expected;
    this.remedy = details.remedy;
  }

  /** What happened, with all that is known of it beyond the fields of its own. */
  text(): string {
    return this.message;
  }

  /** The whole of it as plain text, one line a part. */
  describe(): string {
    const lines = [this.where ? `${this.where}: ${this.text()}` : this.text()];
    if (this.expected) lines.push(`  expected: ${this.expected}`);
    if (this.remedy) lines.push(`  to do: ${this.remedy}`);
    return lines.join('\n');
  }
}

/** One error that says what all of them say; the exit code is that of the first. */
export function severalErrors(errors: readonly unknown[], remedy?: string): unknown {
  const [first] = errors;
  if (errors.length === 1) return first;
  const texts = errors.map((error) => (error instanceof MeshproofError ? error.describe() : String(error)));
  const code = first instanceof MeshproofError ? first.code : exitCode.environment;
  return new MeshproofError(`${errors.length} things failed:\n${texts.join('\n')}`, code, { remedy, cause: first });
}

/** One thing wrong with a file or with the plan that it leads to. Lines and columns count from 1. */
export interface Problem {
  file: string;
  line: number;
  column: number;
  message: string;
  /** What stood there, shortened. */
  read?: string;
  allowed?: string;
  /** The nearest valid word. */
  suggestion?: string;
}

/** The most problems to report; a file with more of them has probably another format. */
const problemLimit = 50;

/** Everything wrong with the user's files, all at once, but no more than a person reads; exit code 2. */
export class ProblemsError extends MeshproofError {
  override readonly name = 'ProblemsError';
  /** The first ones. */
  readonly problems: readonly Problem[];

  constructor(
    problems: readonly Problem[],
    /** How many there are. */
    readonly count = problems.length,
  ) {
    super(`${count} ${count === 1 ? 'problem' : 'problems'} found`, exitCode.usage);
    this.problems = problems.slice(0, problemLimit);
  }

  override text(): string {
    const more = this.count - this.problems.length;
    return this.problems
      .map((p) => {
        const lines = [`${p.file}:${p.line}:${p.column}: ${p.message}`];
        if (p.read !== undefined) lines.push(`  read: ${p.read}`);
        if (p.allowed) lines.push(`  allowed: ${p.allowed}`);
        if (p.suggestion) lines.push(`  did you mean: ${p.suggestion}`);
        return lines.join('\n');
      })
      .concat(more > 0 ? [`and ${more} more problems`] : [])
      .join('\n');
  }
}
