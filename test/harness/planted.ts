import { createHash, generateKeyPairSync } from 'node:crypto';

/** A secret that stands in what a mesh answers, and must not stand in a report. */
export interface Planted {
  /** What it is, and where it is known from: `a token in a Secret`. */
  kind: string;
  /** Each of them gives the secret away. */
  words: string[];
  /** How it stands in an answer, a log or an annotation. */
  text: string;
}

/** Where a mesh keeps secrets, and what it answers with them in it. */
export interface Plantation {
  all: Planted[];
  /** Secrets as the API server has them. */
  secrets: { namespace: string; name: string; type: string; data: Record<string, string> }[];
  /** Users of a kubeconfig. */
  users: Record<string, unknown>[];
  /** Istio's settings in a topology. */
  values: Record<string, unknown>;
}

const base64 = (text: string | Buffer): string => Buffer.from(text).toString('base64');

/** Texts that are random, and the same for the same seed; only keys are new each time. */
export class Seeded {
  private count = 0;
  constructor(private readonly seed: string) {}

  private bytes(): Buffer {
    return createHash('sha512').update(`${this.seed} ${this.count++}`).digest();
  }

  /** At least one digit and one letter. */
  word(length = 24, alphabet = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'): string {
    const word = [...this.bytes(), ...this.bytes()].slice(0, length).map((byte) => alphabet[byte % alphabet.length]);
    return /\d/.test(word.join('')) && /[a-z]/i.test(word.join('')) ? word.join('') : this.word(length, alphabet);
  }

  binary(): Buffer {
    return this.bytes();
  }
}

function pem(type: 'pkcs8' | 'sec1'): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' });
  return privateKey.export({ type, format: 'pem' }) as string;
}

const linesOf = (key: string): string[] => key.split('\n').filter((line) => line.length > 20 && !line.startsWith('-'));

function jwt(seeded: Seeded): { token: string; signature: string } {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signature = seeded.word(43);
  return { token: `${part({ alg: 'RS256' })}.${part({ sub: seeded.word(8) })}.${signature}`, signature };
}

/** How a text that is known word by word may stand anywhere. */
const wrappings: ((word: string) => string)[] = [
  (word) => `2026-11-29T10:00:00.000000Z\tinfo\treply ${word} of upstream`,
  (word) => JSON.stringify({ level: 'debug', note: `it is ${word}` }),
  (word) => `blob ${base64(`before it ${word} and after it`)} end`,
  (word) => `dump ${Buffer.from(word).toString('hex')} end`,
  (word) => `GET /?q=${encodeURIComponent(`+${word}/`)} HTTP/1.1`,
  (word) => `  annotations:\n    example.com/note: ${word}`,
  (word) => JSON.stringify({ outer: JSON.stringify({ inner: `x ${word}` }) }),
  (word) => `x${word}`,
];

/** With it a node joins a cluster. */
function bootstrapToken(seeded: Seeded): { words: string[]; text: string } {
  const small = 'abcdefghijklmnop0123456789';
  const token = `${seeded.word(6, small)}.${seeded.word(16, small)}`;
  return { words: [token], text: `join with ${token}, it lives for a day` };
}

/** What is in no Secret, and is known by its shape alone. */
const shapes: [string, (seeded: Seeded) => { words: string[]; text: string }][] = [
  [
    'a private key',
    () => {
      const key = pem('pkcs8');
      return { words: linesOf(key), text: key };
    },
  ],
  [
    'a private key in JSON',
    () => {
      const key = pem('sec1');
      return { words: linesOf(key), text: JSON.stringify({ key }) };
    },
  ],
  [
    'a JWT',
    (seeded) => {
      const { token, signature } = jwt(seeded);
      return { words: [signature], text: `asked with ${token} and refused` };
    },
  ],
  ['a bootstrap token', bootstrapToken],
  ...(
    [
      ['a basic login', (word) => [`authorization: Basic ${base64(`user:${word}`)}`, base64(`user:${word}`)]],
      ['a bearer token', (word) => [`> Authorization: Bearer ${word}`]],
      ['a cookie', (word) => [`set-cookie: session=${word}; Path=/`]],
      ['an API key', (word) => [`"x-api-key": "${word}"`]],
      ['a password', (word) => [`connecting with password=${word} failed`]],
      ['a password in a URL', (word) => [`cannot reach https://user:${word}@db.example/x`]],
      ['a key of AWS', (word) => [`AWS_SECRET_ACCESS_KEY=${word}`]],
      ['a token of GitHub', (word) => [`token is ghp_${word}${word.slice(0, 12)} now`, `ghp_${word}`]],
      ['a token of GitLab', (word) => [`clone by glpat-${word}`, `glpat-${word}`]],
      ['a token of Slack', (word) => [`hook xoxb-1234567890-${word}`, `xoxb-1234567890-${word}`]],
      ['a kubeconfig', (word) => [`    client-key-data: ${base64(word.repeat(3))}`, base64(word.repeat(3))]],
      [
        'a Secret that is printed',
        (word) => [`apiVersion: v1\nkind: Secret\ndata:\n  thing: ${base64(word)}`, base64(word)],
      ],
      ['a JWE', (word) => [`asked with eyJhbGciOiJkaXIifQ..${word.slice(0, 16)}.${word}.${word.slice(2)}`]],
      [
        'an id of AWS',
        (word) => [`as AKIA${word.slice(0, 16).toUpperCase()} denied`, `AKIA${word.slice(0, 16).toUpperCase()}`],
      ],
      ['a login of a registry', (word) => [`{"auths":{"r.example":{"auth":"${base64(`robot:${word}`)}"}}}`]],
    ] as [string, (word: string) => [text: string, word?: string]][]
  ).map(([kind, make]): [string, (seeded: Seeded) => { words: string[]; text: string }] => [
    kind,
    (seeded) => {
      const word = seeded.word();
      const [text, other] = make(word);
      return { words: other === undefined ? [word] : [word, other], text };
    },
  ]),
];

