import { takeClusterLease } from './cluster-lease.js';
import { isIP } from 'node:net';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { stringify } from 'yaml';
import { exitCode, MeshproofError } from '../../kernel/errors.js';
import type { ClusterPlan, Plan } from '../../topology/plan-types.js';
import { CommandError, run } from '../../kernel/run-program.js';
import { kubeconfigPath } from '../../run/run-folders.js';
import { parseKubeconfig } from '../../kube/kubeconfig.js';
import { kubectlJson, type Target } from '../../kube/kubectl.js';
import type { ClusterSource, ClusterWork, LiveClusters } from '../cluster-source.js';
import { secretsOfKubeconfig } from '../../kube/secret-objects.js';
import { rememberSecrets } from '../../kernel/secrets/known-secrets.js';
import type { ClusterHandle } from '../cluster-handle.js';
import type { Steps } from '../../kernel/steps.js';
import { ClusterWatch } from '../../kube/cluster-watch.js';

interface NodeList {
  items: { metadata: { name: string }; status: { addresses: { type: string; address: string }[] } }[];
}
interface EndpointSliceList {
  items: { endpoints: { addresses: string[] }[]; ports: { port: number }[] }[];
}
/**
 * Clusters that are there already, by kubeconfig context. None is created, changed as a cluster, or deleted, and the
 * user's kubeconfig is only read: each context is copied into a kubeconfig of the run's own.
 */
export class ExistingClusters implements ClusterSource {
  private readonly watches: ClusterWatch[] = [];

  makeRoom(): Promise<void> {
    return Promise.resolve();
  }

  handlers(plan: Plan, live: LiveClusters, steps: Steps): Record<'attach' | 'lease', ClusterWork> {
    return {
      attach: async ({ cluster: name }) => {
        const cluster = plan.clusters.find((one) => one.name === name)!;
        const handle = await openContext(plan, cluster);
        return { handle, watch: new ClusterWatch(handle, (text) => steps.note(text)) };
      },
      lease: async ({ cluster }) => {
        const { handle, watch } = live.get(cluster!)!;
        await takeClusterLease(handle, plan.runId);
        this.watches.push(watch);
        await watch.start();
        return undefined;
      },
    };
  }

  async close(): Promise<void> {
    await Promise.all(this.watches.splice(0).map((watch) => watch.stop()));
  }
}

async function openContext(plan: Plan, cluster: ClusterPlan): Promise<ClusterHandle> {
  const kubeconfig = kubeconfigPath(plan.runId, cluster.name);
  const from = plan.kubeconfig ? ['--kubeconfig', path.resolve(path.dirname(plan.topologyFile), plan.kubeconfig)] : [];
  const view = ['config', 'view', '--raw', '--minify', '--flatten', '--context', cluster.context!, '-o', 'yaml'];
  const text = await run('kubectl', [...from, ...view], { cluster: cluster.name }).catch((cause: CommandError) => {
    throw new MeshproofError(`context ${cluster.context} cannot be read: ${cause.message}`, exitCode.preflight, {
      where: from[1] ?? 'the default kubeconfig',
      remedy: 'list the contexts with: kubectl config get-contexts',
      cause,
    });
  });
  rememberSecrets(secretsOfKubeconfig(text, cluster.name));
  const config = parseKubeconfig(text, `context ${cluster.context}`);
  writeFileSync(kubeconfig, stringify(config), { mode: 0o600 });
  const target = { name: cluster.name, kubeconfig };
  const [nodes, apiServer] = await Promise.all([
    kubectlJson<NodeList>(target, ['get', 'nodes'], { timeout: 20 }),
    reachableApiServer(target, config.clusters[0]!.cluster.server),
  ]);
  return {
    ...cluster,
    ...{ kubeconfig, apiServer },
    nodes: nodes.items.map(({ metadata, status }) => ({
      name: metadata.name,
      address: status.addresses.find(({ type }) => type === 'InternalIP')?.address ?? '',
    })),
  };
}

/** The address for the other clusters: a kubeconfig of kind's names this machine only, the API server knows its own. */
async function reachableApiServer(target: Target, server: string): Promise<string> {
  const { hostname } = new URL(server);
  const local =
    hostname === 'localhost' || (isIP(hostname) === 4 && hostname.startsWith('127.')) || hostname === '[::1]';
  if (!local) return server;
  const args = ['-n', 'default', 'get', 'endpointslices', '-l', 'kubernetes.io/service-name=kubernetes'];
  const [slice] = (await kubectlJson<EndpointSliceList>(target, args)).items;
  const address = slice?.endpoints[0]?.addresses[0];
  return address ? `https://${address}:${slice.ports[0]!.port}` : server;
}
