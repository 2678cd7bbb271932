import { Refused } from '../kube/api.js';
import { dryRun, type ApiObject } from '../kube/apply.js';
import type { Target } from '../kube/kubectl.js';
import { orUndetermined } from '../kernel/undetermined.js';

/**
 * What the API server, with every webhook behind it, makes of an object: `accepted`, or `refused: ` and the last words of
 * the webhook that refuses it. A server-side dry run: nothing is stored.
 */
export async function tryObject(cluster: Target, object: ApiObject, signal?: AbortSignal): Promise<string> {
  return orUndetermined('trying an object', cluster.name, async () => {
    try {
      await dryRun(cluster, object, { timeout: 40, signal });
      return 'accepted';
    } catch (error) {
      if (error instanceof Refused) return `refused: ${lastWords(error.message)}`;
      throw error;
    }
  });
}

/** `... webhook "validation.istio.io" denied the request: configuration is invalid: WHY` */
function lastWords(message: string): string {
  return message.replace(/^.*denied the request: (configuration is invalid: )?/s, '').trim();
}
