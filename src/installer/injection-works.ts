import pRetry from 'p-retry';
import { currentSignal } from '../kernel/cancellation.js';
import { exitCode, MeshproofError } from '../kernel/errors.js';
import { kubectl, type Target } from '../kube/kubectl.js';
import { yamlText } from '../kube/yaml-documents.js';

/** A pod that should get a sidecar. */
export interface TriedPod {
  namespace: string;
  labels?: Record<string, string>;
  image: string;
  /** The image that its proxy is to have; default: any. */
  proxyImage?: string;
}

/**
 * Ends when injection works, seen by a dry run of a pod that comes back with a sidecar: no pod is then created without one, or
 * refused by a webhook whose certificate has not arrived. Throws (exit 4) after a minute.
 */
export async function injectionWorks(
  target: Target,
  { namespace, labels, image, proxyImage }: TriedPod,
): Promise<void> {
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'injection-check', namespace, labels },
    spec: { containers: [{ name: 'check', image }] },
  };
  await pRetry(
    async () => {
      const answer = await kubectl(target, ['create', '--dry-run=server', '-o', 'yaml', '-f', '-'], {
        input: yamlText(pod),
      });
      if (!answer.includes('name: istio-proxy')) throw new Error('the dry run of a pod came back without a sidecar');
      if (proxyImage !== undefined && !answer.includes(`image: ${proxyImage}\n`))
        throw new Error(`the dry run of a pod came back without the proxy ${proxyImage}`);
    },
    { retries: 120, factor: 1, minTimeout: 500, signal: currentSignal() },
  ).catch((cause: Error) => {
    throw new MeshproofError(`sidecar injection does not work: ${cause.message.split('\n')[0]}`, exitCode.environment, {
      where: `${target.name}/${namespace}`,
      expected: `a pod ${labels ? `with the labels ${JSON.stringify(labels)} ` : ''}in this namespace gets a sidecar`,
      remedy: 'look at the webhooks: kubectl get mutatingwebhookconfigurations -l app=sidecar-injector -o yaml',
      cause,
    });
  });
}
