import { readdirSync, readFileSync } from 'node:fs';
import http from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { newConnection, reusedConnection } from '../src/scenario/load/http-lane.js';
import { grpcStream, tcpStream } from '../src/scenario/load/open-stream.js';
import { serve } from '../src/scenario/load/server.js';
import { longStream } from '../src/scenario/load/stream-lane.js';
import { onTicks } from '../src/scenario/load/ticks.js';

const open: { close(): unknown }[] = [];
afterEach(() => {
  for (const one of open.splice(0)) one.close();
});

const own = JSON.stringify({ pod: 'p', cluster: 'c', late: 0 });

async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function web(handler: http.RequestListener): Promise<string> {
  const server = http.createServer(handler).listen(0, '127.0.0.1');
  open.push({ close: () => server.close() && server.closeAllConnections() });
  await new Promise((resolve) => server.once('listening', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

async function lines(handler: (socket: net.Socket, line: string, connection: number) => void): Promise<number> {
  let connections = 0;
  const server = net.createServer((socket) => {
    const connection = ++connections;
    socket.on('error', () => socket.destroy());
    socket.on('data', (part) => {
      for (const line of String(part).trim().split('\n')) handler(socket, line, connection);
    });
  });
  server.listen(0, '127.0.0.1');
  open.push(server);
  await new Promise((resolve) => server.once('listening', resolve));
  return (server.address() as AddressInfo).port;
}

const callee = { cluster: 'c', timeoutMs: 5_000 };
/** For calls that are to get no answer. */
const short = { ...callee, timeoutMs: 300 };

describe('a server of the load', () => {
  test('answers every lane with its pod and cluster', async () => {
    const ports = { http: await freePort(), tcp: await freePort(), grpc: await freePort() };
    const server = serve({ cluster: 'c', pod: 'p', ports, lastMs: 0 });
    const url = `http://127.0.0.1:${ports.http}/`;
    const calls = [
      newConnection({ ...callee, timeoutMs: 5_000, url }),
      reusedConnection({ ...callee, timeoutMs: 5_000, url }),
      longStream(tcpStream('127.0.0.1', ports.tcp), { ...callee, timeoutMs: 5_000 }),
      longStream(grpcStream('127.0.0.1', ports.grpc), { ...callee, timeoutMs: 5_000 }),
    ];
    for (const call of calls) for (let i = 0; i < 2; i++) expect(await call()).toMatchObject({ kind: 'ok', by: 'c/p' });
    await server.stop();
  });

  test('tells whether a call was sent a second time', async () => {
    const ports = { http: await freePort(), tcp: await freePort(), grpc: await freePort() };
    const server = serve({ cluster: 'c', pod: 'p', ports, lastMs: 0 });
    const url = `http://127.0.0.1:${ports.http}/second`;
    expect((await fetch(url)).status).toBe(503);
    expect((await fetch(url, { headers: { 'x-envoy-attempt-count': '2' } })).status).toBe(200);
    await server.stop();
  });
});

describe('a call that is lost is told as', () => {
  test('refused, where nobody listens', async () => {
    const port = await freePort();
    const calls = [
      newConnection({ ...callee, url: `http://127.0.0.1:${port}/` }),
      longStream(tcpStream('127.0.0.1', port), callee),
      longStream(grpcStream('127.0.0.1', port), callee),
    ];
    for (const call of calls) expect(await call()).toMatchObject({ kind: 'refused' });
  });

  test('reset, where the connection ends without an answer, or with half of one', async () => {
    const ended = await web((request) => request.socket.destroy());
    expect(await newConnection({ ...callee, url: ended })()).toMatchObject({ kind: 'reset' });
    const cutOff = await web((request, response) => {
      response.writeHead(200, { 'content-length': 100 }).write('{', () => request.socket.destroy());
    });
    expect(await newConnection({ ...callee, url: cutOff })()).toMatchObject({ kind: 'reset' });
  });

  test('timeout, where no answer comes on any connection', async () => {
    const silent = await web(() => {});
    expect(await newConnection({ ...short, url: silent })()).toMatchObject({ kind: 'timeout' });
    const port = await lines(() => {});
    expect(await longStream(tcpStream('127.0.0.1', port), short)()).toMatchObject({ kind: 'timeout' });
  });

  test('stalled, where a stream is silent and a new one is answered; the next call is answered again', async () => {
    let silent = false;
    const port = await lines((socket, line, connection) => {
      if (!(silent && connection === 1)) socket.write(`${line} ${own}\n`);
    });
    const call = longStream(tcpStream('127.0.0.1', port), { ...callee, timeoutMs: 1_500 });
    expect(await call()).toMatchObject({ kind: 'ok' });
    silent = true;
    expect(await call()).toMatchObject({ kind: 'stalled', ended: 1 });
    expect(await call()).toMatchObject({ kind: 'ok', by: 'c/p' });
  });

  test('unavailable with the words of the answer, and wrong where somebody else answers', async () => {
    const failing = await web((_, response) => response.writeHead(503).end('no healthy upstream'));
    expect(await newConnection({ ...callee, url: failing })()).toEqual(
      expect.objectContaining({ kind: 'unavailable', says: '503 no healthy upstream' }),
    );
    const other = await web((_, response) => response.end(own));
    const call = newConnection({ ...callee, cluster: 'd', url: other });
    expect(await call()).toMatchObject({ kind: 'wrong', says: 'answered by c/p' });
  });
});

test('a dead connection that is reused costs no call: it is sent again, and that is told', async () => {
  const seen = new Map<net.Socket, number>();
  const url = await web((request, response) => {
    const count = (seen.get(request.socket) ?? 0) + 1;
    seen.set(request.socket, count);
    if (count > 1) request.socket.destroy();
    else response.end(own);
  });
  const call = reusedConnection({ ...callee, url });
  expect(await call()).not.toHaveProperty('retried');
  expect(await call()).toMatchObject({ kind: 'ok', retried: true, ended: 1 });
});

test('a stream that ended between two calls is opened again, and that is told once', async () => {
  let closed: Promise<unknown> = Promise.resolve();
  const port = await lines((socket, line, connection) => {
    closed = new Promise((resolve) => socket.once('close', resolve));
    socket.write(`${line} ${own}\n`, () => connection === 1 && socket.end());
  });
  const call = longStream(tcpStream('127.0.0.1', port), callee);
  expect(await call()).toMatchObject({ kind: 'ok' });
  // the server's socket closes when the client's has ended
  await closed;
  expect(await call()).toMatchObject({ kind: 'ok', ended: 1 });
  expect(await call()).not.toHaveProperty('ended');
});

test('ticks come whether or not the calls have ended, and an overdue one says by how much', async () => {
  const lates: number[] = [];
  const done = new Promise<void>((resolve) => {
    const stop = onTicks(
      [
        {
          offset: 0,
          tick(number, late) {
            lates.push(late);
            if (number === 2) for (const end = performance.now() + 120; performance.now() < end;);
            if (number === 6) {
              stop();
              resolve();
            }
          },
        },
      ],
      performance.now() + 1,
      40,
    );
  });
  await done;
  expect(lates).toHaveLength(7);
  // three ticks fell into the 120 ms: the first of them waited for most of that time
  expect(lates[3]).toBeGreaterThan(60);
  expect(lates[4]).toBeLessThan(lates[3]!);
});

test("the load's program imports nothing but its own folder and Node.js", () => {
  const folder = new URL('../src/scenario/load/', import.meta.url);
  const imports = readdirSync(folder).flatMap((file) =>
    [...readFileSync(new URL(file, folder), 'utf8').matchAll(/from '([^']+)'/g)].map(([, from]) => from!),
  );
  expect(imports.length).toBeGreaterThan(10);
  expect(imports.filter((from) => !/^(node:|\.\/)/.test(from))).toEqual([]);
});
