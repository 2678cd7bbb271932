import { among, type Outcome, type Problem } from './check.js';
import { addressOf, crossNetworkPort, gatewayService, readyEndpoints } from './gateway-facts.js';
import type { MeshView } from './mesh-view.js';

/** The port by which a gateway tells that it is ready; nothing of a mesh goes through it. */
const statusPort = 15021;

/** A connection to a gateway as it went, and beside it one to its status port. */
interface Tried {
  from: string;
  to: string;
  /** `172.28.1.1:15443` */
  address: string;
  status: string;
}

/**
 * Opens a connection from each cluster to every gateway of another network that is ready, and tells of those that end in one way.
 * That the gateway listens is known from its configuration; what is wrong is on the way to it.
 */
export function connectionsThat(
  mesh: MeshView,
  end: 'refused' | 'no answer',
  words: (tried: Tried) => Pick<Problem, 'says' | 'remedy'>,
): Promise<Outcome> {
  return among(mesh.clusters, async (cluster) => {
    const far = await Promise.all(
      mesh.farFrom(cluster).map(async (other) => {
        const { namespace, name } = other.gateway;
        const ready = (await readyEndpoints(other, namespace, name)) > 0;
        return { other, address: ready ? addressOf(await gatewayService(other)) : undefined };
      }),
    );
    const targets = far.filter(({ address }) => address !== undefined);
    const client = mesh.clientIn(cluster);
    if (targets.length === 0 || !client) return [];
    const ports = targets.flatMap(({ address }) => [`${address}:${crossNetworkPort}`, `${address}:${statusPort}`]);
    const answers = await cluster.connect(client.namespace, client.workload, ports);
    return targets.flatMap(({ other, address }, i) => {
      if (answers[2 * i] !== end) return [];
      const status = answers[2 * i + 1]!;
      const tried = { from: cluster.name, to: other.name, address: `${address}:${crossNetworkPort}`, status };
      return [
        {
          cluster: cluster.name,
          object: `service/${other.name}/${address}`,
          facts: { from: cluster.name, to: other.name, address: address!, port: crossNetworkPort, statusPort: status },
          ...words(tried),
        },
      ];
    });
  });
}

/** What must hold for a connection to a gateway to say anything about the way to it. */
export const gatewayListens = [
  'F-GATEWAY-NO-ADDRESS',
  'F-GATEWAY-NOT-READY',
  'F-GATEWAY-PORT-MISSING',
  'F-GATEWAY-SELECTOR',
  'F-GATEWAY-REVISION',
  'F-SERVICES-NOT-EXPOSED',
  'F-NO-AUTO-PASSTHROUGH',
  'F-GATEWAY-ADDRESS-SHARED',
  'F-ISTIOD-DOWN',
  'F-NOT-INJECTED',
  'F-REVISION-GONE',
] as const;
