// Registries on this machine, each with a trouble of its own.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { createServer } from 'node:https';
import { join } from 'node:path';
import { serve } from './servers.mjs';

/** Starts them; returns host and port of each. `registry` is one that works. */
export async function badRegistries(workspace, registry) {
  const start = async (handle, options) => (await serve(workspace, handle, options)).replace(/^https?:\/\//, '');
  // Docker speaks without TLS, or with any certificate, to addresses of loopback only
  const gateway = execFileSync('docker', ['network', 'inspect', 'bridge', '-f', '{{(index .IPAM.Config 0).Gateway}}']);
  const elsewhere = { host: gateway.toString().trim() };
  return {
    silent: await start(() => {}),
    mute: await start(afterGreeting(() => {})),
    stalling: await start(stalling(registry)),
    failing: await start((_, answer) => answer.writeHead(500).end('{"errors":[]}')),
    login: await start((_, answer) => answer.writeHead(401, { 'WWW-Authenticate': 'Basic realm="private"' }).end()),
    limited: await start(afterGreeting(limited)),
    untrusted: await start(() => {}, {
      ...elsewhere,
      create: (handle) => createServer(ownCertificate(workspace), handle),
    }),
    plain: await start(() => {}, elsewhere),
  };
}

/** What every registry answers first; the rest is `handle`'s. */
function afterGreeting(handle) {
  return (request, answer) => (request.url === '/v2/' ? answer.end('{}') : handle(request, answer));
}

/** As Docker Hub does it: https://docs.docker.com/docker-hub/usage/pulls/ */
function limited(_, answer) {
  const headers = { 'ratelimit-limit': '100;w=21600', 'ratelimit-remaining': '0;w=21600' };
  const errors = [{ code: 'TOOMANYREQUESTS', message: 'You have reached your unauthenticated pull rate limit.' }];
  answer.writeHead(429, { 'Content-Type': 'application/json', ...headers }).end(JSON.stringify({ errors }));
}

/** Passes everything on, but only the first 1 MB of what is large. */
function stalling(registry) {
  return ({ method, url, headers }, answer) => {
    const pass = request(`http://${registry}${url}`, { method, headers }, (from) => {
      answer.writeHead(from.statusCode, from.headers);
      let sent = 0;
      from.on('data', (data) => {
        if (sent < 1e6) answer.write(data);
        sent += data.length;
      });
      from.on('end', () => sent < 1e6 && answer.end());
    });
    pass.on('error', () => answer.destroy());
    pass.end();
  };
}

function ownCertificate({ folder }) {
  const [key, cert] = ['key.pem', 'cert.pem'].map((name) => join(folder, name));
  const subject = ['-subj', '/CN=registry', '-days', '1'];
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', cert, ...subject], {
    stdio: 'ignore',
  });
  return { key: readFileSync(key), cert: readFileSync(cert) };
}
