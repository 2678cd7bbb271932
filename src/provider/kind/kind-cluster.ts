import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { ClusterPlan, Plan } from '../../topology/plan-types.js';
import { compareVersions } from '../../topology/version.js';
import { run } from '../../kernel/run-program.js';
import { containerAddress, docker, dockerLines, removeContainers } from '../../kernel/docker.js';
import { kubeconfigPath } from '../../run/run-folders.js';
import { parseKubeconfig } from '../../kube/kubeconfig.js';
import { secretsOfKubeconfig } from '../../kube/secret-objects.js';
import { rememberSecrets } from '../../kernel/secrets/known-secrets.js';
import type { ClusterHandle } from '../cluster-handle.js';
import { yamlText } from '../../kube/yaml-documents.js';

/** kind's own label on the containers of its nodes; the value is the cluster's name. */
export const kindLabel = 'io.x-k8s.kind.cluster';

/**
 * The kind configuration of one cluster; `kubernetes` is the version of the node image. Locality labels must be there
 * before the first proxy starts.
 */
export function kindConfig(cluster: ClusterPlan, nodeImage: string, kubernetes: string): string {
  const labels = { 'topology.kubernetes.io/region': cluster.region, 'topology.kubernetes.io/zone': cluster.zone };
  const node = (role: string): object => ({ role, image: nodeImage, labels });
  const clusterConfiguration = (version: string): object => ({
    kind: 'ClusterConfiguration',
    apiVersion: `kubeadm.k8s.io/${version}`,
  });
  // from 1.35 on, a kubelet refuses cgroup v1 unless it is told not to; those before 1.31 do not know the setting
  const kubelet = { kind: 'KubeletConfiguration', apiVersion: 'kubelet.config.k8s.io/v1beta1', failCgroupV1: false };
  return yamlText({
    kind: 'Cluster',
    apiVersion: 'kind.x-k8s.io/v1alpha4',
    networking: { podSubnet: cluster.podCIDR, serviceSubnet: cluster.serviceCIDR },
    kubeadmConfigPatches: [
      // the cluster lives for minutes: smaller keys and an etcd that does not wait for the disk save seconds of its start.
      // kind takes the patch of the version of kubeadm's configuration that it writes: v1beta3 up to Kubernetes 1.35
      yamlText({
        ...clusterConfiguration('v1beta3'),
        featureGates: { PublicKeysECDSA: true },
        etcd: { local: { extraArgs: { 'unsafe-no-fsync': 'true' } } },
      }),
      yamlText({
        ...clusterConfiguration('v1beta4'),
        encryptionAlgorithm: 'ECDSA-P256',
        etcd: { local: { extraArgs: [{ name: 'unsafe-no-fsync', value: 'true' }] } },
      }),
      ...(compareVersions(kubernetes, '1.35.0-0') >= 0 ? [yamlText(kubelet)] : []),
    ],
    nodes: [node('control-plane'), ...Array.from({ length: cluster.workers }, () => node('worker'))],
  });
}

/**
 * Creates a cluster (or finds it, when an earlier try made it whole) and returns its handle. kind writes into a
 * kubeconfig of the run's own; the user's is not touched. Throws CommandError.
 */
export async function createCluster(
  plan: Plan,
  cluster: ClusterPlan,
  nodeImage: string,
  kind: string,
): Promise<ClusterHandle> {
  const kubeconfig = kubeconfigPath(plan.runId, cluster.name);
  const env = { KIND_EXPERIMENTAL_DOCKER_NETWORK: plan.docker.network };
  if (!(existsSync(kubeconfig) && (await nodesOf(cluster.kindName)).length > 0)) {
    // what an earlier try left half-made
    await removeContainers(await nodesOf(cluster.kindName));
    // --quiet would leave out why it failed
    const args = ['create', 'cluster', '--name', cluster.kindName, '--config', '-', '--kubeconfig', kubeconfig];
    const input = kindConfig(cluster, nodeImage, plan.environment.kubernetes);
    await run(kind, args, { input, env, timeout: 240, cluster: cluster.name });
  }
  const names = await nodesOf(cluster.kindName);
  const nodes = await Promise.all(
    names.map(async (name) => ({ name, address: await containerAddress(name, plan.docker.network) })),
  );
  await refuseGonePods(names, cluster.podCIDR);
  const address = nodes.find((node) => node.name === `${cluster.kindName}-control-plane`)?.address;
  const apiServer = `https://${address}:6443`;
  useAddress(kubeconfig, apiServer, cluster.name);
  return { ...cluster, kubeconfig, apiServer, nodes };
}

/**
 * Without it a packet for a pod that is gone takes the default route and is lost, and its sender waits for the answer: a proxy
 * whose istiod was replaced looked for it for 20 s. The routes of living pods and of other nodes are narrower and come first.
 */
async function refuseGonePods(nodes: readonly string[], podCIDR: string): Promise<void> {
  await Promise.all(nodes.map((node) => docker(['exec', node, 'ip', 'route', 'replace', 'unreachable', podCIDR])));
}

/** Names of the node containers of a kind cluster, stopped ones included. */
export function nodesOf(kindName: string): Promise<string[]> {
  const filter = `label=${kindLabel}=${kindName}`;
  return dockerLines(['ps', '-a', '--filter', filter, '--format', '{{.Names}}'], { uninterruptible: true });
}

/** kind writes a port of 127.0.0.1; the other clusters, and we, need the container's own address. */
function useAddress(kubeconfig: string, apiServer: string, cluster: string): void {
  const text = readFileSync(kubeconfig, 'utf8');
  rememberSecrets(secretsOfKubeconfig(text, cluster));
  const config = parseKubeconfig(text, kubeconfig);
  for (const entry of config.clusters) entry.cluster.server = apiServer;
  writeFileSync(kubeconfig, yamlText(config), { mode: 0o600 });
}