/** Plants secrets, as many as are asked for: a third known by its shape alone, the others from Secrets, kubeconfigs and settings. */
export function plant(count: number, seed: string): Plantation {
  const seeded = new Seeded(seed);
  const plantation: Plantation = { all: [], secrets: [], users: [], values: {} };
  const known: ((i: number) => [kind: string, ...words: string[]])[] = [
    (i) => secret(i, 'Opaque', 'API_TOKEN', seeded.word()),
    (i) => secret(i, 'Opaque', 'password', `${seeded.word(10)}!/+`),
    (i) => secret(i, 'Opaque', 'settings.env', seeded.word(), (word) => `LEVEL=info\nCLIENT_SECRET="${word}"\n`),
    (i) => secret(i, 'Opaque', 'license', seeded.word(60), (word) => `issued to nobody\n${word}\n`),
    (i) => secret(i, 'kubernetes.io/basic-auth', 'password', seeded.word(12)),
    (i) => secret(i, 'bootstrap.kubernetes.io/token', 'token-secret', seeded.word(16, 'abcdefghijk0123456789')),
    (i) =>
      secret(i, 'kubernetes.io/dockerconfigjson', '.dockerconfigjson', seeded.word(), (word) =>
        JSON.stringify({ auths: { 'r.example': { auth: base64(`robot:${word}`) } } }),
      ),
    (i) =>
      secret(i, 'Opaque', 'cluster9', seeded.word(40), (word) =>
        JSON.stringify({ kind: 'Config', users: [{ name: 'u', user: { token: word } }] }),
      ),
    (i) => secret(i, 'kubernetes.io/service-account-token', 'token', jwt(seeded).token),
    (i) => {
      const key = pem('pkcs8');
      secret(i, 'kubernetes.io/tls', 'tls.key', key);
      return ['a key in a Secret', ...linesOf(key)];
    },
    (i) => {
      const bytes = seeded.binary();
      plantation.secrets.push({ ...placeOf(i), type: 'Opaque', data: { blob: bytes.toString('base64') } });
      return ['bytes in a Secret', bytes.toString('base64')];
    },
    () => user('token', seeded.word(32)),
    () => user('password', seeded.word(14)),
    () => {
      const key = pem('sec1');
      user('client-key-data', base64(key));
      return ['a key in a kubeconfig', ...linesOf(key)];
    },
    () => {
      const word = seeded.word(20);
      user('exec', { command: 'login', env: [{ name: 'LOGIN_TOKEN', value: word }] });
      return ['a variable in a kubeconfig', word];
    },
    (i) => setting(`plugin${i}`, (word) => ({ apiToken: word })),
    (i) => setting(`env${i}`, (word) => [{ name: 'ISTIO_CLIENT_SECRET', value: word }]),
  ];
  const placeOf = (i: number) => ({
    namespace: ['sample', 'istio-system', 'kube-system', 'other'][i % 4]!,
    name: `planted-${i}`,
  });
  const secret = (
    i: number,
    type: string,
    key: string,
    word: string,
    within = (text: string): string => text,
  ): [string, string] => {
    plantation.secrets.push({ ...placeOf(i), type, data: { [key]: base64(within(word)) } });
    return [`${key} in a Secret of type ${type}`, word];
  };
  const user = (field: string, value: unknown): [string, string] => {
    plantation.users.push({ name: `user-${plantation.users.length}`, user: { [field]: value } });
    return [`${field} in a kubeconfig`, String(value)];
  };
  const setting = (name: string, within: (word: string) => unknown): [string, string] => {
    const word = seeded.word(28);
    plantation.values[name] = within(word);
    return ['a token in the topology', word];
  };
  for (let i = 0; plantation.all.length < count; i++) {
    if (i % 3 === 0) {
      const [kind, make] = shapes[(i / 3) % shapes.length]!;
      plantation.all.push({ kind, ...make(seeded) });
      continue;
    }
    const [kind, ...words] = known[(i - Math.ceil(i / 3)) % known.length]!(i);
    const wrap = wrappings[i % wrappings.length]!;
    plantation.all.push({ kind, words, text: words.map((word) => wrap(word)).join('\n') });
  }
  return plantation;
}
