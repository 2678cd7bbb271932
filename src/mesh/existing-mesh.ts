import type { V1Namespace, V1ObjectMeta } from '@kubernetes/client-node';
import { read } from '../kube/api.js';
import { leaseHolder, leaseName } from '../provider/existing/cluster-lease.js';
import type { ClusterHandle } from '../provider/cluster-handle.js';
import { kubectl, kubectlJson, type Target } from '../kube/kubectl.js';
import { exitCode, MeshproofError } from '../kernel/errors.js';
import type { Plan } from '../topology/plan-types.js';
import { eastWestGateway, sampleNamespace } from '../topology/mesh-names.js';
import { owningResourceLabel } from '../installer/istioctl/operator-labels.js';
import { runLabel } from '../run/object-labels.js';

interface ServiceList {
  items: { status: { loadBalancer?: { ingress?: { ip?: string; hostname?: string }[] } } }[];
}

/** A namespace of the mesh's name, as it was found. */
interface FoundNamespace {
  name: string;
  /** The run that made it; undefined: meshproof did not. */
  run?: string;
}

async function meshNamespaces(cluster: ClusterHandle): Promise<FoundNamespace[]> {
  const { items } = await kubectlJson<{ items: V1Namespace[] }>(cluster, ['get', 'namespaces']);
  return items
    .filter(({ metadata }) => [cluster.istio.namespace, sampleNamespace].includes(metadata!.name!))
    .map(({ metadata }) => ({ name: metadata!.name!, run: metadata!.labels?.[runLabel] }));
}

/** Names of Istio's types, and whether a run of meshproof installed each: istioctl's label names it, or ours. */
async function istioTypes(cluster: Target): Promise<{ name: string; ours: boolean }[]> {
  const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
  const types = await read<{ items: { metadata: V1ObjectMeta }[] }>(cluster, path, { metadataOnly: true });
  return (types?.items ?? [])
    .filter(({ metadata }) => metadata.name!.endsWith('.istio.io'))
    .map(({ metadata }) => ({
      name: metadata.name!,
      ours:
        metadata.labels?.[runLabel] !== undefined ||
        /^meshproof-[a-z][a-z0-9]{9}-/.test(metadata.labels?.[owningResourceLabel] ?? ''),
    }));
}

/**
 * The types of Istio and the namespaces of the mesh's names in a cluster that no run of meshproof made. They are there before the
 * mesh and stay when it goes.
 */
export async function foreignObjects(cluster: ClusterHandle): Promise<string[]> {
  const [namespaces, types] = await Promise.all([meshNamespaces(cluster), istioTypes(cluster)]);
  return [
    ...namespaces.filter(({ run }) => run === undefined).map(({ name }) => `namespaces/${name}`),
    ...types.filter(({ ours }) => !ours).map(({ name }) => `customresourcedefinitions/${name}`),
  ];
}

/**
 * Why the mesh of a cluster is not the run's, in words; undefined where it is. It is when the cluster's Lease names the run and
 * the namespace of its control planes, where there is one, carries the run's label.
 */
export async function notOurs(cluster: ClusterHandle, runId: string): Promise<string | undefined> {
  const holder = await leaseHolder(cluster);
  if (holder === undefined) return `it has no lease ${leaseName} of this run`;
  if (holder !== runId) return `it is now in use by run ${holder}`;
  const { namespace: name } = cluster.istio;
  const namespace = await read<V1Namespace>(cluster, `/api/v1/namespaces/${name}`);
  if (namespace === undefined || namespace.metadata?.labels?.[runLabel] === runId) return undefined;
  return `its namespace ${name} does not carry the label ${runLabel}=${runId}`;
}

/**
 * Throws (exit 3) if a cluster has a mesh, Istio's types, or a namespace named like the sample's that this run did not
 * create: an installation would take it over.
 */
export async function refuseForeignMesh(plan: Plan, cluster: ClusterHandle): Promise<void> {
  const { namespace: istioNamespace } = cluster.istio;
  const refused = (message: string, where: string, expected: string, remedy: string): MeshproofError =>
    new MeshproofError(message, exitCode.preflight, { where, expected, remedy });
  const messages: Record<string, [message: string, expected: string, remedy: string]> = {
    [istioNamespace]: [
      'the cluster has a mesh that meshproof did not install',
      'a cluster without Istio, or attach: true to test its mesh',
      `set attach: true in ${plan.topologyFile}, or add --replace-mesh to install over it`,
    ],
    [sampleNamespace]: [
      `the cluster has a namespace ${sampleNamespace} that meshproof did not create`,
      'a cluster without this namespace: meshproof deploys its workloads there',
      'delete it if nobody needs it, or add --replace-mesh to deploy into it',
    ],
  };
  const namespaces = await meshNamespaces(cluster);
  for (const { name, run } of namespaces.sort((a, b) => a.name.localeCompare(b.name))) {
    if (run === plan.runId) continue;
    const where = `${cluster.name}/${name}`;
    if (run === undefined) throw refused(messages[name]![0], where, messages[name]![1], messages[name]![2]);
    const remedy = `meshproof down ${run}; if its state is lost, add --replace-mesh to install over it`;
    throw refused(`the cluster has a mesh of run ${run}`, where, 'a cluster without a mesh', remedy);
  }
  // of this run, from a topology before
  if (namespaces.some(({ name }) => name === istioNamespace)) return;
  // an istiod in a namespace of another name, or objects that wait for one
  const [type] = await istioTypes(cluster);
  if (!type) return;
  throw refused(
    'the cluster has Istio that meshproof did not install',
    `${cluster.name}/customresourcedefinition.apiextensions.k8s.io/${type.name}`,
    "a cluster without Istio's CRDs",
    'use other clusters, or add --replace-mesh to install over it; earlier objects stay',
  );
}

/**
 * Takes the mesh of a cluster as it is: checks that the sample workloads are there, and returns the address of its east-west
 * gateway, where it has one. Changes nothing. Throws (exit 4) when Istio or the workloads are missing.
 */
export async function existingGateway(plan: Plan, cluster: ClusterHandle): Promise<string | undefined> {
  const missing = (what: string, remedy: string): MeshproofError =>
    new MeshproofError(`${what} is not there`, exitCode.environment, {
      where: cluster.name,
      expected: `the existing mesh of ${plan.topologyFile} (attach: true)`,
      remedy,
    });
  const names = ['sleep', ...cluster.helloworld.map((version) => `helloworld-${version}`)];
  const found = await kubectl(cluster, ['-n', sampleNamespace, 'get', 'deployments', '-o', 'name']);
  const absent = names.filter((name) => !found.split('\n').includes(`deployment.apps/${name}`));
  if (absent.length > 0)
    throw missing(
      `deployment ${absent.join(', ')} in namespace ${sampleNamespace}`,
      'deploy it, or remove it from the topology',
    );
  const selector = ['-l', 'istio=eastwestgateway'];
  const { namespace } = cluster.istio;
  const gateways = await kubectlJson<ServiceList>(cluster, ['-n', namespace, 'get', 'services', ...selector]);
  const ingress = gateways.items[0]?.status.loadBalancer?.ingress?.[0];
  const address = ingress?.ip ?? ingress?.hostname;
  if (plan.features['multi-network'] && !address)
    throw missing(`the address of ${eastWestGateway}`, `inspect its Service: kubectl -n ${namespace} get services`);
  return address;
}
