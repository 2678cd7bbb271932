import { redactSecretObjects } from './redact-secret-objects.js';
import { replaceKnownSecrets } from './known-secrets.js';

/** What stands where a secret stood. No pattern below matches it as anything new, so redacting twice changes nothing. */
export const REDACTED = '[redacted]';

/**
 * Replaces every secret in `text` by `[redacted]`: those known to the run, word for word (see secrets.ts), and those
 * with a known shape. Shapes are private keys (PEM, or base64 that contains one), credentials of a kubeconfig, values
 * of Kubernetes Secrets (YAML and JSON), tokens, Authorization and Cookie headers, passwords, and user information in
 * URLs. Public certificates stay: they are evidence. Idempotent; time is linear in the length.
 */
export function redact(text: string): string {
  let out = text;
  // what is cut out may leave something behind that reads as a secret only now; a third round has never been needed
  for (let round = 0; round < 4; round++) {
    const before = out;
    out = redactOnce(before);
    if (out === before) break;
  }
  return out;
}

/** A value of JSON with every secret in its strings redacted; a key such as `password` counts for its string. */
export function redactJson<T>(value: T, key = ''): T {
  const walk = (node: unknown, name: string): unknown => {
    if (typeof node === 'string') return redactValue(name, node);
    if (Array.isArray(node)) return node.map((item: unknown) => walk(item, name));
    if (typeof node !== 'object' || node === null) return node;
    const isSecret = (node as { kind?: unknown }).kind === 'Secret';
    const entries = Object.entries(node as Record<string, unknown>).map(([own, item]) =>
      isSecret && (own === 'data' || own === 'stringData') ? [own, withoutValues(item)] : [own, walk(item, own)],
    );
    return Object.fromEntries(entries) as unknown;
  };
  return walk(value, key) as T;
}

/** The keys of a Secret's data. */
function withoutValues(data: unknown): unknown {
  if (typeof data !== 'object' || data === null) return data;
  return Object.fromEntries(Object.keys(data).map((key) => [key, REDACTED]));
}

function redactValue(key: string, text: string): string {
  return text !== '' && namesSecret(key) ? REDACTED : redact(text);
}

const namingKeys = new Map<string, boolean>();

/** Whether a string under this key is a secret whatever it says. */
function namesSecret(key: string): boolean {
  let names = namingKeys.get(key);
  if (names === undefined) {
    const pair = `"${key}": "a1b2c3d4e5f6g7h8"`;
    names = /^[\w.$-]{1,100}$/.test(key) && redact(pair) !== pair;
    namingKeys.set(key, names);
  }
  return names;
}

function redactOnce(text: string): string {
  let out = redactSecretObjects(redactPem(replaceKnownSecrets(text, REDACTED)), REDACTED);
  out = out.replace(base64Block, redactBase64);
  out = out.replace(dottedWord, redactJwt);
  out = out.replace(bootstrapToken, REDACTED);
  out = out.replace(registryLogin, `$1${REDACTED}`);
  out = out.replace(providerToken, REDACTED);
  out = out.replace(header, `$1${REDACTED}`);
  out = out.replace(bearer, `$1${REDACTED}`);
  out = out.replace(userInfo, `://${REDACTED}@`);
  out = out.replace(namedSecret, `$1${REDACTED}`);
  out = out.replace(tokenValue, `$1${REDACTED}`);
  out = out.replace(keyFile, `$1${REDACTED}`);
  return out.replace(flag, `$1${REDACTED}`);
}

// Each pattern starts with a literal or a look-behind and then runs over one class of characters. So it examines a
// position a bounded number of times. A quote may be escaped: JSON within JSON within a log line.
const quote = `(?:\\\\{0,7}["'])`;
const separator = `(?:${quote}?[ \\t]{0,8}[:=][ \\t]{0,8}${quote}?)`;

/** `Authorization: Basic x`, `"cookie": ["x"]`, and Envoy's debug form `'authorization', 'Bearer x'`. */
const header = new RegExp(
  `((?<![a-z])(?:proxy-)?(?:authorization|x-api-key|set-cookie|cookie)` +
    `(?:${quote}?[ \\t]{0,8}[:=][ \\t]{0,8}|${quote}[ \\t]{0,8},[ \\t]{0,8})(?:\\[(?=\\\\{0,7}["']))?${quote}?)[^"'\\\\\\r\\n]+`,
  'gi',
);
/** Keys and tokens of AWS, GitHub, GitLab and Slack, which begin alike. */
const providerToken =
  /(?<![A-Za-z0-9+/])(?:A(?:KIA|SIA)[A-Z0-9]{16}(?![A-Za-z0-9])|gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_[A-Za-z0-9_]{22,255}|glpat-[A-Za-z0-9_-]{20,255}|xox[abeprs]-[A-Za-z0-9-]{10,255})/g;
