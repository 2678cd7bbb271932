import { EnvHttpProxyAgent, fetch } from 'undici';
import { parseImage } from './image-name.js';
import { registryLogin } from './registry-login.js';

/** How many pulls a registry allows. */
export interface RateLimit {
  remaining: number;
  limit: number;
  /** Seconds in which `limit` pulls are allowed. */
  window: number;
}

const patience = 5_000;

/**
 * What remains of a registry's limit of pulls, from its headers `ratelimit-limit` and `ratelimit-remaining`
 * (https://docs.docker.com/docker-hub/usage/pulls/). Asks with HEAD, which Docker Hub does not count. Undefined where the
 * registry does not say so, or this machine does not reach it.
 */
export async function rateLimit(image: string): Promise<RateLimit | undefined> {
  const { registry, repository, reference } = parseImage(image);
  const host = registry === 'docker.io' ? 'registry-1.docker.io' : registry;
  const scheme = /^(localhost|127\.[\d.]+)(:|$)/.test(host) ? 'http' : 'https';
  const url = `${scheme}://${host}/v2/${repository}/manifests/${reference}`;
  try {
    const first = await head(url);
    const challenge = first.status === 401 ? first.headers.get('www-authenticate') : null;
    const answer = challenge ? await head(url, await token(challenge, registry)) : first;
    return limitOf(answer.headers);
  } catch {
    // only for the message; the failure itself is known
    return undefined;
  }
}

/** Reads `100;w=21600`. */
export function limitOf(headers: { get(name: string): string | null }): RateLimit | undefined {
  const [limit, remaining] = ['ratelimit-limit', 'ratelimit-remaining'].map((name) =>
    /^(\d+)(?:;w=(\d+))?/.exec(headers.get(name) ?? ''),
  );
  const window = limit?.[2] ?? remaining?.[2];
  if (!limit || !remaining || !window) return undefined;
  return { limit: Number(limit[1]), remaining: Number(remaining[1]), window: Number(window) };
}

/** E.g. `0 of 100 pulls are left in a window of 6 h`. */
export function describeLimit({ remaining, limit, window }: RateLimit): string {
  const length = window % 3600 === 0 ? `${window / 3600} h` : `${Math.round(window / 60)} min`;
  return `${remaining} of ${limit} pulls are left in a window of ${length}`;
}

function head(url: string, authorization?: string): Promise<Awaited<ReturnType<typeof fetch>>> {
  return fetch(url, {
    method: 'HEAD',
    dispatcher: new EnvHttpProxyAgent(),
    signal: AbortSignal.timeout(patience),
    ...(authorization ? { headers: { authorization } } : {}),
  });
}

/** Gets the token that the registry asks for, as the user that docker is logged in as. */
async function token(challenge: string, registry: string): Promise<string> {
  const part = (name: string): string => new RegExp(`${name}="([^"]*)"`).exec(challenge)?.[1] ?? '';
  const login = await registryLogin(registry);
  const basic = login?.username
    ? `Basic ${Buffer.from(`${login.username}:${login.password}`).toString('base64')}`
    : undefined;
  if (!/^bearer/i.test(challenge)) return basic ?? '';
  const url = new URL(part('realm'));
  for (const name of ['service', 'scope']) url.searchParams.set(name, part(name));
  const answer = await fetch(url, {
    dispatcher: new EnvHttpProxyAgent(),
    signal: AbortSignal.timeout(patience),
    ...(basic ? { headers: { authorization: basic } } : {}),
  });
  const { token: short, access_token: long } = (await answer.json()) as { token?: string; access_token?: string };
  return `Bearer ${short ?? long ?? ''}`;
}
