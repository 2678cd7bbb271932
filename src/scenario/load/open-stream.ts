import http2 from 'node:http2';
import net from 'node:net';
import { ofError, type Answer } from './answer.js';
import { FrameReader, framed } from './grpc-frames.js';
import type { OpenStream } from './stream-lane.js';

/** A stream of lines over TCP. */
export function tcpStream(host: string, port: number): OpenStream {
  return ({ said, end }) => {
    const socket = net.connect({ host, port, noDelay: true });
    let text = '';
    let failure: Answer | undefined;
    socket.setEncoding('utf8');
    socket.on('data', (part: string) => {
      const lines = `${text}${part}`.split('\n');
      text = lines.pop()!;
      for (const line of lines) said(line);
    });
    socket.on('error', (error) => (failure = ofError(error)));
    socket.on('close', () => end(failure ?? { kind: 'reset', says: 'the connection was closed' }));
    return { send: (line) => socket.write(`${line}\n`), close: () => socket.destroy() };
  };
}

/** Path of the method; the mesh sees gRPC by the content type alone. */
export const grpcPath = '/meshproof.Load/Echo';

/** A gRPC stream: length-prefixed messages in both directions of one HTTP/2 request. */
export function grpcStream(host: string, port: number): OpenStream {
  return ({ said, end }) => {
    const session = http2.connect(`http://${host}:${port}`);
    const stream = session.request(
      {
        ':method': 'POST',
        ':path': grpcPath,
        'content-type': 'application/grpc',
        te: 'trailers',
      },
      { endStream: false },
    );
    const reader = new FrameReader();
    let failure: Answer | undefined;
    const status = (headers: http2.IncomingHttpHeaders): void => {
      const code = headers['grpc-status'];
      if (code === undefined && (headers[':status'] ?? 200) === 200) return;
      const says = `grpc-status ${String(code)}, ${String(headers['grpc-message'] ?? headers[':status'] ?? '')}`;
      // 14 is UNAVAILABLE: what the mesh answers for a callee that it cannot reach
      failure ??= { kind: code === '0' ? 'reset' : 'unavailable', says: says.slice(0, 150) };
    };
    const over = (): void => {
      session.destroy();
      end(failure ?? { kind: 'reset', says: 'the stream was closed' });
    };
    session.on('error', (error) => (failure ??= ofError(error)));
    stream.on('error', (error) => (failure ??= ofError(error)));
    stream.on('response', status);
    stream.on('trailers', status);
    stream.on('data', (part: Buffer) => {
      for (const message of reader.read(part)) said(message);
    });
    stream.on('close', over);
    return { send: (text) => stream.closed || stream.write(framed(text)), close: () => session.destroy() };
  };
}
