import { escapeRegExp } from '../../kernel/text.js';
import { reasonOf } from '../../kernel/undetermined.js';
import type { FilterChain, Listener } from '../../probe/envoy-types.js';
import type { ProxyFacts } from '../../probe/proxy-facts.js';
import { crossNetworkPort } from '../gateway-facts.js';
import { endpointsText } from './path-words.js';
import { podsOfGateway, type NetworkGateway } from './gateways-of-mesh.js';
import { listenersIn } from './outbound-hops.js';
import { podText, stepsOf, targetPort, type PathScene } from './path-scene.js';
import type { Pick } from './balancing.js';
import type { Step } from './path-types.js';
import { filterOf } from './proxy-route.js';

/** What a gateway makes of a call: its steps, and the `address:port` that it goes on to. */
export interface ThroughGateway {
  steps: Step[];
  /** Something of the gateway's listens on the port. */
  listens?: boolean;
  targets: string[];
}

/** Follows a call through the gateway of another network, which forwards TLS by the name of the server that the caller says (SNI). */
export async function throughGateway(
  { called, host, mesh }: PathScene,
  gateway: NetworkGateway,
  pick: Pick,
): Promise<ThroughGateway> {
  const { cluster, service } = gateway;
  const { namespace, name } = service.metadata!;
  const { broken, unknown } = stepsOf('gateway', cluster.name, `Service ${namespace}/${name}`);
  const stop = (step: Step): ThroughGateway => ({ steps: [step], targets: [] });
  const pods = await podsOfGateway(gateway);
  if (pods.length === 0)
    return stop(
      broken('no pod of the gateway is ready', `kubectl -n ${namespace} get pods -l ${labels(service.spec?.selector)}`),
    );
  const port = targetPort(service, crossNetworkPort, pods[0]);
  const sni = pick.socket?.typed_config?.sni ?? '';
  const question = {
    listeners: `^.*_${port}$`,
    clusters: `^outbound_\\.${called.port}_\\..*_\\.${escapeRegExp(host)}$`,
  };
  const seen = await Promise.all(
    pods.map(async (pod) => {
      try {
        const facts = await cluster.proxy({ namespace: namespace!, pod: pod.metadata!.name! }, question);
        return followed(facts, {
          cluster: cluster.name,
          at: podText(pod),
          port,
          sni,
          pick,
          primary: mesh.primaryOf(cluster).name,
        });
      } catch (error) {
        return stop(unknown(reasonOf(error as Error)));
      }
    }),
  );
  // of several pods the one that fails counts: each gets its part of the connections
  return seen.find(({ steps }) => steps.some(({ is }) => is === 'broken')) ?? seen[0]!;
}

interface Asked {
  cluster: string;
  at: string;
  port: number;
  sni: string;
  pick: Pick;
  primary: string;
}

/** What one pod of a gateway does, by its configuration. Exported for its test. */
export function followed(facts: ProxyFacts, { cluster, at, port, sni, pick, primary }: Asked): ThroughGateway {
  const { ok, broken } = stepsOf('gateway', cluster, at);
  const listener = listenersIn(facts).find(({ address }) => address?.socket_address?.port_value === port);
  if (!listener)
    return {
      listens: false,
      targets: [],
      steps: [
        broken(
          `it listens on no port ${port}: no Gateway resource in ${primary} opens it for this gateway`,
          'apply a Gateway that selects it: port 15443, protocol TLS, tls.mode AUTO_PASSTHROUGH, hosts ["*.local"]',
        ),
      ],
    };
  const stop = (step: Step): ThroughGateway => ({ listens: true, targets: [], steps: [step] });
  if (pick.transport === 'plain')
    return stop(
      broken(
        "it gets plain text, but forwards only TLS with the service's name (SNI)",
        'remove the tls.mode that a DestinationRule sets for this host: Istio uses mutual TLS automatically',
      ),
    );
  const chain = chainFor(listener, sni);
  if (!chain)
    return stop(
      broken(
        `its listener on port ${port} has no filter chain for ${sni}: ${passes(listener) ? 'the service is unknown, or not exported to the gateway' : 'it does not forward by SNI (AUTO_PASSTHROUGH)'}`,
        passes(listener)
          ? `check the Service's annotation networking.istio.io/exportTo, defaultServiceExportTo and discoverySelectors in ${cluster}, and that the Service exists`
          : 'set tls.mode of the Gateway to AUTO_PASSTHROUGH',
      ),
    );
  const to = filterOf(chain, 'tcp_proxy')?.cluster;
  if (chain.transport_socket || to === undefined)
    return stop(
      broken(
        `it terminates the TLS of ${sni} instead of forwarding it`,
        'set tls.mode of the Gateway to AUTO_PASSTHROUGH',
      ),
    );
  const taken = ok(`port ${port} forwards ${sni}`);
  const inside = stepsOf('gateway cluster', cluster, at);
  const assignment = facts.assignments.find(({ cluster_name: name }) => name === to);
  if (!facts.clusters.some(({ name }) => name === to))
    return {
      listens: true,
      targets: [],
      steps: [taken, inside.broken(`it has no cluster ${to}`, `istioctl proxy-config clusters ${at.split('/')[1]}`)],
    };
  const all = (assignment?.endpoints ?? []).flatMap(({ lb_endpoints = [] }) => lb_endpoints);
  const sound = all.filter(({ health_status: health = 'HEALTHY' }) => health === 'HEALTHY');
  const targets = sound.flatMap(({ endpoint }) => {
    const { address, port_value: at = 0 } = endpoint?.address?.socket_address ?? {};
    return address ? [`${address}:${at}`] : [];
  });
  if (targets.length === 0)
    return {
      listens: true,
      targets,
      steps: [
        taken,
        inside.broken(
          all.length > 0
            ? `none of its ${all.length} endpoints is healthy`
            : 'it knows no endpoint of the service in its own network',
          'check the pods of the service there, their sidecars and labels, and whether istiod reads this cluster',
        ),
      ],
    };
  return { listens: true, targets, steps: [taken, inside.ok(endpointsText(targets))] };
}

/** The filter chain for a server name: one of that very name comes before one with a wildcard. */
function chainFor({ filter_chains = [] }: Listener, sni: string): FilterChain | undefined {
  const names = ({ filter_chain_match }: FilterChain): string[] => filter_chain_match?.server_names ?? [];
  return (
    filter_chains.find((chain) => names(chain).includes(sni)) ??
    filter_chains.find((chain) => names(chain).some((one) => one.startsWith('*.') && sni.endsWith(one.slice(1))))
  );
}

/** Whether a listener forwards by SNI at all. */
function passes({ filter_chains = [] }: Listener): boolean {
  return filter_chains.some(({ filter_chain_match: match }) =>
    match?.server_names?.some((one) => one.startsWith('outbound_.')),
  );
}

function labels(selector: Readonly<Record<string, string>> = {}): string {
  return Object.entries(selector)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
}
