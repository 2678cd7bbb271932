import type { V1Pod } from '@kubernetes/client-node';
import type { FilterChain, Listener } from '../../probe/envoy-types.js';
import type { ProxyFacts } from '../../probe/proxy-facts.js';
import { brokenAt, heldCertificates, identityOf, type HeldCertificates } from '../../probe/workload-certificates.js';
import { proxyOf } from '../object-kinds.js';
import { expectedNames, type Pick } from './balancing.js';
import { listenersIn } from './outbound-hops.js';
import { podText, stepsOf } from './path-scene.js';
import type { Step } from './path-types.js';
import { filterOf } from './proxy-route.js';
import { judgeRules, matches } from './rules-of-proxy.js';

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
            'it has no sidecar, and the caller speaks mutual TLS to it',
            'restart it with a sidecar, or remove the DestinationRule that sets tls.mode',
          ),
    };
  }
  const listener = listenersIn(facts).find(({ name }) => name === 'virtualInbound');
  if (!listener) return { step: unknown('its proxy has no inbound listener yet') };
  const chains = chainsFor(listener, port);
  const secure = chains.find((chain) => chain.transport_socket?.typed_config?.require_client_certificate);
  const open = chains.find(
    ({ filter_chain_match: match, transport_socket }) => !transport_socket && match?.transport_protocol !== 'tls',
  );
  if (pick.transport === 'plain')
    return open
      ? { step: ok('plain text, which it takes'), chain: open }
      : {
          step: broken(
            'it takes mutual TLS only (STRICT), and the caller sends plain text',
            'remove tls.mode DISABLE from the DestinationRule of the host, or let the PeerAuthentication be PERMISSIVE',
          ),
        };
  if (!secure)
    return {
      step: broken(
        `it takes no mutual TLS on port ${port}, and the caller speaks it`,
        'look for a PeerAuthentication with mode DISABLE for this port; remove it, or set tls.mode DISABLE in a DestinationRule',
      ),
    };
  const problem = certificateProblem(ends, secure);
  if (problem) return { step: broken(problem.says, problem.remedy, problem.facts) };
  const own = heldCertificates(facts.secrets);
  if (own.chain.length === 0 || caller.chain.length === 0)
    return { step: unknown(`${own.chain.length === 0 ? podText(pod) : callerAt} holds no certificate yet`) };
  return { step: ok(`mutual TLS as ${identityOf(own.chain[0]!)}`), chain: secure };
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
    `restart what holds the former certificate (${what}); look at the roots with: istioctl proxy-config secret`;
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
        remedy: 'see whether its proxy reaches istiod, which renews it',
      };
    if (Date.parse(validFrom) > now + 60_000)
      return {
        says: `the certificate of ${who} is valid only from ${validFrom} on`,
        remedy: 'set the clocks of the nodes',
      };
  }
  const roots = { caller: caller.roots.map(short), callee: callee.roots.map(short) };
  if (brokenAt(callee.chain, caller.roots))
    return {
      says: `the caller does not trust the certificate of ${podText(pod)} in ${cluster}: nothing that it trusts has signed it`,
      remedy: restart(podText(pod)),
      facts: roots,
    };
  if (brokenAt(caller.chain, callee.roots))
    return {
      says: `it does not trust the certificate of ${callerAt}: nothing that it trusts has signed it`,
      remedy: restart(callerAt),
      facts: roots,
    };
  const expected = expectedNames(pick.socket);
  const identity = identityOf(leaf);
  const list = expected.map(({ exact, prefix, suffix }) => exact ?? prefix ?? suffix ?? '');
  if (expected.length > 0 && !expected.some((one) => matches(one, identity)))
    return {
      says: `the caller expects ${list.join(' or ')}, and it shows ${identity}`,
      remedy: 'look at its trust domain and service account, and at subjectAltNames of the DestinationRule',
    };
  const taken = expectedNames(inbound.transport_socket);
  const callerIdentity = identityOf(own);
  if (taken.length > 0 && !taken.some((one) => matches(one, callerIdentity)))
    return {
      says: `it takes callers of ${taken.map(({ prefix, exact }) => prefix ?? exact).join(', ')} only, and the caller is ${callerIdentity}`,
      remedy: `name the caller's trust domain in trustDomainAliases of the mesh config of ${cluster}`,
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
  if (judged.is === 'allowed') return ok(`nothing refuses ${identity ?? 'plain text'}`);
  if (judged.is === 'depends') return unknown(`it depends on ${judged.on}, which only a real call has`);
  return broken(
    `${judged.by} refuses GET ${path} from ${identity ?? 'a caller without an identity'}`,
    'name the caller and the operation in a rule of an ALLOW policy, or remove the policy that refuses it',
  );
}
