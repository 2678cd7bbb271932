import { docker } from '../kernel/docker.js';
import type { Breakage } from '../fault/breakage.js';
import type { ClusterHandle } from '../provider/cluster-handle.js';

/** What becomes of packets. */
export type Fate = 'swallowed' | 'refused';

/**
 * Where packets come from that a cluster sends to another: its nodes, and in a flat network its pods as well. Clusters of different
 * networks may have the same range of pods.
 */
function sourcesOf({ nodes, podCIDR, network }: ClusterHandle, to: ClusterHandle): string[] {
  const pods = network === to.network ? [podCIDR] : [];
  return [...nodes.map(({ address }) => `${address}/32`), ...pods];
}

/** The rules by which a cluster takes no packets of another, or none of the connections that the other has opened. */
export function linkRules(
  from: ClusterHandle,
  of: ClusterHandle,
  fate: Fate,
  openedOnly: boolean,
): [string, ...string[]][] {
  const direction = openedOnly ? ['-m', 'conntrack', '--ctdir', 'ORIGINAL'] : [];
  const to = (...target: string[]) => [...direction, '-j', ...target];
  // where both sides refuse, each must still hear that the other one does: a rule that comes later stands first
  const targets =
    fate === 'swallowed'
      ? [to('DROP')]
      : [to('REJECT', '--reject-with', 'tcp-reset'), ['--tcp-flags', 'RST', 'RST', '-j', 'ACCEPT']];
  return sourcesOf(from, of).flatMap((source) =>
    // packets to pods and their load balancers are forwarded, those to the API server come in
    ['FORWARD', 'INPUT'].flatMap((chain) =>
      targets.map((target): [string, ...string[]] => [chain, '-s', source, '-p', 'tcp', ...target]),
    ),
  );
}

/** The rules by which the API server of a cluster gets no packet of another one. */
export function apiServerRules(from: ClusterHandle, to: ClusterHandle): [string, ...string[]][] {
  const { port } = new URL(to.apiServer);
  return sourcesOf(from, to).map((source) => ['INPUT', '-s', source, '-p', 'tcp', '--dport', port, '-j', 'DROP']);
}

/** Adds rules to the nodes of a cluster; a later one comes before those that are there. */
export async function addRules(
  breakage: Breakage,
  to: ClusterHandle,
  rules: readonly [string, ...string[]][],
): Promise<void> {
  for (const rule of rules) await breakage.filter(to, rule);
}

/** How the API server of a cluster answers a node of another: swallowed, refused, or that it answers. */
export async function linkState(from: ClusterHandle, { apiServer }: ClusterHandle): Promise<Fate | 'open'> {
  const ask = `curl -sk -o /dev/null -m 3 ${apiServer}/livez; echo $?`;
  const code = (await docker(['exec', from.nodes[0]!.name, 'sh', '-c', ask])).trim();
  // curl's own codes: 28 is a time limit, 7 no connection, 35 and 56 a connection that was reset
  return code === '0' ? 'open' : code === '28' ? 'swallowed' : 'refused';
}
