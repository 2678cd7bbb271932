import { kubectl, type Target } from './kubectl.js';

/** Kinds that come and go by themselves, in any namespace. */
const passing = ['Event', 'Lease', 'ComponentStatus', 'PodMetrics', 'NodeMetrics', 'CertificateSigningRequest'];
/** Namespaces of the cluster itself: what their own controllers make there is not the mesh's. */
const ofTheCluster = ['kube-system', 'kube-public', 'kube-node-lease', 'metallb-system', 'local-path-storage'];
/** Kinds that the cluster's controllers make there, some of them minutes after its creation. */
const generated = [
  'Pod',
  'ReplicaSet',
  'EndpointSlice',
  'Endpoints',
  'ControllerRevision',
  'ServiceAccount',
  'ConfigMap',
  'Secret',
];

const template =
  '{{range .items}}{{.kind}} {{if .metadata.namespace}}{{.metadata.namespace}}{{else}}-{{end}} {{.metadata.name}} {{with .metadata.ownerReferences}}{{$owner := index . 0}}{{$owner.kind}}/{{$owner.name}}{{end}}{{"\\n"}}{{end}}';

/**
 * Every object of every type that the API server lists, as `kind/namespace/name`. Leaves out what the cluster's own
 * controllers keep changing, and what another listed object owns. Two inventories show what a removal left behind.
 * MetalLB's types belong to the cluster.
 */
export async function inventory(target: Target): Promise<Set<string>> {
  const types = (await kubectl(target, ['api-resources', '--verbs=list', '-o', 'name'])).split('\n');
  const listed = types.filter((type) => type !== '' && !type.endsWith('.metallb.io'));
  const lines = await kubectl(target, [
    'get',
    listed.join(','),
    '-A',
    '--ignore-not-found',
    '-o',
    `go-template=${template}`,
  ]);
  const all = lines.split('\n').map((line) => line.trim().split(' '));
  const there = new Set(all.map(([kind, namespace, name]) => `${namespace} ${kind}/${name}`));
  const objects = all.filter(([kind, namespace, name, owner]) => {
    if (!name || passing.includes(kind!)) return false;
    // an owner is in the same namespace or in none
    if (owner && (there.has(`${namespace} ${owner}`) || there.has(`- ${owner}`))) return false;
    // the endpoints and service of the API server itself, and a namespace's own account and root certificate
    if (kind === 'EndpointSlice' && namespace === 'default') return false;
    if (['default', 'kube-root-ca.crt'].includes(name) && ['ServiceAccount', 'ConfigMap'].includes(kind!)) return false;
    if (kind!.startsWith('ClusterRole') && name.startsWith('metallb-system:')) return false;
    if (name.endsWith('.metallb.io') || name === 'metallb-system') return false;
    return !(namespace === 'metallb-system' || (ofTheCluster.includes(namespace!) && generated.includes(kind!)));
  });
  return new Set(objects.map(([kind, namespace, name]) => `${kind}/${namespace}/${name}`));
}
