import type { V1SubjectAccessReview } from '@kubernetes/client-node';
import { orUndetermined } from '../kernel/undetermined.js';
import { answerIn, read, refused, request } from '../kube/api.js';
import type { Target } from '../kube/kubectl.js';

/** Something that a user may or may not do. */
export interface Right {
  verb: string;
  group?: string;
  resource: string;
  subresource?: string;
  namespace?: string;
}

/** `create pods/exec` */
export function rightText({ verb, group, resource, subresource }: Right): string {
  return `${verb} ${resource}${subresource ? `/${subresource}` : ''}${group ? `.${group}` : ''}`;
}

/** Whether the user of the kubeconfig has a right; asks the API server, and makes nothing. Throws (exit 4) where it refuses. */
export function userMay(cluster: Target, right: Right): Promise<boolean> {
  return review(
    cluster,
    'SelfSubjectAccessReview',
    { resourceAttributes: right },
    `asking for the right to ${rightText(right)}`,
  );
}

/** Whether a service account may do something in its namespace. Throws Undetermined where the API server cannot be asked. */
export async function mayDo(
  cluster: Target,
  { namespace, account }: { namespace: string; account: string },
  { verb, resource }: { verb: string; resource: string },
  signal?: AbortSignal,
): Promise<boolean> {
  const user = `system:serviceaccount:${namespace}:${account}`;
  const spec = {
    user,
    groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
    resourceAttributes: { namespace, verb, resource },
  };
  const asking = `asking what ${user} may do`;
  return orUndetermined(asking, cluster.name, () => review(cluster, 'SubjectAccessReview', spec, asking, signal));
}

/** Whether a service account may list `endpointslices.discovery.k8s.io` in all namespaces; true where there is no such account. */
export async function mayList(
  cluster: Target,
  { namespace, account }: { namespace: string; account: string },
  what: string,
  signal?: AbortSignal,
): Promise<boolean> {
  const user = `system:serviceaccount:${namespace}:${account}`;
  const [resource, ...group] = what.split('.');
  const spec = {
    user,
    groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
    resourceAttributes: { verb: 'list', resource, group: group.join('.') },
  };
  const asking = `asking what ${user} may do`;
  return orUndetermined(asking, cluster.name, async () => {
    const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${account}`;
    if ((await read(cluster, path, { signal })) === undefined) return true;
    return review(cluster, 'SubjectAccessReview', spec, asking, signal);
  });
}

async function review(
  cluster: Target,
  kind: 'SelfSubjectAccessReview' | 'SubjectAccessReview',
  spec: object,
  asking: string,
  signal?: AbortSignal,
): Promise<boolean> {
  const path = `/apis/authorization.k8s.io/v1/${kind.toLowerCase()}s`;
  const body = JSON.stringify({ apiVersion: 'authorization.k8s.io/v1', kind, spec });
  const { status, text } = await request(cluster, { method: 'POST', path, body, type: 'application/json' }, { signal });
  if (status > 299) throw refused(cluster, asking, status, text);
  return answerIn<V1SubjectAccessReview>(cluster, `POST ${path}`, text).status?.allowed === true;
}
