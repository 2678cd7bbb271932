import pRetry from 'p-retry';
import { currentSignal } from '../kernel/cancellation.js';
import { Refused } from '../kube/api.js';
import type { Target } from '../kube/kubectl.js';
import { applyPatiently } from '../kube/outage.js';
import { documents } from '../kube/yaml-documents.js';
import type { ClusterHandle } from '../provider/cluster-handle.js';
import { keepManifest } from '../run/keep-manifest.js';
import { ownerLabels } from '../run/object-labels.js';
import type { Plan } from '../topology/plan-types.js';
import type { CaCerts } from './certificates.js';

/** The namespace of the control planes with the cluster's network, and the CA that istiod signs with. */
export async function prepareNamespace(cluster: ClusterHandle, plan: Plan, caCerts: CaCerts): Promise<void> {
  const { namespace } = cluster.istio;
  const labels = { ...ownerLabels(plan), 'topology.istio.io/network': cluster.network };
  // a remote names the control planes that may write its webhooks and certificates
  const annotations = cluster.primary ? { 'topology.istio.io/controlPlaneClusters': cluster.primary } : undefined;
  await applyPatiently(
    cluster,
    documents([
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels, annotations } },
      {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 'cacerts', namespace, labels: ownerLabels(plan) },
        stringData: caCerts,
      },
    ]),
  );
}

/** Exposes istiod or services by Istio configuration; istiod's validating webhook may need a moment after istiod is ready. */
export async function expose(
  target: Target,
  plan: Plan,
  what: 'istiod' | 'services',
  objects: readonly object[],
): Promise<void> {
  const text = documents(objects);
  keepManifest(plan, target.name, `expose-${what}`, text);
  await pRetry(() => applyPatiently(target, text), {
    retries: 20,
    factor: 1,
    minTimeout: 500,
    signal: currentSignal(),
    shouldRetry: ({ error }) => error instanceof Refused && /webhook|knows no/i.test(error.message),
  });
}
