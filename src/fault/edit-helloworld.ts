import { podsOf } from '../kube/pods.js';
import type { ClusterHandle } from '../provider/cluster-handle.js';
import { sampleNamespace } from '../topology/mesh-names.js';
import { hellos, proxyClusters, type Breakage } from './breakage.js';
import type { Patch } from './merge-patch.js';
import type { Mesh } from './fault.js';

/** Changes the Service helloworld of `two`, and waits until the proxies of `one` have lost its endpoints. */
export async function editHelloworld({ one, two }: Mesh, breakage: Breakage, patch: Patch): Promise<void> {
  const known = async (): Promise<number> =>
    (await proxyClusters(one, 'sleep', `helloworld\\.${sampleNamespace}`))
      .split('\n')
      .filter((line) => line.includes('::health_flags::')).length;
  const before = await known();
  await breakage.edit(two, sampleNamespace, 'service/helloworld', patch);
  await breakage.until('endpoints are lost', async () => (await known()) < before);
}

/** Gives calls of helloworld these routes, as somebody has left them behind. */
export async function addRoutes({ one }: Mesh, breakage: Breakage, http: object[]): Promise<void> {
  await breakage.create(one, {
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: { name: 'stray', namespace: sampleNamespace },
    spec: { hosts: ['helloworld'], http },
  });
}

/** The same, and waits until no call of `one` reaches `two`. */
export async function leaveRoutes(mesh: Mesh, breakage: Breakage, http: object[]): Promise<void> {
  await addRoutes(mesh, breakage, http);
  await untilApart(mesh, breakage);
}

/** Waits until no call to helloworld from `one` is answered by `two`, and none the other way where one istiod serves both. */
export async function untilApart({ one, two, primaryOf }: Mesh, breakage: Breakage): Promise<void> {
  await untilCutOff(one, two, breakage);
  if (primaryOf(two) === one) await untilCutOff(two, one, breakage);
}

/** Waits until no call to helloworld from a cluster is answered by another's version. */
export async function untilCutOff(from: ClusterHandle, other: ClusterHandle, breakage: Breakage): Promise<void> {
  await breakage.until(
    'no call reaches the other cluster',
    async () => !(await hellos(from)).includes(`version: ${other.helloworld[0]}`),
  );
}

/** Waits, after the changes from here on have been taken back, until nobody is denied: old connections keep their policies until they are drained. */
export function thenNobodyDenied(clusters: readonly ClusterHandle[], breakage: Breakage): void {
  breakage.afterwards('calls are denied', () =>
    breakage.until('no call is denied', async () => {
      const answers = await Promise.all(clusters.map((from) => hellos(from, 60)));
      return !answers.join('\n').includes('access denied');
    }),
  );
}

/** Waits until the proxies of a cluster know no endpoint of helloworld in another: its pods in a flat network, else its east-west gateway. */
export async function untilUnknown(from: ClusterHandle, other: ClusterHandle, breakage: Breakage): Promise<void> {
  const addresses = from.network === other.network ? await podAddresses(other) : [other.eastWestAddress!];
  await breakage.until('proxies know no endpoint in the other cluster', async () => {
    const known = await proxyClusters(from, 'sleep', 'helloworld');
    return !addresses.some((address) => known.includes(`::${address}:`));
  });
}

async function podAddresses(cluster: ClusterHandle): Promise<string[]> {
  const pods = await podsOf(cluster, sampleNamespace, `deployment/helloworld-${cluster.helloworld[0]}`);
  return pods.flatMap(({ status }) => status?.podIP ?? []);
}
