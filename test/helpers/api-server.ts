// loaded here, or the time that it takes would count for the first test
import '@kubernetes/client-node';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** A fake API server: it writes down what it is asked, and answers what it is told to. */
export class FakeApiServer {
  readonly seen: { method: string; url: string; type?: string; authorization?: string; body: string }[] = [];
  readonly cluster: { name: string; kubeconfig: string };
  answer: (url: string, method: string) => { status: number; body: unknown } = () => ({ status: 200, body: {} });

  private constructor(
    readonly server: Server,
    private readonly folder: string,
  ) {
    this.cluster = { name: 'cluster1', kubeconfig: path.join(folder, 'kubeconfig') };
    server.on('request', (request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        const { method = '', url = '', headers } = request;
        const { authorization, 'content-type': type } = headers;
        this.seen.push({ method, url, type, authorization, body });
        const { status, body: text } = this.answer(url, method);
        response.writeHead(status).end(typeof text === 'string' ? text : JSON.stringify(text));
      });
    });
  }

  static async start(): Promise<FakeApiServer> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const fake = new FakeApiServer(server, mkdtempSync(path.join(tmpdir(), 'meshproof-api-')));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const config = {
      'current-context': 'one',
      clusters: [{ name: 'one', cluster: { server: url, 'insecure-skip-tls-verify': true } }],
      users: [{ name: 'one', user: { token: 'planted' } }],
      contexts: [{ name: 'one', context: { cluster: 'one', user: 'one' } }],
    };
    writeFileSync(fake.cluster.kubeconfig, JSON.stringify(config));
    return fake;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
    rmSync(this.folder, { recursive: true, force: true });
  }
}
