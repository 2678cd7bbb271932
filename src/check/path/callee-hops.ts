import type { V1Pod } from '@kubernetes/client-node';
import type { FilterChain, Listener } from '../../probe/envoy-types.js';
import type { ProxyFacts } from '../../probe/proxy-facts.js';
import { brokenAt, heldCertificates, identityOf, type HeldCertificates } from '../../probe/workload-certificates.js';
import { listedIn, sidecarAnnotation } from '../annotations.js';
import { proxyOf } from '../object-kinds.js';
import { expectedNames, type Pick } from './balancing.js';
import { listenersIn } from './outbound-hops.js';
import { podText, stepsOf } from './path-scene.js';
import type { Step } from './path-types.js';
import { filterOf } from './proxy-route.js';
import { judgeRules, matches } from './rules-of-proxy.js';

const excludeInbound = sidecarAnnotation('excludeInboundPorts');
const includeInbound = sidecarAnnotation('includeInboundPorts');

/** What is known of both ends of a call. */
export interface Ends {
  /** The cluster of the pod that is called. */
  cluster: string;
  pod: V1Pod;
  /** The container's port. */
  port: number;
  path: string;
  pick: Pick;
  /** What the caller's proxy shows and believes. */
  caller: HeldCertificates;
  callerAt: string;
  /** What the proxy of the called pod was told; undefined where it has none. */
  facts?: ProxyFacts;
}

/** TLS and policies at the pod that is called, by the configuration of both proxies. */
export function arrivals(ends: Ends): Step[] {
  const secured = security(ends);
  if (secured.step.is !== 'ok' || !secured.chain) return [secured.step];
  return [secured.step, policies(ends, secured.chain)];
}

function security(ends: Ends): { step: Step; chain?: FilterChain } {
  const { cluster, pod, port, pick, facts, caller, callerAt } = ends;
  const { ok, broken, unknown } = stepsOf('mtls', cluster, podText(pod));
  if (!facts || !proxyOf(pod)) {
    const plain = pick.transport === 'plain';
    return {
      step: plain
        ? ok('plain text to a pod without a sidecar')
        : broken(
            'it has no sidecar, but the caller uses mutual TLS',
            'restart it with a sidecar, or remove the DestinationRule that sets tls.mode',
          ),
    };
  }
  if (passesSidecar(pod, port))
    return {
      step:
        pick.transport === 'plain'
          ? ok(`plain text: port ${port} is excluded from its sidecar`)
          : broken(
              `port ${port} is excluded from its sidecar, but the caller uses mutual TLS: calls end with 503`,
              `correct the annotations ${excludeInbound} and ${includeInbound} in its template, or set tls.mode DISABLE in a DestinationRule`,
            ),
    };
  const listener = listenersIn(facts).find(({ name }) => name === 'virtualInbound');
  if (!listener) return { step: unknown('its proxy has no inbound listener yet') };
  const chains = chainsFor(listener, port);
  const secure = chains.find((chain) => chain.transport_socket?.typed_config?.require_client_certificate);
  const open = chains.find(
    ({ filter_chain_match: match, transport_socket }) => !transport_socket && match?.transport_protocol !== 'tls',
  );
  if (pick.transport === 'plain')
    return open
      ? { step: ok('plain text, which it accepts'), chain: open }
      : {
          step: broken(
            'it accepts only mutual TLS (STRICT), but the caller sends plain text',
            'remove tls.mode DISABLE from the DestinationRule of the host, or set the PeerAuthentication to PERMISSIVE',
          ),
        };
  if (!secure)
    return {
      step: broken(
        `it accepts no mutual TLS on port ${port}, but the caller uses it`,
        'remove the PeerAuthentication with mode DISABLE for this port, or set tls.mode DISABLE in a DestinationRule',
      ),
    };
  const problem = certificateProblem(ends, secure);
  if (problem) return { step: broken(problem.says, problem.remedy, problem.facts) };
  const own = heldCertificates(facts.secrets);
  if (own.chain.length === 0 || caller.chain.length === 0)
    return { step: unknown(`${own.chain.length === 0 ? podText(pod) : callerAt} holds no certificate yet`) };
  return { step: ok(`mutual TLS as ${identityOf(own.chain[0]!)}`), chain: secure };
}

