import { parseCalled } from '../check/path/parse-call.js';
import type { Called } from '../check/path/path-types.js';
import { exitCode, MeshproofError } from '../kernel/errors.js';
import { nearest } from '../kernel/nearest-word.js';

/** A path of the user's: a cluster that calls, and a service that is called. */
export interface OwnPath {
  /** As it was given; budgets name it so. */
  text: string;
  /** What stands before the `=`. */
  caller: string;
  /** The cluster that calls, by its context or its name. */
  from: string;
  /** The workload whose revision the caller follows; without one, the caller follows that of the rest of the load. */
  workload?: { namespace: string; name: string };
  called: Called;
  /** Whether the user says that the port speaks HTTP, whatever its name is. */
  http: boolean;
}

const example = 'east=cart.shop:8080, or deploy/web.front@east=cart.shop:8080';

/**
 * Reads `[workload.namespace@]cluster=service.namespace:port`. `clusters` are all names of clusters. A context may have
 * every character of the rest, so that what is known decides. Throws (exit 2) for anything else.
 */
export function parseOwnPath(text: string, clusters: readonly string[]): OwnPath {
  const [caller, service, called] = divided(text);
  const [, scheme = 'http'] = /^([a-z0-9]+):\/\//.exec(service) ?? [];
  if (scheme !== 'http')
    throw wrong(text, `the load does not speak ${scheme}`, {
      expected: 'a service without a scheme, or http:// in front of it',
    });
  const http = service.startsWith('http://');
  if (clusters.includes(caller)) return { text, caller, from: caller, called, http };
  // the longest one: the name of a cluster may end with that of another
  const [from] = clusters.filter((name) => caller.endsWith(`@${name}`)).sort((a, b) => b.length - a.length);
  if (from === undefined) {
    const named = caller.slice(caller.indexOf('@') + 1);
    const meant = nearest(named, clusters);
    throw wrong(text, `${named} is not a cluster of this mesh`, {
      expected: `one of ${clusters.join(', ')}`,
      remedy: meant && `did you mean ${meant}?`,
    });
  }
  return { text, caller, from, workload: workloadOf(text, caller.slice(0, -from.length - 1)), called, http };
}

function workloadOf(text: string, words: string): NonNullable<OwnPath['workload']> {
  const kinds = 'deploy|deployment|statefulset|daemonset|pod';
  const [, name, namespace] = new RegExp(`^(?:(?:${kinds})/)?([a-z0-9-]+)\\.([a-z0-9-]+)$`).exec(words) ?? [];
  if (name && namespace) return { namespace, name };
  throw wrong(text, `${words} is not a valid workload`, {
    expected: 'workload.namespace, such as deploy/web.front',
  });
}

/** The parts on both sides of the first `=` that a service follows. */
function divided(text: string): [caller: string, service: string, called: Called] {
  for (let at = text.indexOf('='); at > 0; at = text.indexOf('=', at + 1)) {
    const service = text.slice(at + 1);
    const called = calledBy(service);
    if (called) return [text.slice(0, at), service, called];
  }
  throw new MeshproofError(`${text} is not a valid path`, exitCode.usage, {
    where: '--path',
    expected: '[workload.namespace@]cluster=service.namespace:port',
    remedy: `write it as ${example}`,
  });
}

function calledBy(service: string): Called | undefined {
  try {
    const called = parseCalled(service);
    return called.port > 0 && called.port < 65_536 ? called : undefined;
  } catch {
    return undefined;
  }
}

function wrong(text: string, message: string, details: { expected: string; remedy?: string }): MeshproofError {
  return new MeshproofError(message, exitCode.usage, { where: `--path ${text}`, ...details });
}

/** A port of a Service, as far as it says what is spoken on it. */
export interface NamedPort {
  name?: string;
  appProtocol?: string;
  /** Of IP: TCP by default. */
  protocol?: string;
}

const spokenAs: Readonly<Record<string, 'http' | 'tcp'>> = {
  ...{ http: 'http', http2: 'http', grpc: 'http' },
  // Istio passes these on as bytes, and so connects to the callee before the caller has sent any
  ...{ tcp: 'tcp', mongo: 'tcp', mysql: 'tcp', redis: 'tcp' },
};

/** How the load calls a port, as Istio takes its name and appProtocol; `http` is what the user says. Or why it cannot call it. */
export function protocolOf(
  { name = '', appProtocol, protocol = 'TCP' }: NamedPort,
  http = false,
): { protocol: 'http' | 'tcp' } | { problem: string } {
  if (protocol !== 'TCP') return { problem: `the load does not speak ${protocol}` };
  const says = (appProtocol ?? name).toLowerCase();
  const word = says === 'kubernetes.io/h2c' ? 'http2' : says.replace(/-.*$/, '');
  if (word === 'https' || word === 'tls') return { problem: `the load does not speak ${word}` };
  if (http) return { protocol: 'http' };
  const known = spokenAs[word];
  if (known) return { protocol: known };
  return {
    problem: `the port names no protocol: Istio finds it out from the first bytes, and a connection alone sends none`,
  };
}
