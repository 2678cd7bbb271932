import pRetry from 'p-retry';
import { exitCode, MeshproofError } from '../../kernel/errors.js';
import { belongingsOf, type Belongings } from './docker-belongings.js';
import { docker, removeContainers } from '../../kernel/docker.js';
import { leaveNetwork } from './docker-network.js';
import { endProcesses } from '../../kernel/child-processes.js';
import { removeRun } from '../../run/run-folders.js';
import { interruption } from '../../kernel/cancellation.js';

/** Looks at an empty Docker, 300 ms apart, after which nothing more is expected of programs that were cut short. */
const quietLooks = 4;

/**
 * Removes a run's processes, clusters, containers, network and folder. Goes on after an interrupt; being gone already
 * is fine, and so is somebody else removing the same. Throws (exit 4) when something cannot be removed.
 */
export async function takeDown(runId: string): Promise<Belongings> {
  const ended = await endProcesses(runId);
  const containers = new Set<string>();
  const networks = new Set<string>();
  const removeOnce = async (): Promise<boolean> => {
    const found = await belongingsOf(runId);
    found.containers.forEach((name) => containers.add(name));
    found.networks.forEach((name) => networks.add(name));
    await removeContainers(found.containers);
    for (const network of found.networks) {
      await leaveNetwork(network);
      await docker(['network', 'rm', network], { uninterruptible: true });
    }
    return found.containers.length + found.networks.length > 0;
  };
  // the daemon may go on creating what a program that was ended had asked it for: then it must stay empty for a while
  const enough = ended > 0 || interruption.signal.aborted ? quietLooks : 0;
  let empty = 0;
  await pRetry(
    async () => {
      let found: boolean;
      try {
        found = await removeOnce();
      } catch (cause) {
        throw stuck(runId, (cause as Error).message, cause);
      }
      empty = found ? 0 : empty + 1;
      if (empty < enough) throw stuck(runId, 'new objects keep appearing');
    },
    { retries: 20, factor: 1, minTimeout: 300 },
  );
  removeRun(runId);
  return { containers: [...containers], networks: [...networks] };
}

function stuck(runId: string, why: string, cause?: unknown): MeshproofError {
  const remedy = `try again with: meshproof down ${runId}`;
  return new MeshproofError(`run ${runId} cannot be removed: ${why}`, exitCode.environment, { remedy, cause });
}
