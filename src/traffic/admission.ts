import { CommandError } from '../clusters/command.js';
import { kubectl, type Target } from '../clusters/kubectl.js';
import { orUndetermined } from './undetermined.js';

/**
 * What the API server, with every webhook behind it, makes of an object: `accepted`, or `refused: ` and the last words of
 * whoever refuses it. A server-side dry run: nothing is stored.
 */
export async function tryObject(cluster: Target, yaml: string, signal?: AbortSignal): Promise<string> {
  return orUndetermined('trying an object', cluster.name, async () => {
    try {
      await kubectl(cluster, ['apply', '--dry-run=server', '-f', '-'], { input: yaml, timeout: 40, signal });
      return 'accepted';
    } catch (error) {
      if (error instanceof CommandError && error.output.includes('Error from server'))
        return `refused: ${lastWords(error.output)}`;
      throw error;
    }
  });
}

/** `Error from server: ... webhook "validation.istio.io" denied the request: configuration is invalid: WHY` */
function lastWords(output: string): string {
  const line = output.split('\n').find((text) => text.startsWith('Error from server'))!;
  return line.replace(/^.*denied the request: (configuration is invalid: )?/, '').trim();
}
