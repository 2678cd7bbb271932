import http from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { heldConnection, holdMs } from '../src/scenario/load/connect-lane.js';
import { newConnection, reusedConnection } from '../src/scenario/load/http-lane.js';

const open: { close(): unknown }[] = [];
afterEach(() => {
  for (const one of open.splice(0)) one.close();
});

async function web(status: number, text = ''): Promise<string> {
  const server = http.createServer((_, response) => response.writeHead(status).end(text)).listen(0, '127.0.0.1');
  open.push({ close: () => server.close() && server.closeAllConnections() });
  await new Promise((resolve) => server.once('listening', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

async function tcp(handler: (socket: net.Socket) => void): Promise<number> {
  const server = net.createServer((socket) => {
    socket.on('error', () => socket.destroy());
    handler(socket);
  });
  server.listen(0, '127.0.0.1');
  open.push(server);
  await new Promise((resolve) => server.once('listening', resolve));
  return (server.address() as AddressInfo).port;
}

describe("a service of the user's", () => {
  test.each([200, 302, 404])('answers with status %i, which is told, whatever it says', async (status) => {
    const callee = { url: await web(status, 'no word of the load'), timeoutMs: 5_000 };
    expect(await newConnection(callee)()).toMatchObject({ kind: 'ok', by: `HTTP ${status}` });
    const reused = reusedConnection(callee);
    for (let i = 0; i < 2; i++) expect(await reused()).toMatchObject({ kind: 'ok', by: `HTTP ${status}` });
  });

  test.each([500, 503])('does not answer with status %i', async (status) => {
    const callee = { url: await web(status, 'no healthy upstream'), timeoutMs: 5_000 };
    expect(await newConnection(callee)()).toMatchObject({ kind: 'unavailable', says: `${status} no healthy upstream` });
  });

  test('does not answer where a proxy refuses the call by a policy; its own refusal is an answer', async () => {
    const refused = { url: await web(403, 'RBAC: access denied'), timeoutMs: 5_000 };
    expect(await newConnection(refused)()).toEqual(
      expect.objectContaining({ kind: 'unavailable', says: '403 RBAC: access denied' }),
    );
    const own = { url: await web(403, 'not you'), timeoutMs: 5_000 };
    expect(await newConnection(own)()).toMatchObject({ kind: 'ok', by: 'HTTP 403' });
  });

  test('may say much: it is read to its end, and not kept', async () => {
    const callee = { url: await web(503, 'x'.repeat(200_000)), timeoutMs: 5_000 };
    const { kind, says } = await newConnection(callee)();
    expect(kind).toBe('unavailable');
    expect(says!.length).toBeLessThan(200);
  });
});

describe('a connection alone', () => {
  const to = (port: number, timeoutMs = 5_000) => heldConnection({ host: '127.0.0.1', port, timeoutMs })();

  test('is answered where it is still there after a while: a proxy accepts what it cannot pass on', async () => {
    const begun = performance.now();
    expect(await to(await tcp(() => {}))).toEqual({ kind: 'ok', by: 'connected', held: 500 });
    expect(performance.now() - begun).toBeGreaterThan(holdMs - 20);
  });

  test('is answered at once where the callee speaks first', async () => {
    const begun = performance.now();
    expect(await to(await tcp((socket) => socket.write('220 ready\n')))).toEqual({ kind: 'ok', by: 'connected' });
    expect(performance.now() - begun).toBeLessThan(holdMs - 20);
  });

  test('is lost where it is refused, closed or reset', async () => {
    const port = await tcp(() => {});
    for (const one of open.splice(0)) one.close();
    expect(await to(port)).toMatchObject({ kind: 'refused' });
    expect(await to(await tcp((socket) => socket.end()))).toMatchObject({ kind: 'reset' });
    expect(await to(await tcp((socket) => socket.resetAndDestroy()))).toMatchObject({ kind: 'reset' });
  });

  test('is closed by the caller', async () => {
    const ended = new Promise<void>((resolve) => {
      void tcp((socket) => socket.resume().on('end', () => resolve())).then((port) => to(port));
    });
    await ended;
  });
});
