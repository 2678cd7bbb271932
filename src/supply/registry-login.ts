import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { run } from '../kernel/run-program.js';
import { secretsOfText } from '../kernel/secrets/secret-words.js';
import { rememberSecrets } from '../kernel/secrets/known-secrets.js';

/** What a registry is told of its user, as Docker's API takes it. */
export interface RegistryLogin {
  username?: string;
  password?: string;
  identitytoken?: string;
  serveraddress: string;
}

interface DockerConfig {
  auths?: Record<string, { auth?: string; identitytoken?: string }>;
  credHelpers?: Record<string, string>;
  credsStore?: string;
}

/** Docker Hub's name in Docker's configuration. */
const hub = 'https://index.docker.io/v1/';

/**
 * What `docker login` has stored for a registry, found where docker itself looks: DOCKER_AUTH_CONFIG, then the credential
 * helper or the entry of DOCKER_CONFIG/config.json. Undefined where nothing is stored, or the helper does not give it: the
 * registry then says whether it wants more.
 */
export async function registryLogin(registry: string): Promise<RegistryLogin | undefined> {
  const serveraddress = registry === 'docker.io' ? hub : registry;
  const given = process.env['DOCKER_AUTH_CONFIG'];
  const stored = (given && entryOf(parse(given), serveraddress)) || (await storedLogin(serveraddress));
  if (stored) rememberSecrets(secretsOfText(stored.password ?? stored.identitytoken ?? '', `login of ${registry}`));
  return stored ? { ...stored, serveraddress } : undefined;
}

type Stored = Omit<RegistryLogin, 'serveraddress'>;

async function storedLogin(server: string): Promise<Stored | undefined> {
  const folder = process.env['DOCKER_CONFIG'] || path.join(homedir(), '.docker');
  const config = parse(await readFile(path.join(folder, 'config.json'), 'utf8').catch(() => '{}'));
  const helper = config.credHelpers?.[server] ?? config.credsStore;
  return helper ? askHelper(helper, server) : entryOf(config, server);
}

function parse(text: string): DockerConfig {
  try {
    return JSON.parse(text) as DockerConfig;
  } catch {
    return {};
  }
}

/** An entry's key may be a whole address: https://registry.example/v1/. */
function entryOf({ auths = {} }: DockerConfig, server: string): Stored | undefined {
  const host = (name: string): string => name.replace(/^https?:\/\//, '').split('/')[0]!;
  const key = server in auths ? server : Object.keys(auths).find((name) => host(name) === host(server));
  const entry = key === undefined ? undefined : auths[key];
  if (entry?.identitytoken) return { identitytoken: entry.identitytoken };
  const decoded = Buffer.from(entry?.auth ?? '', 'base64').toString('utf8');
  const colon = decoded.indexOf(':');
  return colon < 0 ? undefined : { username: decoded.slice(0, colon), password: decoded.slice(colon + 1) };
}

async function askHelper(helper: string, server: string): Promise<Stored | undefined> {
  const answer = await run(`docker-credential-${helper}`, ['get'], { input: server, timeout: 20 }).catch(() => '{}');
  const { Username, Secret } = JSON.parse(answer) as { Username?: string; Secret?: string };
  if (!Secret) return undefined;
  return Username === '<token>' ? { identitytoken: Secret } : { username: Username, password: Secret };
}
