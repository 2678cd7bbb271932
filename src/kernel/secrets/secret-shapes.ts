import { createPrivateKey } from 'node:crypto';

/** What a secret looks like, wherever it stands; `has` is in every text that the pattern fits, and is found much faster. */
interface Shape {
  what: string;
  has: string;
  pattern: RegExp;
}

const shapes: Shape[] = [
  {
    what: 'private key',
    has: 'PRIVATE',
    // with what a log puts before each line, and with line breaks of HTML
    pattern:
      /-----BEGIN[ +](?:[A-Z0-9]{1,20}[ +]){0,3}PRIVATE[ +]KEY(?:[ +]BLOCK)?-----[\s\S]{0,200}?[A-Za-z0-9+/=]{40}/,
  },
  {
    what: 'private key',
    has: 'PRIVATE',
    pattern: /[A-Za-z0-9+/=]{16}(?:\s|\\+[nr]|<br ?\/?>){0,8}-----END (?:[A-Z0-9]{1,20} ){0,3}PRIVATE KEY/,
  },
  {
    what: 'client key of a kubeconfig',
    has: 'client-key-data',
    pattern: /client-key-data(?:\\*["'])?\s{0,8}:\s{0,8}(?:\\*["'])?[A-Za-z0-9+/=]{40}/,
  },
  {
    what: 'token (JWT)',
    has: 'eyJ',
    pattern: /eyJ[A-Za-z0-9_-]{10,4000}\.eyJ[A-Za-z0-9_-]{10,8000}\.[A-Za-z0-9_-]{16}/,
  },
  {
    what: 'token (JWE)',
    has: 'eyJ',
    pattern:
      /eyJ[A-Za-z0-9_-]{10,4000}\.[A-Za-z0-9_-]{0,2000}\.[A-Za-z0-9_-]{8,64}\.[A-Za-z0-9_-]{8,8000}\.[A-Za-z0-9_-]{16,64}(?![A-Za-z0-9_.-])/,
  },
  {
    what: 'token of a kubeconfig',
    has: 'token',
    pattern:
      /(?:^|[\s"'\\n])token(?:\\*["'])?:\s{0,8}(?:\\*["'])?(?:[a-z0-9]{6}\.[a-z0-9]{16}(?![A-Za-z0-9])|eyJ[A-Za-z0-9_-]{10})/,
  },
  {
    what: 'bootstrap token',
    has: '.',
    pattern: /(?<![A-Za-z0-9.])[a-z0-9]{6}\.(?=[a-z]*\d)(?=\d*[a-z])[a-z0-9]{16}(?!\.?[A-Za-z0-9])/,
  },
  {
    what: 'bearer token',
    has: 'earer ',
    pattern: /authorization(?:\\*["'])?\s{0,8}[:=]\s{0,8}(?:\\*["'])?bearer [A-Za-z0-9._~+/-]{20}/i,
  },
  { what: 'access key of AWS', has: 'IA', pattern: /(?<![A-Za-z0-9+/])A(?:KIA|SIA)[A-Z0-9]{16}(?![A-Za-z0-9+/])/ },
  {
    what: 'login of a registry',
    has: 'auth',
    pattern: /["']auth\\*["']\s{0,8}:\s{0,8}\\*["'][A-Za-z0-9+/]{12,}={0,2}\\*["']/,
  },
];

/** The kinds of secret that `text` looks as if it held. */
export function shapesIn(text: string): string[] {
  return shapes.filter(({ has, pattern }) => text.includes(has) && pattern.test(text)).map(({ what }) => what);
}

/** The kinds of token that may be broken over two lines; `text` has no white space. */
export function brokenShapesIn(text: string): string[] {
  return shapesIn(text).filter((what) => what.startsWith('token ('));
}

/** Whether bytes are a private key: DER, in one of the three structures that keys have. */
export function isPrivateKey(bytes: Buffer): boolean {
  // an outermost SEQUENCE as long as the rest
  if (bytes.length < 40 || bytes[0] !== 0x30) return false;
  return (['pkcs8', 'pkcs1', 'sec1'] as const).some((type) => {
    try {
      createPrivateKey({ key: bytes, format: 'der', type });
      return true;
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === 'ERR_MISSING_PASSPHRASE';
    }
  });
}
