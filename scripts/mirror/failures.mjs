// Every way in which registries and download pages can fail: each ends a run with a clear message of its own.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { serve } from './servers.mjs';

/**
 * A case: `args` of the run, its exit code, what stderr must say, and `seconds` until it must have ended (default 30).
 * `more` are variables; one that is undefined is unset.
 */
export async function failureCases(workspace, { registry, mirror, images }) {
  const nowhere = await serve(workspace, (request, answer) => answer.writeHead(500).end('{"errors":[]}'));
  const silent = await serve(workspace, () => {});
  const login = await serve(workspace, (request, answer) =>
    answer.writeHead(401, { 'WWW-Authenticate': 'Basic realm="private"' }).end(),
  );
  const host = (address) => address.replace('http://', '');
  const one = (name) => {
    const file = join(workspace.folder, `images-${name.replace(/\W+/g, '-')}.yaml`);
    writeFileSync(file, stringify({ ...parse(readFileSync(images, 'utf8')), sleep: name }));
    return ['--images', file];
  };
  return [
    {
      name: 'corrupted download',
      args: ['--mirror', `${mirror}/corrupted/kubectl`, '--images', images],
      exit: 3,
      words: /kubectl \S+ could not be downloaded: \S+ is corrupted or not the pinned file: its sha256 is [0-9a-f]{64}/,
    },
    {
      name: 'corrupted manifest',
      args: ['--mirror', `${mirror}/corrupted/metallb`, '--images', images],
      exit: 4,
      words: /MetalLB's manifest cannot be read: \S+ is corrupted or not the pinned file/,
    },
    {
      name: 'slow file server',
      args: ['--mirror', `${mirror}/slow/kind`, '--images', images],
      exit: 3,
      words: /kind \S+ could not be downloaded: \S+ sent nothing for 10 s/,
    },
    {
      name: 'failing file server',
      args: ['--mirror', `${mirror}/failing/istioctl`, '--images', images],
      exit: 3,
      words: /istioctl \S+ could not be downloaded: \S+ answered 503/,
    },
    {
      name: 'missing tag',
      args: ['--mirror', mirror, ...one(`${registry}/curlimages/curl:0.0.0`)],
      exit: 4,
      words: /image \S+curl:0\.0\.0: \S+ has no such image[^]*to do: correct its name or tag/,
    },
    {
      name: 'slow registry',
      args: ['--mirror', mirror, ...one(`${host(silent)}/curlimages/curl:8.16.0`)],
      exit: 4,
      words: /registry 127\.0\.0\.1:\d+: 127\.0\.0\.1:\d+ cannot be reached: no answer in 10 s/,
    },
    {
      name: 'failing registry',
      args: ['--mirror', mirror, ...one(`${host(nowhere)}/curlimages/curl:8.16.0`)],
      exit: 4,
      words: /127\.0\.0\.1:\d+ fails: [^\n]*500/,
    },
    {
      name: 'authenticating registry',
      args: ['--mirror', mirror, ...one(`${host(login)}/curlimages/curl:8.16.0`)],
      exit: 4,
      words: /127\.0\.0\.1:\d+ refuses access[^]*to do: docker login 127\.0\.0\.1:\d+/,
    },
    {
      name: 'proxy that is not there',
      args: ['--mirror', mirror, '--images', images],
      more: { HTTP_PROXY: 'http://127.0.0.1:9', NO_PROXY: '', http_proxy: undefined, no_proxy: undefined },
      exit: 3,
      words:
        /could not be downloaded: \S+ cannot be reached: the connection was refused \(by way of the proxy http:\/\/127\.0\.0\.1:9/,
    },
  ];
}
