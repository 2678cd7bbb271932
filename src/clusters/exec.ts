import { Exec, type V1Status } from '@kubernetes/client-node';
import { PassThrough, Readable } from 'node:stream';
import { configOf, read, selecting, within, type ReadOptions } from './api.js';
import { addSpan, CommandError, quote } from './command.js';
import type { Target } from './kubectl.js';
import { redact } from './redact.js';
import { currentSignal } from './scope.js';

export interface ExecOptions extends ReadOptions {
  /** Text for the command's standard input, or a stream that it reads as it comes; never logged. */
  input?: string | Readable;
  /** Called with the first of its standard output, for a command that is to be known at work before it ends. */
  onFirstOutput?: () => void;
}

/**
 * Runs a command in a container of `workload` (pod name or `deploy/name`) and returns its standard output. Goes straight to
 * the API server, without a kubectl, whose start costs more than most commands here. Needs Kubernetes 1.30 or later, whose
 * protocol can end the standard input. Throws CommandError when the command fails, ends late, or cannot be started.
 */
export async function exec(
  cluster: Target,
  namespace: string,
  workload: string,
  container: string,
  command: readonly string[],
  options: ExecOptions = {},
): Promise<string> {
  const { timeout = 120 } = options;
  const start = Date.now();
  const words = redact(['exec', '-n', namespace, workload, '-c', container, '--', ...command].map(quote).join(' '));
  const ended = within(options, timeout);
  let exit: number | undefined;
  try {
    const pod = await podOf(cluster, namespace, workload, options);
    const { status, stdout, stderr } = await talk(cluster, { namespace, pod, container, command }, options, ended);
    exit = exitOf(status);
    if (exit === 0) return stdout.replace(/\n$/, '');
    const output = redact([stderr, stdout].filter(Boolean).join('\n'));
    const why = exit === undefined ? status.message : `ended with exit code ${exit}: ${output.split('\n')[0]}`;
    throw new CommandError(`${workload}: ${command[0]} ${why}`, words, output, exit, cluster.name);
  } catch (error) {
    if (error instanceof CommandError) throw error;
    if (!options.uninterruptible && currentSignal().aborted) throw currentSignal().reason;
    const late = ended.aborted && !options.signal?.aborted;
    const why = late ? `did not end within ${timeout} s` : ended.aborted ? 'was interrupted' : (error as Error).message;
    throw new CommandError(`${workload}: ${command[0]} ${why}`, words, '', undefined, cluster.name);
  } finally {
    addSpan({ command: words, cluster: cluster.name, start, end: Date.now(), exit });
  }
}

const kinds: Record<string, string> = {
  deploy: 'deployments',
  deployment: 'deployments',
  statefulset: 'statefulsets',
  daemonset: 'daemonsets',
};

/** A ready pod of a workload; a name without a kind is a pod's. */
async function podOf(cluster: Target, namespace: string, workload: string, options: ReadOptions): Promise<string> {
  const [kind = '', name] = workload.split('/');
  if (name === undefined) return workload;
  if (kind === 'pod') return name;
  const found = await read<Workload>(cluster, `/apis/apps/v1/namespaces/${namespace}/${kinds[kind]}/${name}`, options);
  if (!found) throw new Error(`there is no ${workload} in ${namespace}`);
  const labels = Object.entries(found.spec.selector.matchLabels).map(([key, value]) => `${key}=${value}`);
  const list = await read<Pods>(cluster, `/api/v1/namespaces/${namespace}/pods${selecting(labels.join(','))}`, options);
  const ready = (list?.items ?? []).find(
    ({ metadata, status }) =>
      !metadata.deletionTimestamp &&
      status.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True'),
  );
  if (!ready) throw new Error('has no ready pod');
  return ready.metadata.name;
}

interface Where {
  namespace: string;
  pod: string;
  container: string;
  command: readonly string[];
}

/** Both outputs in full, and what the kubelet says of the end. Rejects when `ended` is aborted or the connection is lost. */
async function talk(cluster: Target, where: Where, options: ExecOptions, ended: AbortSignal) {
  const input = typeof options.input === 'string' ? chunked(options.input) : options.input;
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const [out, err] = [collect(stdout), collect(stderr)];
  if (options.onFirstOutput) stdout.once('data', options.onFirstOutput);
  const config = await configOf(cluster);
  const status = await new Promise<V1Status>((resolve, reject) => {
    ended.throwIfAborted();
    const { namespace, pod, container, command } = where;
    new Exec(config)
      .exec(namespace, pod, container, [...command], stdout, stderr, input ?? null, false, resolve)
      .then((socket) => {
        ended.addEventListener('abort', () => socket.close(), { once: true });
        if (ended.aborted) socket.close();
        socket.onclose = () => reject(new Error('the connection was closed before the command ended'));
      })
      .catch((error: unknown) => reject(new Error(`could not be started: ${(error as { message?: string }).message}`)));
  });
  return { status, stdout: out(), stderr: err() };
}

/** A frame for every 16 KiB: far below any limit of the servers on the way. */
function chunked(text: string): Readable {
  const bytes = Buffer.from(text);
  const chunks = Array.from({ length: Math.ceil(bytes.length / 16384) }, (_, i) =>
    bytes.subarray(i * 16384, (i + 1) * 16384),
  );
  return Readable.from(chunks);
}

function collect(stream: PassThrough): () => string {
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  return () => Buffer.concat(chunks).toString('utf8');
}

/** undefined where the command was not started at all. */
function exitOf(status: V1Status): number | undefined {
  if (status.status === 'Success') return 0;
  const cause = status.details?.causes?.find(({ reason }) => reason === 'ExitCode');
  return cause ? Number(cause.message) : undefined;
}

interface Workload {
  spec: { selector: { matchLabels: Record<string, string> } };
}

interface Pods {
  items: {
    metadata: { name: string; deletionTimestamp?: string };
    status: { conditions?: { type: string; status: string }[] };
  }[];
}
