import { randomUUID } from 'node:crypto';
import { WebSocket } from 'undici';
import { connectionTo } from './api.js';
import { addSpan } from '../kernel/spans.js';
import { CommandError } from '../kernel/run-program.js';
import { exec, type Target } from './kubectl.js';
import { podOf } from './pods.js';
import { redact } from '../kernel/secrets/redact.js';
import { currentSignal } from '../kernel/cancellation.js';
import { ShellPool, type Opened, type Place } from './shell-pool.js';
import { scaled } from '../kernel/time-limits.js';

interface ShellOptions {
  /** Text for the command's standard input; never logged. */
  input?: string;
  /** Seconds until it is given up; default 120. */
  timeout?: number;
  signal?: AbortSignal;
}

/**
 * Runs a script of a POSIX sh in a container and returns its standard output. The shell stays open for the next script.
 * A separate exec costs a kubectl, a process in the node and 0.2 to 0.4 s of processor time, more than a whole batch of
 * requests. Throws CommandError when the script fails or does not end in time.
 */
export async function runInShell(
  cluster: Target,
  place: Place,
  script: string,
  options: ShellOptions = {},
): Promise<string> {
  const { timeout = 120, input } = options;
  const { namespace, workload, container } = place;
  const command = `exec -n ${namespace} ${workload} -c ${container} -- sh`;
  const start = Date.now();
  const signal = AbortSignal.any(
    [AbortSignal.timeout(scaled(timeout) * 1000), options.signal, currentSignal()].filter((one) => one !== undefined),
  );
  let exit: number | undefined;
  let shell: Shell | undefined;
  try {
    shell = await pool.lend(cluster, place, signal).catch((error: unknown) => {
      if (signal.aborted) throw error;
      return undefined;
    });
    // kubectl says why: no such container, no sh in it, a proxy on the way that knows no WebSocket
    if (!shell) return await exec(cluster, namespace, workload, container, ['sh', '-c', script], options);
    const answer = await shell.run(script, input, signal);
    exit = answer.exit;
    pool.giveBack(cluster, place, shell);
    if (exit === 0) return answer.stdout;
    throw failure(`failed with exit code ${exit}`, redact(`${answer.stderr}\n${answer.stdout}`), exit);
  } catch (error) {
    if (error instanceof CommandError) throw error;
    shell?.close();
    if (currentSignal().aborted) throw currentSignal().reason;
    if (options.signal?.aborted) throw failure('was interrupted');
    throw failure(
      signal.aborted ? `did not end within ${timeout} s` : `ended early: ${redact((error as Error).message)}`,
    );
  } finally {
    addSpan({ command, cluster: cluster.name, start, end: Date.now(), exit });
  }

  function failure(why: string, output = '', code?: number): CommandError {
    return new CommandError(`the shell ${why}`, command, output, code, cluster.name);
  }
}

/** Channels of Kubernetes' remotecommand protocol: the first byte of every message. */
const [stdin, stdout, stderr, status] = [0, 1, 2, 3];

async function open(
  cluster: Target,
  { namespace, workload, container }: Place,
  signal: AbortSignal,
): Promise<Opened<Shell>> {
  const [pod, { server, agent, headers }] = await Promise.all([
    podOf(cluster, namespace, workload, { signal }),
    connectionTo(cluster),
  ]);
  const query = new URLSearchParams({ command: 'sh', container, stdin: 'true', stdout: 'true', stderr: 'true' });
  const url = `${server.replace(/^http/, 'ws')}/api/v1/namespaces/${namespace}/pods/${pod}/exec?${query}`;
  const protocols = ['v5.channel.k8s.io', 'v4.channel.k8s.io'];
  const socket = new WebSocket(url, { protocols, dispatcher: agent, headers });
  socket.binaryType = 'arraybuffer';
  const shell = new Shell({
    write: (text) => socket.send(Buffer.concat([Buffer.of(stdin!), Buffer.from(text)])),
    close: () => socket.close(),
  });
  socket.addEventListener('message', ({ data }) => {
    const message = Buffer.from(data as ArrayBuffer);
    if (message[0] === stdout) shell.receive('stdout', message.subarray(1));
    else if (message[0] === stderr) shell.receive('stderr', message.subarray(1));
    else if (message[0] === status) shell.ended(statusWords(message.subarray(1).toString()));
  });
  socket.addEventListener('close', () => shell.ended('the connection was closed'));
  const close = (): void => socket.close();
  signal.addEventListener('abort', close);
  try {
    await new Promise<void>((resolve, reject) => {
      socket.addEventListener('open', () => resolve());
      socket.addEventListener('error', () => reject(new Error('no WebSocket to the API server')));
      socket.addEventListener('close', () => reject(new Error('the connection was closed')));
    });
  } finally {
    signal.removeEventListener('abort', close);
  }
  return { shell, pod };
}

