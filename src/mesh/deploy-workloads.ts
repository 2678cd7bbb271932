import pRetry from 'p-retry';
import { stringify } from 'yaml';
import { currentSignal } from '../kernel/cancellation.js';
import { exitCode, MeshproofError } from '../kernel/errors.js';
import type { ClusterWatch } from '../kube/cluster-watch.js';
import { kubectl, type Target } from '../kube/kubectl.js';
import { applyPatiently } from '../kube/outage.js';
import { documents } from '../kube/yaml-documents.js';
import { keepManifest } from '../run/keep-manifest.js';
import { sampleNamespace } from '../topology/mesh-names.js';
import type { ClusterPlan, Plan } from '../topology/plan-types.js';
import { sampleDeployments, sampleNamespaceObject, sampleWorkloads } from './sample-workloads.js';

/**
 * Ends when injection works, seen by a dry run of a pod that comes back with a sidecar: no pod is then created without
 * one, or refused by a webhook whose certificate has not arrived.
 */
export async function injectionWorks(target: Target, plan: Plan): Promise<void> {
  await applyPatiently(target, documents([sampleNamespaceObject(plan)]));
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'injection-check', namespace: sampleNamespace },
    spec: { containers: [{ name: 'check', image: plan.images.sleep }] },
  };
  await pRetry(
    async () => {
      const answer = await kubectl(target, ['create', '--dry-run=server', '-o', 'yaml', '-f', '-'], {
        input: stringify(pod),
      });
      if (!answer.includes('name: istio-proxy')) throw new Error('the dry run of a pod came back without a sidecar');
    },
    { retries: 120, factor: 1, minTimeout: 500, signal: currentSignal() },
  ).catch((cause: Error) => {
    throw new MeshproofError(`sidecar injection does not work: ${cause.message.split('\n')[0]}`, exitCode.environment, {
      where: `${target.name}/${sampleNamespace}`,
      expected: 'a pod of a namespace with istio-injection=enabled gets a sidecar',
      remedy: 'look at the webhook: kubectl get mutatingwebhookconfiguration istio-sidecar-injector -o yaml',
      cause,
    });
  });
}

/** Deploys helloworld and sleep, and waits until each is available and every pod has a sidecar. */
export async function deployWorkloads(
  target: Target,
  plan: Plan,
  cluster: ClusterPlan,
  watch: ClusterWatch,
): Promise<void> {
  const workloads = documents(sampleWorkloads(plan, cluster));
  keepManifest(plan, cluster.name, 'samples', workloads);
  await applyPatiently(target, workloads);
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
        remedy:
          'check that the namespace has the label istio-injection=enabled and that istiod serves the injection webhook',
      },
    );
  }
}