const bearer = /(\bbearer[ \t]{1,8})[A-Za-z0-9._~+/=-]{8,}/gi;
const userInfo = /:\/\/[^\s/@"'\\]+@/g;

const names = [
  'client-key-data',
  'client-certificate-data',
  'certificate-authority-data',
  'pass(?:word|wd|phrase)',
  '(?:access|refresh|id|auth|identity|bearer)[_-]?token',
  '(?:client|shared)[_-]?secret',
  '(?:secret[_-]?access|access|secret|api)[_-]?key',
].join('|');
const quoted = `(?<=")[^"\\r\\n\\\\]+(?=\\\\{0,7}")|(?<=')[^'\\r\\n\\\\]+(?=\\\\{0,7}')`;
const word = `[^\\s"'&,;\\\\]`;
// `"token": {` begins an object of that name
const scalar = `(?![{[])${word}`;
const namedSecret = new RegExp(`((?<![a-z0-9])(?:${names})${separator})(?:${quoted}|${word}+)`, 'gi');
/** `token: EOF` within a sentence is an error message; a token is long, quoted, assigned, or the last thing on its line. */
const tokenValue = new RegExp(
  `((?<![a-z0-9])token${separator})(?:${quoted}|${scalar}{16,}|(?<==[ \\t]{0,8})${scalar}+|${scalar}+(?=[ \\t]*(?:$|[&,;}\\\\])))`,
  'gim',
);
/** Keys of Istio's and Kubernetes' own Secrets, outside of a whole object; a short value is a path or a message. */
const keyFile = new RegExp(
  `((?<![a-z0-9])(?:tls\\.key|ca-key\\.pem|key\\.pem|ca\\.key)${separator})[A-Za-z0-9+/=_-]{16,}`,
  'gi',
);
const flag =
  /((?<!\S)(?:--(?:token|password|passphrase|secret)[ \t]{1,8}|(?:-u|--user)[ \t=]{1,8}(?=[^\s:]{1,200}:)))(?:"[^"\r\n]+"|'[^'\r\n]+'|[^\s"']+)/g;

const pemKey =
  /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY-----(?:[A-Za-z0-9+/=\s\\:,.]|-(?!----))*(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY-----)?/g;
const pemEnd = /-----END [A-Z0-9 ]{0,40}PRIVATE KEY-----/;
const pemBegin = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY-----/;
/** A line of a key, after what a log puts before each line. */
const keyLine = /^(.{0,300}[\s\]|:>]|)[A-Za-z0-9+/]{16,}={0,2}\s*$/;

/** Whole keys, keys cut off at the end, and (a log's tail) keys whose beginning was cut off. */
function redactPem(text: string): string {
  if (!text.includes('PRIVATE KEY-----')) return text;
  const out = redactPrefixed(text).replace(pemKey, REDACTED);
  if (!pemEnd.test(out)) return out;
  const lines = out.split('\n');
  let ends = false;
  for (let i = lines.length - 1; i >= 0; i--) {
    const isEnd = pemEnd.test(lines[i]!);
    const match: RegExpExecArray | null = ends ? keyLine.exec(lines[i]!) : null;
    if (isEnd) lines[i] = REDACTED;
    else if (match) lines[i] = `${match[1]!.trim() === '' ? '' : match[1]}${REDACTED}`;
    ends = isEnd || Boolean(match);
  }
  return lines.join('\n');
}

/** The lines of keys that have something before each line, as `kubectl logs --prefix` writes it. */
function redactPrefixed(text: string): string {
  const lines = text.split('\n');
  let inKey = false;
  for (const [i, line] of lines.entries()) {
    if (pemBegin.test(line)) inKey = !pemEnd.test(line);
    else if (inKey) {
      const match: RegExpExecArray | null = keyLine.exec(line);
      inKey = match !== null;
      if (match && match[1]!.trim() !== '') lines[i] = `${match[1]}${REDACTED}`;
    }
  }
  return lines.join('\n');
}

const base64Block = /(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{48,}(?:(?:\\n|\s)+[A-Za-z0-9+/_-]{16,})*={0,2}/g;

/** A block of base64 lines is decoded line by line; one that holds a secret goes, with the rest of a key that it began. */
function redactBase64(block: string): string {
  let rest = false;
  return block.replace(/[A-Za-z0-9+/_-]{16,}={0,2}/g, (line) => {
    if (rest) return REDACTED;
    // a path or a word may run into it without a separator; this is base64 of `-----BEGIN `
    const begin = Math.max(line.indexOf('LS0tLS1CRUdJTi'), 0);
    const decoded = Buffer.from(line.slice(begin), 'base64').toString('latin1');

    if (/[\x00-\x08\x0e-\x1f]/.test(decoded) || redact(decoded) === decoded) return line;
    rest = /BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY/.test(decoded) && !pemEnd.test(decoded);
    return REDACTED;
  });
}

/** With it a node joins a cluster; at least one digit and one letter in its second part. */
const bootstrapToken =
  /(?<![A-Za-z0-9.])[a-z0-9]{6}\.(?=[a-z]{0,16}\d)(?=\d{0,16}[a-z])[a-z0-9]{16}(?!\.?[A-Za-z0-9])/g;
/** `"auth": "..."` of Docker's configuration: user and password in base64. */
const registryLogin = new RegExp(
  `(["']auth${quote}\\s{0,8}:\\s{0,8}${quote})[A-Za-z0-9+/]{12,}={0,2}(?=${quote})`,
  'g',
);

const dottedWord = /(?<![A-Za-z0-9_.-])[A-Za-z0-9_-]+(?:\.{1,2}[A-Za-z0-9_-]+)+/g;

/** A JWT's header is base64url of `{"`: it begins with eyJ, whatever stands before it. The second part of an encrypted one may be empty. */
function redactJwt(dotted: string): string {
  const parts = dotted.split('.');
  for (let i = 0, offset = 0; i < parts.length - 1; i++) {
    const at = parts[i]!.indexOf('eyJ');
    if (at >= 0 && parts[i]!.length - at >= 10 && (parts[i + 1] || parts[i + 2])!.length >= 8)
      return dotted.slice(0, offset + at) + REDACTED;
    offset += parts[i]!.length + 1;
  }
  return dotted;
}
