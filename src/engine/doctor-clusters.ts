import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { V1Deployment, V1LimitRange, V1Node, V1Service } from '@kubernetes/client-node';
import { missingRights } from '../check/behaviour-needs.js';
import { whyNot } from '../check/check.js';
import { settleAll } from '../kernel/cancellation.js';
import { read } from '../kube/api.js';
import type { Target } from '../kube/kubectl.js';
import { findCluster } from '../mesh/found-cluster.js';
import { tryConnections } from '../probe/tcp-connection.js';
import { copyContext, type OpenedContext } from '../provider/existing/copy-context.js';
import { kubernetesSupport } from '../supply/compatibility.js';
import type { DoctorRow } from './doctor-row.js';

type Opened = Target & OpenedContext & { context: string };

/** Looks at clusters that exist, by their contexts: what a mesh on them needs. Reads, and opens connections from pods that are there. */
export async function doctorOfClusters(
  contexts: readonly string[],
  kubeconfig: string | undefined,
): Promise<DoctorRow[]> {
  const folder = mkdtempSync(path.join(tmpdir(), 'meshproof-'));
  chmodSync(folder, 0o700);
  try {
    const clusters = await settleAll(
      contexts.map(async (context, i): Promise<Opened> => ({
        context,
        name: context,
        ...(await copyContext(context, context, path.join(folder, `${i}.yaml`), kubeconfig)),
      })),
    );
    const own = await Promise.all(clusters.map(rowsOf));
    return [...own.flat(), ...(await rangesOf(clusters)), ...(await reachOf(clusters))];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function rowsOf(cluster: Opened): Promise<DoctorRow[]> {
  const where = cluster.name;
  const list = async <T>(at: string): Promise<T[]> => (await read<{ items: T[] }>(cluster, at))?.items ?? [];
  const row = async (what: string, ask: () => Promise<Omit<DoctorRow, 'where' | 'what'>>): Promise<DoctorRow> =>
    ask().then(
      (found) => ({ where, what, ...found }),
      (error: unknown) => ({ where, what, is: 'cannot tell', says: whyNot(error) }),
    );
  const version =
    (await read<{ gitVersion?: string }>(cluster, '/version').catch(() => undefined))?.gitVersion ?? 'unknown';
  // without what a distribution adds, such as +k3s1
  const [, release] = /^v?(\d+\.\d+\.\d+)/.exec(version) ?? [];
  return Promise.all([
    row('Kubernetes', async () => ({
      is: 'ok',
      says: `${version}, ${cluster.nodes.length} nodes, API server ${cluster.apiServer}`,
    })),
    row('installed', async () => {
      const istiods = await list<V1Deployment>('/apis/apps/v1/deployments?labelSelector=app%3Distiod');
      const names = istiods.map(({ metadata, spec }) => {
        const image = spec?.template.spec?.containers[0]?.image ?? '';
        return { name: `${metadata?.namespace}/${metadata?.name}`, tag: image.split(':').pop() ?? '' };
      });
      const unsupported = names
        .map(({ tag }) => (release ? kubernetesSupport(tag, release) : undefined))
        .find((support) => support?.fits === false);
      return {
        is: unsupported ? 'warning' : 'ok',
        says: [names.map(({ name, tag }) => `${name} ${tag}`).join(', ') || 'no istiod', unsupported?.says]
          .filter(Boolean)
          .join('; '),
      };
    }),
    row('rights', async () => {
      const missing = await missingRights(cluster);
      return missing.length === 0
        ? { is: 'ok', says: 'behaviours may do what they need' }
        : {
            is: 'wrong',
            says: `missing rights: ${missing.join('; ')}`,
            remedy: 'grant these rights to the user of this context',
          };
    }),
    row('node labels', async () => {
      const nodes = await list<V1Node>('/api/v1/nodes');
      const bare = nodes.filter(({ metadata }) => !metadata?.labels?.['topology.kubernetes.io/region']);
      return bare.length === 0
        ? { is: 'ok', says: 'every node has a region' }
        : {
            is: 'warning',
            says: `nodes without a region: ${bare.map(({ metadata }) => metadata?.name).join(', ')}; locality behaviours cannot run`,
            remedy: 'kubectl label node NAME topology.kubernetes.io/region=REGION topology.kubernetes.io/zone=ZONE',
          };
    }),
    row('load balancer', async () => {
      const services = (await list<V1Service>('/api/v1/services')).filter(({ spec }) => spec?.type === 'LoadBalancer');
      const pending = services
        .filter(({ status }) => !status?.loadBalancer?.ingress?.length)
        .map(({ metadata }) => `${metadata?.namespace}/${metadata?.name}`);
      if (services.length === 0) return { is: 'cannot tell', says: 'no Service requests an address' };
      return pending.length === 0
        ? { is: 'ok', says: `${services.length} Services have an address` }
        : {
            is: 'wrong',
            says: `Services without an address: ${pending.join(', ')}`,
            remedy: 'check the events of these Services, and the address pool of the load balancer',
          };
    }),
    row('LimitRange', async () => {
      const ranges = await list<V1LimitRange>('/api/v1/limitranges');
      const strict = ranges.filter(({ spec }) =>
        spec?.limits?.some(({ maxLimitRequestRatio, max }) => maxLimitRequestRatio ?? max),
      );
      return strict.length === 0
        ? { is: 'ok', says: 'none refuses a sidecar' }
        : {
            is: 'warning',
            says: `these may refuse pods with a sidecar: ${strict.map(({ metadata }) => `${metadata?.namespace}/${metadata?.name}`).join(', ')}`,
            remedy: 'allow the requests and limits of istio-proxy (2 CPUs and 1 GiB by default)',
          };
    }),
  ]);
}

/** Pods of two clusters may have the same addresses only in two networks. */
async function rangesOf(clusters: readonly Opened[]): Promise<DoctorRow[]> {
  const ranges = await Promise.all(
    clusters.map(async (cluster) => {
      const nodes = (await read<{ items: V1Node[] }>(cluster, '/api/v1/nodes').catch(() => undefined))?.items ?? [];
      return nodes.flatMap(({ spec }) => spec?.podCIDR ?? []);
    }),
  );
  return clusters.map((cluster, i) => {
    const same = clusters
      .filter((_, j) => j < i && ranges[j]!.some((one) => ranges[i]!.includes(one)))
      .map(({ name }) => name);
    return {
      where: cluster.name,
      what: 'ranges',
      is: same.length > 0 ? 'warning' : ranges[i]!.length === 0 ? 'cannot tell' : 'ok',
      says:
        same.length > 0
          ? `pod addresses overlap those in ${same.join(', ')}: these clusters cannot share a network`
          : ranges[i]!.join(', ') || 'the nodes have no podCIDR',
    };
  });
}

/** Whether the pods of each cluster reach the API servers of the others, as istiod must. */
async function reachOf(clusters: readonly Opened[]): Promise<DoctorRow[]> {
  const rows = await Promise.all(
    clusters.map(async (cluster): Promise<DoctorRow[]> => {
      const others = clusters.filter((one) => one !== cluster);
      const what = 'API servers of others';
      if (others.length === 0) return [];
      try {
        const { client } = await findCluster(cluster, []);
        if (!client)
          return [{ where: cluster.name, what, is: 'cannot tell', says: 'no pod with a sidecar to connect from' }];
        const targets = others.map(({ apiServer }) => {
          const { hostname, port } = new URL(apiServer);
          return `${hostname}:${port || 443}`;
        });
        const found = await tryConnections(cluster, client, targets);
        const closed = others
          .filter((_, i) => found[i] !== 'connects')
          .map(({ name, apiServer }) => `${name} (${apiServer})`);
        return [
          closed.length === 0
            ? { where: cluster.name, what, is: 'ok', says: targets.join(', ') }
            : {
                where: cluster.name,
                what,
                is: 'wrong',
                says: `pods cannot reach ${closed.join(', ')}`,
                remedy:
                  'use an address in the kubeconfig that pods of the other clusters can reach, and open it in firewalls',
              },
        ];
      } catch (error) {
        return [{ where: cluster.name, what, is: 'cannot tell', says: whyNot(error) }];
      }
    }),
  );
  return rows.flat();
}
