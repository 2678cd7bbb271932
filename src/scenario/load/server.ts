import http from 'node:http';
import http2 from 'node:http2';
import net from 'node:net';
import type { Said } from './answer.js';
import { FrameReader, framed } from './grpc-frames.js';
import { OwnClock } from './own-clock.js';

export interface ServerConfig {
  cluster: string;
  pod: string;
  ports: { http: number; tcp: number; grpc: number };
  /** How long it goes on after SIGTERM, while the mesh learns that it ends. */
  lastMs: number;
}

/**
 * Answers every lane with its pod and cluster. After SIGTERM it is not ready but keeps answering for a while, asks
 * callers to reconnect, and then ends. So its own end loses no call.
 */
export function serve({ cluster, pod, ports, lastMs }: ServerConfig): { stop(): Promise<void> } {
  const clock = new OwnClock();
  let ending = false;
  const said = (): Said => ({ pod, cluster, late: clock.late() });

  const web = http.createServer((request, response) => {
    if (ending) response.setHeader('connection', 'close');
    const count = request.headers['x-envoy-attempt-count'];
    const attempts = count === undefined ? undefined : Number(count);
    if (request.url === '/ready') response.statusCode = ending ? 503 : 200;
    // answered by the second attempt alone: tells whether the mesh makes one. Istio's own policy retries the gRPC status
    // UNAVAILABLE, and a plain 503 in some versions only
    if (request.url === '/second' && !((attempts ?? 1) > 1)) {
      response.statusCode = 503;
      response.setHeader('grpc-status', '14');
    }
    response.end(JSON.stringify({ ...said(), attempts }));
  });
  web.keepAliveTimeout = 3_600_000;
  web.listen(ports.http);

  const sockets = new Set<net.Socket>();
  const tcp = net.createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.setEncoding('utf8');
    let text = '';
    socket.on('data', (part: string) => {
      const lines = `${text}${part}`.split('\n');
      text = lines.pop()!;
      for (const line of lines) socket.write(`${line} ${JSON.stringify(said())}\n`);
    });
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
  });
  tcp.listen(ports.tcp);

  const sessions = new Set<http2.ServerHttp2Session>();
  const grpc = http2.createServer();
  grpc.on('session', (session) => {
    sessions.add(session);
    session.on('error', () => session.destroy());
    session.on('close', () => sessions.delete(session));
  });
  grpc.on('stream', (stream) => {
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
    stream.on('error', () => stream.destroy());
    const reader = new FrameReader();
    stream.on('data', (part: Buffer) => {
      for (const frame of reader.read(part)) stream.write(framed(`${frame} ${JSON.stringify(said())}`));
    });
    stream.on('end', () => stream.end());
  });
  grpc.listen(ports.grpc);

  return {
    async stop() {
      ending = true;
      await new Promise((resolve) => setTimeout(resolve, lastMs));
      for (const session of sessions) session.close();
      // streams do not end by themselves
      for (const socket of sockets) socket.end();
      await new Promise((resolve) => setTimeout(resolve, 200));
      for (const one of [...sockets, ...sessions]) one.destroy();
      for (const server of [web, tcp, grpc]) server.close();
      web.closeAllConnections();
      clock.stop();
    },
  };
}