/** Whether the pod's annotations keep calls of a port from its sidecar. */
function passesSidecar({ metadata }: V1Pod, port: number): boolean {
  const excluded = listedIn(metadata, excludeInbound) ?? [];
  const included = listedIn(metadata, includeInbound) ?? ['*'];
  return excluded.includes(String(port)) || !(included.includes('*') || included.includes(String(port)));
}

/** The chains of the inbound listener that are for a port; else those for every port. */
function chainsFor({ filter_chains = [] }: Listener, port: number): FilterChain[] {
  const own = filter_chains.filter(({ filter_chain_match: match }) => match?.destination_port === port);
  return own.length > 0
    ? own
    : filter_chains.filter(({ filter_chain_match: match }) => match?.destination_port === undefined);
}

/** What is wrong with the certificates that both sides show each other. Exported for its test. */
export function certificateProblem(
  { cluster, pod, pick, caller, callerAt, facts }: Ends,
  inbound: FilterChain,
): { says: string; remedy: string; facts?: Step['facts'] } | undefined {
  const callee = heldCertificates(facts!.secrets);
  const restart = (what: string) =>
    `restart the workload with the old certificate (${what}); compare the roots: istioctl proxy-config secret`;
  const [leaf] = callee.chain;
  const [own] = caller.chain;
  if (!leaf || !own) return undefined;
  const now = Date.now();
  for (const [who, certificate] of [
    [podText(pod), leaf],
    [callerAt, own],
  ] as const) {
    const { validFrom, validTo } = certificate;
    if (Date.parse(validTo) < now)
      return {
        says: `the certificate of ${who} has expired at ${validTo}`,
        remedy: 'check that its proxy reaches istiod, which renews the certificate',
      };
    if (Date.parse(validFrom) > now + 60_000)
      return {
        says: `the certificate of ${who} is not valid before ${validFrom}`,
        remedy: 'correct the clocks of the nodes',
      };
  }
  const roots = { caller: caller.roots.map(short), callee: callee.roots.map(short) };
  if (brokenAt(callee.chain, caller.roots))
    return {
      says: `the caller does not trust the certificate of ${podText(pod)} in ${cluster}: no trusted CA signed it`,
      remedy: restart(podText(pod)),
      facts: roots,
    };
  if (brokenAt(caller.chain, callee.roots))
    return {
      says: `it does not trust the certificate of ${callerAt}: no trusted CA signed it`,
      remedy: restart(callerAt),
      facts: roots,
    };
  const expected = expectedNames(pick.socket);
  const identity = identityOf(leaf);
  const list = expected.map(({ exact, prefix, suffix }) => exact ?? prefix ?? suffix ?? '');
  if (expected.length > 0 && !expected.some((one) => matches(one, identity)))
    return {
      says: `the caller expects ${list.join(' or ')}, but the pod has ${identity}`,
      remedy: 'check its trust domain and service account, and subjectAltNames of the DestinationRule',
    };
  const taken = expectedNames(inbound.transport_socket);
  const callerIdentity = identityOf(own);
  if (taken.length > 0 && !taken.some((one) => matches(one, callerIdentity)))
    return {
      says: `it takes callers of ${taken.map(({ prefix, exact }) => prefix ?? exact).join(', ')} only, and the caller is ${callerIdentity}`,
      remedy: `add the caller's trust domain to trustDomainAliases of the mesh config of ${cluster}`,
    };
  return undefined;
}

function short({ fingerprint256 }: { fingerprint256: string }): string {
  return fingerprint256.slice(0, 11);
}

function policies({ cluster, pod, port, path, pick, caller }: Ends, chain: FilterChain): Step {
  const { ok, broken, unknown } = stepsOf('policy', cluster, podText(pod));
  const manager = filterOf(chain, 'http_connection_manager');
  const filters = [...(chain.filters ?? []), ...(manager?.http_filters ?? [])];
  const identity = pick.transport === 'istio' && caller.chain[0] ? identityOf(caller.chain[0]) : undefined;
  const judged = judgeRules(filters, { identity, path: manager ? path : undefined, port });
  if (judged.is === 'allowed') return ok(`no policy refuses ${identity ?? 'plain text'}`);
  if (judged.is === 'depends') return unknown(`it depends on ${judged.on}, known only in a real call`);
  return broken(
    `${judged.by} refuses GET ${path} from ${identity ?? 'a caller without an identity'}`,
    'add the caller and the operation to an ALLOW policy, or remove the refusing policy',
  );
}
