import pRetry from 'p-retry';
import { exitCode, MeshproofError } from '../kernel/errors.js';
import { Unreachable } from './api.js';
import { apply } from './apply.js';
import { CommandError, run } from '../kernel/run-program.js';
import type { Target } from './kubectl.js';
import { currentSignal } from '../kernel/cancellation.js';
import { scaled } from '../kernel/time-limits.js';

/** Seconds that an API server may be away (a restart takes 20) before it counts as lost. */
export const patience = 45;

type Nodes = Pick<Target, 'name' | 'nodes'>;

/**
 * Repeats work on a cluster while its API server cannot be reached, for at most `patience` seconds after that was first seen;
 * the work must be repeatable. Any other failure is thrown at once, and so is one that cannot pass: a node container that has stopped.
 */
export async function outlast<T>(cluster: Nodes, work: () => Promise<T>): Promise<T> {
  let until: number | undefined;
  try {
    return await pRetry(work, {
      retries: scaled(patience),
      factor: 1,
      minTimeout: 1000,
      signal: currentSignal(),
      shouldRetry: async ({ error }) => {
        if (!isOutage(error)) return false;
        until ??= Date.now() + scaled(patience) * 1000;
        return Date.now() < until && !(await stoppedNode(cluster));
      },
    });
  } catch (error) {
    throw (isOutage(error) && (await stoppedNode(cluster))) || error;
  }
}

/** Server-side apply that outlasts an API server that is away: it can be repeated. */
export function applyPatiently(target: Target, yaml: string): Promise<void> {
  return outlast(target, () => apply(target, yaml));
}

/**
 * How programs say it. The last is what `istioctl create-remote-secret` says when the API server goes away while it waits for a
 * token.
 */
const outageWords =
  /connection refused|no route to host|TLS handshake timeout|i\/o timeout|connection reset|unexpected EOF|http2: client connection lost|context deadline exceeded.*awaiting headers|client\.timeout|resource name may not be empty/i;

/** Whether a program or a request failed because it did not reach an API server. */
export function isOutage(error: unknown): boolean {
  if (!(error instanceof CommandError)) return error instanceof Unreachable;
  // one without an exit code was ended here, for its own time limit
  return error.exit !== undefined && outageWords.test(error.output);
}

/** The node container of a cluster that has stopped, as an error; undefined when all run, or when nodes are no containers. */
export async function stoppedNode({ name, nodes = [] }: Nodes): Promise<MeshproofError | undefined> {
  if (nodes.length === 0) return undefined;
  const format = '{{.Name}} {{.State.Status}} {{.State.ExitCode}}';
  const states = await run('docker', ['inspect', '-f', format, ...nodes.map((node) => node.name)], {
    timeout: 5,
  }).catch(() => '');
  for (const line of states.split('\n')) {
    const [container = '', status = '', code = ''] = line.replace(/^\//, '').split(' ');
    if (status !== 'exited' && status !== 'dead') continue;
    return new MeshproofError(
      `node container ${container} has stopped (${status}, exit code ${code})`,
      exitCode.environment,
      {
        where: name,
        expected: 'node containers that keep running until the run removes them',
        remedy: `read its log: docker logs ${container}; then rebuild the mesh`,
      },
    );
  }
  return undefined;
}
