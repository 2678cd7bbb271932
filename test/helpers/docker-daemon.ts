import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** What the daemon is asked for: a pull of the API, or a command of the docker program. */
export interface Daemon {
  /** Folder with a `docker` program for PATH. */
  bin: string;
  /** Names of the images that were asked for, in order. */
  pulls: string[];
  /** `X-Registry-Auth` of each pull, decoded. */
  logins: (Record<string, string> | undefined)[];
  close(): void;
}

/** One pull: writes messages and ends it. */
export type Pull = (send: (message: object) => void, answer: ServerResponse) => void | Promise<void>;

/** Connects the program's stdin and stdout, or asks for what a command prints. */
const program = (socket: string): string => `#!${process.execPath}
const net = require('node:net'), http = require('node:http');
const args = process.argv.slice(2);
const socketPath = ${JSON.stringify(socket)};
if (args[1] === 'dial-stdio') {
  const socket = net.connect(socketPath);
  process.stdin.pipe(socket).pipe(process.stdout);
} else {
  http.get({ socketPath, path: '/cli?' + encodeURIComponent(JSON.stringify(args)) }, (answer) => {
    answer.pipe(answer.statusCode === 200 ? process.stdout : process.stderr);
    process.exitCode = answer.statusCode === 200 ? 0 : 1;
  });
}
`;

/** A Docker daemon in this process, with a docker program that leads to it: \`pulls\` by name of the image. */
export async function startDaemon(
  pulls: Record<string, Pull>,
  command: (args: string[]) => string | { error: string } | undefined = () => undefined,
): Promise<Daemon> {
  const folder = mkdtempSync(path.join(tmpdir(), 'daemon-'));
  const bin = path.join(folder, 'bin');
  const socket = path.join(folder, 'docker.sock');
  mkdirSync(bin);
  writeFileSync(path.join(bin, 'docker'), program(socket));
  chmodSync(path.join(bin, 'docker'), 0o755);
  const here = new Set<string>();
  const daemon: Daemon = { bin, pulls: [], logins: [], close };
  const server: Server = createServer((request, answer) => void answerTo(request, answer));
  await new Promise<void>((resolve) => server.listen(socket, resolve));

  async function answerTo(request: IncomingMessage, answer: ServerResponse): Promise<void> {
    const url = new URL(request.url!, 'http://docker');
    if (url.pathname === '/cli') {
      const args = JSON.parse(decodeURIComponent(url.search.slice(1))) as string[];
      const isInspect = args[0] === 'image' && args[1] === 'inspect';
      const output = isInspect ? (here.has(args.at(-1)!) ? 'sha256:0' : undefined) : command(args);
      if (typeof output === 'string') answer.end(output);
      else answer.writeHead(404).end(output?.error);
      return;
    }
    const image = `${url.searchParams.get('fromImage')}:${url.searchParams.get('tag')}`;
    daemon.pulls.push(image);
    const login = request.headers['x-registry-auth'] as string | undefined;
    daemon.logins.push(login === undefined ? undefined : JSON.parse(Buffer.from(login, 'base64url').toString()));
    const send = (message: object): void => void answer.write(`${JSON.stringify(message)}\r\n`);
    await pulls[image]?.(send, answer);
    here.add(image);
  }
  function close(): void {
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true, force: true });
  }
  return daemon;
}
