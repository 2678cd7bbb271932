import type { V1SubjectAccessReview } from '@kubernetes/client-node';
import { orUndetermined } from '../kernel/undetermined.js';
import { answerIn, refused, request } from '../kube/api.js';
import type { Target } from '../kube/kubectl.js';

/** Whether a service account may do something in a namespace; asks the API server, and makes nothing. */
export async function mayDo(
  cluster: Target,
  { namespace, account }: { namespace: string; account: string },
  { verb, resource }: { verb: string; resource: string },
  signal?: AbortSignal,
): Promise<boolean> {
  const path = '/apis/authorization.k8s.io/v1/subjectaccessreviews';
  const user = `system:serviceaccount:${namespace}:${account}`;
  const body = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SubjectAccessReview',
    spec: {
      user,
      groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
      resourceAttributes: { namespace, verb, resource },
    },
  };
  return orUndetermined(`asking what ${user} may do`, cluster.name, async () => {
    const type = 'application/json';
    const { status, text } = await request(
      cluster,
      { method: 'POST', path, body: JSON.stringify(body), type },
      { signal },
    );
    if (status > 299) throw refused(cluster, `asking what ${user} may do`, status, text);
    return answerIn<V1SubjectAccessReview>(cluster, `POST ${path}`, text).status?.allowed === true;
  });
}
