// The program of the load, client and server: run by Node.js in pods, from a ConfigMap, so that no image of ours is needed. Of
// meshproof it imports only what lies in this folder.
import { readFileSync } from 'node:fs';
import { call, type ClientConfig } from './client.js';
import { serve, type ServerConfig } from './server.js';

/** What the ConfigMap says; a client and a server find themselves in it. */
export interface LoadConfig {
  server?: Omit<ServerConfig, 'pod'>;
  clients?: Record<string, ClientConfig>;
}

const config = JSON.parse(readFileSync(new URL('config.json', import.meta.url), 'utf8')) as LoadConfig;
const pod = process.env['POD'] ?? '';
const client = process.env['CLIENT'];
const running = client === undefined ? serve({ ...config.server!, pod }) : call(config.clients![client]!);

process.on('SIGTERM', () => {
  void (async () => {
    await Promise.resolve(running.stop());
    // what a client has written last is still to be read
    if (client !== undefined) await new Promise((resolve) => setTimeout(resolve, 4_000));
    process.exit(0);
  })();
});
