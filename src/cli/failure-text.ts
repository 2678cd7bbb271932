import { REDACTED, redact } from '../kernel/secrets/redact.js';
import { looksSecret } from '../kernel/secrets/secret-words.js';
import { showControls } from '../kernel/control-characters.js';
import { exitCode, MeshproofError, ProblemsError } from '../kernel/errors.js';
import { asError } from '../kernel/as-error.js';

/** The text that a person sees; with `debug` also the stack, down to the first cause. */
export function failureText(error: unknown, debug = false): string {
  const known = asError(error, exitCode.environment);
  const text = `meshproof: ${showControls(redact(withoutQuotedSecrets(known).describe()))}`;
  if (!debug) return text;
  const stacks: string[] = [];
  for (let cause: unknown = known; cause instanceof Error; cause = cause.cause)
    stacks.push(cause.stack ?? cause.message);
  return [text, ...stacks.map((stack) => showControls(redact(stack)))].join('\n');
}

function withoutSecretWords(text: string): string {
  return text.replace(/[^\s"'{}[\],]+/g, (word) => (looksSecret(word) ? REDACTED : word));
}

/** What is quoted from a file stands there without the key that would tell that it is a secret. */
function withoutQuotedSecrets(error: MeshproofError): MeshproofError {
  if (!(error instanceof ProblemsError)) return error;
  return new ProblemsError(
    error.problems.map(({ message, read, ...problem }) => ({
      ...problem,
      message: message.replace(/"[^"]*"/g, withoutSecretWords),
      read: read === undefined ? undefined : withoutSecretWords(read),
    })),
    error.count,
  );
}