/** The message of a Status object: no such container, no sh in it, or how the shell ended. */
function statusWords(text: string): string {
  try {
    return (JSON.parse(text) as { message?: string }).message ?? text;
  } catch {
    return text;
  }
}

/** What a shell reads from and writes to. */
interface Connection {
  write(text: string): void;
  close(): void;
}

interface Running {
  /** Marks the end of both of its streams. */
  mark: string;
  stdout?: string;
  stderr?: string;
  exit?: number;
  done: (error?: Error) => void;
}

/** A POSIX sh that reads its commands from a connection, one at a time. */
export class Shell {
  open = true;
  private running?: Running;
  private why = 'the shell was closed';
  private texts = { stdout: '', stderr: '' };
  private readonly decoders = { stdout: new TextDecoder(), stderr: new TextDecoder() };

  constructor(private readonly connection: Connection) {}

  /** Runs a script in a subshell; `input` is its standard input. Rejects when the shell ends first, or is given up. */
  run(
    script: string,
    input = '',
    signal?: AbortSignal,
  ): Promise<{ stdout: string; stderr: string; exit: number | undefined }> {
    const mark = randomUUID();
    this.texts = { stdout: '', stderr: '' };
    return new Promise((resolve, reject) => {
      const abort = (): void => running.done(new Error('given up'));
      const running: Running = {
        mark,
        done: (error) => {
          this.running = undefined;
          signal?.removeEventListener('abort', abort);
          if (error) reject(error);
          else resolve({ stdout: running.stdout!, stderr: running.stderr!, exit: running.exit });
        },
      };
      if (!this.open || signal?.aborted) return reject(new Error(this.open ? 'given up' : this.why));
      this.running = running;
      signal?.addEventListener('abort', abort);
      // the marks come after everything that the script has written: it has ended, with all that it waited for
      this.connection.write(
        `(\n${script}\n) <<'${mark}'\n${input}${input === '' || input.endsWith('\n') ? '' : '\n'}${mark}\n` +
          `printf '\\n%s %s\\n' ${mark} $?; printf '\\n%s\\n' ${mark} >&2\n`,
      );
    });
  }

  /** Takes what the shell has written. */
  receive(stream: 'stdout' | 'stderr', bytes: Uint8Array): void {
    this.texts[stream] += this.decoders[stream].decode(bytes, { stream: true });
    const { running } = this;
    if (!running || running[stream] !== undefined) return;
    const text = this.texts[stream];
    const end = new RegExp(`\\n${running.mark}(?: (\\d+))?\\n$`).exec(text.slice(-64));
    if (!end) return;
    running[stream] = text.slice(0, text.length - end[0].length);
    if (end[1] !== undefined) running.exit = Number(end[1]);
    if (running.stdout !== undefined && running.stderr !== undefined) running.done();
  }

  /** Is told that the shell is no more, and why. */
  ended(why: string): void {
    // the connection is closed after the reason was given
    if (this.open) this.why = why;
    this.open = false;
    this.running?.done(new Error(`${this.why} ${this.texts.stderr}`.trim()));
  }

  close(): void {
    this.open = false;
    this.connection.close();
  }
}

/** Every shell of this process. */
const pool = new ShellPool<Shell>(open);
