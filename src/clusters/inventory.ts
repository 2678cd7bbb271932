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
  '{{range .items}}{{.kind}} {{if .metadata.namespace}}{{.metadata.namespace}}{{else}}-{{end}} {{.metadata.name}} {{if .metadata.ownerReferences}}owned{{end}}{{"\\n"}}{{end}}';

/**
 * Every object of every type that the API server lists, as `kind/namespace/name`, except what the cluster's own
 * controllers keep changing, and what another object owns, which is there itself. Two of them tell what a removal left behind.
 * Types of MetalLB are the cluster's.
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
  const objects = lines
    .split('\n')
    .map((line) => line.trim().split(' '))
    .filter(([kind, namespace, name, owned]) => {
      if (!name || owned || passing.includes(kind!)) return false;
      // the endpoints and service of the API server itself, and a namespace's own account and root certificate
      if (kind === 'EndpointSlice' && namespace === 'default') return false;
      if (['default', 'kube-root-ca.crt'].includes(name) && ['ServiceAccount', 'ConfigMap'].includes(kind!))
        return false;
      if (kind!.startsWith('ClusterRole') && name.startsWith('metallb-system:')) return false;
      if (name.endsWith('.metallb.io') || name === 'metallb-system') return false;
      return !(namespace === 'metallb-system' || (ofTheCluster.includes(namespace!) && generated.includes(kind!)));
    });
  return new Set(objects.map(([kind, namespace, name]) => `${kind}/${namespace}/${name}`));
}
