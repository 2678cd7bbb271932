import { read } from '../kube/api.js';
import type { Target } from '../kube/kubectl.js';
import { orUndetermined } from '../kernel/undetermined.js';

/** A Secret that istioctl's name makes a remote secret, and no label. */
export interface UnlabelledSecret {
  /** `namespace/name` */
  secret: string;
  /** The clusters that it names. */
  clusters: string[];
}

/** Secrets of a namespace with the name of a remote secret and without the label by which istiod finds those. What they hold is not kept. */
export async function unlabelledSecrets(
  cluster: Target,
  namespace: string,
  signal?: AbortSignal,
): Promise<UnlabelledSecret[]> {
  const list = await orUndetermined('listing secrets', cluster.name, () =>
    read<{ items: { metadata: { name: string; labels?: Record<string, string> }; data?: object }[] }>(
      cluster,
      `/api/v1/namespaces/${namespace}/secrets`,
      { signal },
    ),
  );
  return (list?.items ?? [])
    .filter(
      ({ metadata }) =>
        metadata.name.startsWith('istio-remote-secret-') && metadata.labels?.['istio/multiCluster'] !== 'true',
    )
    .map(({ metadata, data = {} }) => ({ secret: `${namespace}/${metadata.name}`, clusters: Object.keys(data) }));
}
