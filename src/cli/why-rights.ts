import { documents } from '../kube/yaml-documents.js';

/** What `why` and `explain` may be given: to read, and to run commands in pods that are there. */
const reads: { apiGroups: string[]; resources: string[] }[] = [
  { apiGroups: [''], resources: ['pods', 'services', 'namespaces', 'nodes', 'configmaps', 'secrets'] },
  { apiGroups: [''], resources: ['limitranges', 'resourcequotas', 'events', 'pods/log'] },
  { apiGroups: ['apps'], resources: ['deployments', 'daemonsets'] },
  { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'] },
  { apiGroups: ['networking.k8s.io'], resources: ['networkpolicies'] },
  {
    apiGroups: ['admissionregistration.k8s.io'],
    resources: ['mutatingwebhookconfigurations', 'validatingwebhookconfigurations'],
  },
  { apiGroups: ['networking.istio.io', 'security.istio.io', 'telemetry.istio.io'], resources: ['*'] },
  { apiGroups: ['gateway.networking.k8s.io'], resources: ['gateways'] },
  { apiGroups: ['metallb.io'], resources: ['ipaddresspools'] },
];

/** The rights that `why` needs, as objects and as YAML to apply. */
export function rbacFor(noExec: boolean): { objects: object[]; text: string } {
  const name = 'meshproof-why';
  const rules = [
    ...reads.map((rule) => ({ ...rule, verbs: ['get', 'list'] })),
    // asks what istiod may do; the API server answers and keeps nothing
    { apiGroups: ['authorization.k8s.io'], resources: ['subjectaccessreviews'], verbs: ['create'] },
    ...(noExec ? [] : [{ apiGroups: [''], resources: ['pods/exec'], verbs: ['create', 'get'] }]),
  ];
  const objects = [
    { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name }, rules },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name },
      subjects: [{ kind: 'Group', apiGroup: 'rbac.authorization.k8s.io', name }],
    },
  ];
  return {
    objects,
    text: documents(objects).trimEnd(),
  };
}
