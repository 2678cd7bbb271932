import pRetry from 'p-retry';
import { exitCode, MeshproofError } from '../../kernel/errors.js';
import { read } from '../../kube/api.js';
import { docker } from '../../kernel/docker.js';
import type { LiveCluster } from '../cluster-source.js';
import { outlast } from '../../kube/outage.js';
import { currentSignal } from '../../kernel/cancellation.js';
import type { ClusterHandle } from '../cluster-handle.js';

/** On `node`, packets for `range` go to the node at `via`. */
export interface Route {
  node: string;
  range: string;
  via: string;
}

interface NodeList {
  items: { metadata: { name: string }; spec: { podCIDR?: string } }[];
}

/** The routes that flat networks need: those of every cluster. */
export async function flatRoutes(clusters: readonly LiveCluster[]): Promise<Route[]> {
  return (await Promise.all(clusters.map((from) => routesFrom(from, clusters)))).flat();
}

/**
 * The routes that the nodes of a cluster need: to the service range of each other cluster of its network, and to the pod range
 * of each of its nodes, through that node.
 */
export async function routesFrom(from: LiveCluster, clusters: readonly LiveCluster[]): Promise<Route[]> {
  const { name: own, network, nodes } = from.handle;
  const others = clusters.filter(({ handle }) => handle.name !== own && handle.network === network);
  const routes = others.map(async ({ handle }) => {
    const services = { range: handle.serviceCIDR, node: handle.nodes[0]!.name };
    return [...(await podRanges(handle)), services].flatMap(({ range, node }) => {
      const via = handle.nodes.find(({ name }) => name === node)!.address;
      return nodes.map(({ name }) => ({ node: name, range, via }));
    });
  });
  return (await Promise.all(routes)).flat();
}

/** A node that its controller has not met yet. */
class NoPodRange extends MeshproofError {}

/** Of every node of a cluster; a controller gives a new node its range when it has met it, which is waited for. */
function podRanges(cluster: ClusterHandle): Promise<{ range: string; node: string }[]> {
  const given = async () => {
    const { items } = (await outlast(cluster, () => read<NodeList>(cluster, '/api/v1/nodes')))!;
    return items.map(({ metadata: { name }, spec: { podCIDR } }) => {
      if (podCIDR) return { range: podCIDR, node: name };
      throw new NoPodRange('the node has no podCIDR', exitCode.environment, {
        where: `${cluster.name}/${name}`,
        expected: 'spec.podCIDR, set by the controller manager',
      });
    });
  };
  const shouldRetry = ({ error }: { error: Error }) => error instanceof NoPodRange;
  return pRetry(given, { retries: 120, factor: 1, minTimeout: 500, signal: currentSignal(), shouldRetry });
}

/** Sets the routes; `replace` makes it repeatable. */
export function setRoutes(routes: readonly Route[]): Promise<void> {
  return onEveryNode(routes, ({ range, via }) => `ip route replace ${range} via ${via}`);
}

/** Removes the routes; one that is gone already is fine. */
export function removeRoutes(routes: readonly Route[]): Promise<void> {
  return onEveryNode(routes, ({ range, via }) => `ip route del ${range} via ${via} 2>/dev/null || true`);
}

/** One exec a node, whatever the number of routes. */
async function onEveryNode(routes: readonly Route[], command: (route: Route) => string): Promise<void> {
  const nodes = [...new Set(routes.map((route) => route.node))];
  await Promise.all(
    nodes.map((node) => {
      const own = routes.filter((route) => route.node === node);
      return docker(['exec', node, 'sh', '-ec', own.map(command).join('; ')]);
    }),
  );
}
