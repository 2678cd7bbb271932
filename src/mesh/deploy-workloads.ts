import { injectionWorks } from '../installer/injection-works.js';
import { exitCode, MeshproofError } from '../kernel/errors.js';
import type { ClusterWatch } from '../kube/cluster-watch.js';
import { applyPatiently } from '../kube/outage.js';
import { documents } from '../kube/yaml-documents.js';
import type { ClusterHandle } from '../provider/cluster-handle.js';
import { keepManifest } from '../run/keep-manifest.js';
import { injectionLabels } from '../topology/istio-names.js';
import { sampleNamespace } from '../topology/mesh-names.js';
import type { Plan } from '../topology/plan-types.js';
import { sampleDeployments, sampleNamespaceObject, sampleWorkloads } from './sample-workloads.js';

/** Makes the namespace of the samples, and ends when new pods in it get sidecars. */
export async function sampleNamespaceWorks(cluster: ClusterHandle, plan: Plan): Promise<void> {
  await applyPatiently(cluster, documents([sampleNamespaceObject(plan, cluster)]));
  await injectionWorks(cluster, { namespace: sampleNamespace, image: plan.images.sleep });
}

/** Makes their namespace, deploys helloworld and sleep, and waits until each is available and every pod has a sidecar. */
export async function deployWorkloads(cluster: ClusterHandle, plan: Plan, watch: ClusterWatch): Promise<void> {
  await sampleNamespaceWorks(cluster, plan);
  const workloads = documents(sampleWorkloads(plan, cluster));
  keepManifest(plan, cluster.name, 'samples', workloads);
  await applyPatiently(cluster, workloads);
  await Promise.all(sampleDeployments(cluster).map((name) => watch.deployment(sampleNamespace, name, 120)));
  const bare = watch
    .pods(sampleNamespace)
    .filter(
      (pod) =>
        ![...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])].some((c) => c.name === 'istio-proxy'),
    );
  if (bare.length > 0) {
    throw new MeshproofError(
      `pods without a sidecar: ${bare.map((pod) => pod.metadata?.name).join(', ')}`,
      exitCode.environment,
      {
        where: `${cluster.name}/${sampleNamespace}`,
        remedy: `check that the namespace has the labels ${JSON.stringify(injectionLabels(cluster.dataPlane))} and that istiod serves the injection webhook`,
      },
    );
  }
}
