import { appendFileSync, chmodSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import path from 'node:path';

/** One start of a stub program, as it is logged. */
export interface Call {
  program: string;
  args: string[];
  cwd: string;
  /** Process id of the stub. */
  pid: number;
  /** Everything that it was given on standard input. */
  stdin: string;
  /** Environment variables whose names begin with MESHPROOF, and KUBECONFIG. */
  env: Record<string, string>;
  /** True where neither the test nor the harness had an answer. */
  unanswered?: true;
}

/** What a stub program says, and how it ends. A text is standard output with exit code 0. */
export type Answer =
  string | { stdout?: string; stderr?: string; exit?: number; /** Never ends by itself. */ hang?: true };

/** Answers a call; undefined leaves it to the answer that was there before. */
export type Answerer = (call: Call) => Answer | undefined | Promise<Answer | undefined>;

/** Exit code of a stub that has no answer. */
export const noAnswer = 97;

/** Programs of this machine that `./meshproof` itself needs; nothing else is on its PATH. */
const tools = ['sh', 'env', 'dirname', 'basename', 'readlink', 'uname', 'id', 'cat', 'git', 'tar', 'gzip', 'xz'];

// asks the test over a socket, so that an answer can be any function of the test's
const source = (node: string, socket: string): string => `#!${node}
const { connect } = require('node:net');
const { basename } = require('node:path');
const { readFileSync, fstatSync } = require('node:fs');
let stdin = '';
// a terminal or nothing at all is not read
try { const s = fstatSync(0); if (s.isFIFO() || s.isFile() || s.isSocket()) stdin = readFileSync(0, 'utf8'); } catch {}
const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => /^(MESHPROOF|KUBECONFIG$)/.test(name)));
const call = { program: basename(process.argv[1]), args: process.argv.slice(2), cwd: process.cwd(), pid: process.pid, stdin, env };
const socket = connect(${JSON.stringify(socket)}, () => socket.write(JSON.stringify(call) + '\\n'));
let text = '';
socket.on('data', (data) => (text += data));
socket.on('error', (error) => { console.error('stub: ' + error.message); process.exit(98); });
socket.on('end', () => {
  const { stdout = '', stderr = '', exit = 0 } = JSON.parse(text);
  process.stderr.write(stderr, () => process.stdout.write(stdout, () => process.exit(exit)));
});
`;

/**
 * Programs on PATH that only pretend: each call is logged, and the test answers it. The newest answer comes first. A call without
 * an answer ends with exit code 97 and says so.
 */
export class Stubs {
  readonly calls: Call[] = [];
  /** Folders for PATH: the stubs, then the tools of this machine. */
  readonly path: string[];
  private readonly answerers: { program: string; answer: Answerer }[] = [];
  private readonly server: Server;
  private readonly open = new Set<Socket>();
  private readonly waiting = new Set<{ text: string; resolve: (call: Call) => void }>();

  private constructor(
    private readonly folder: string,
    private readonly socket: string,
    private readonly log: string,
  ) {
    this.path = [path.join(folder, 'bin'), path.join(folder, 'tools')];
    for (const part of this.path) mkdirSync(part, { recursive: true });
    symlinkSync(process.execPath, path.join(this.path[1]!, 'node'));
    const known = (process.env['PATH'] ?? '').split(path.delimiter);
    for (const tool of tools) {
      const target = known.map((one) => path.join(one, tool)).find((file) => isThere(file));
      if (target) symlinkSync(target, path.join(this.path[1]!, tool));
    }
    this.server = createServer((client) => this.serve(client));
  }

  /** Starts to answer; `folder` must have a short path, as a socket goes into it. */
  static async start(folder: string, programs: readonly string[]): Promise<Stubs> {
    const stubs = new Stubs(folder, path.join(folder, 's'), path.join(folder, 'calls.jsonl'));
    await new Promise<void>((resolve) => stubs.server.listen(stubs.socket, resolve));
    for (const program of programs) stubs.add(program);
    return stubs;
  }

  /** Puts a program on PATH, or at another place. */
  add(program: string, file = path.join(this.path[0]!, program)): string {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, source(process.execPath, this.socket));
    chmodSync(file, 0o755);
    return file;
  }

  /** Answers calls of a program from now on, before all that was set earlier. */
  on(program: string, answer: Answerer): void {
    this.answerers.unshift({ program, answer });
  }

  /** Calls as text, `kubectl get pods`, for assertions. */
  said(program?: string): string[] {
    const calls = this.calls.filter((call) => program === undefined || call.program === program);
    return calls.map((call) => [call.program, ...call.args].join(' '));
  }

  /** Waits for the next call whose text begins so. */
  called(text: string): Promise<Call> {
    return new Promise((resolve) => this.waiting.add({ text, resolve }));
  }

  async stop(): Promise<void> {
    for (const socket of this.open) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private serve(client: Socket): void {
    this.open.add(client);
    client.on('close', () => this.open.delete(client));
    client.on('error', () => client.destroy());
    let text = '';
    client.on('data', (data) => {
      text += data.toString();
      if (text.endsWith('\n')) void this.reply(client, JSON.parse(text) as Call);
    });
  }

  private async reply(client: Socket, call: Call): Promise<void> {
    this.calls.push(call);
    for (const one of this.waiting) {
      if (![call.program, ...call.args].join(' ').startsWith(one.text)) continue;
      this.waiting.delete(one);
      one.resolve(call);
    }
    const answer = await this.find(call).catch((error: Error) => ({ stderr: `stub: ${error.stack}`, exit: noAnswer }));
    if (answer === undefined) call.unanswered = true;
    appendFileSync(this.log, `${JSON.stringify(call)}\n`);
    const said = `stub ${call.program} has no answer to: ${call.args.join(' ')}\n`;
    const { hang, ...rest } =
      answer === undefined
        ? { stderr: said, exit: noAnswer, hang: undefined }
        : typeof answer === 'string'
          ? { stdout: answer, hang: undefined }
          : { hang: undefined, ...answer };
    if (!hang && !client.destroyed) client.end(JSON.stringify(rest));
  }

  private async find(call: Call): Promise<Answer | undefined> {
    for (const { program, answer } of this.answerers) {
      if (program !== call.program) continue;
      const given = await answer(call);
      if (given !== undefined) return given;
    }
    return undefined;
  }
}

function isThere(file: string): boolean {
  try {
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
