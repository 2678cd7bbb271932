// Every way in which registries and download pages can fail: each ends a run with a clear message of its own.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { $ } from 'zx';
import { badRegistries } from './bad-registries.mjs';

/**
 * A case: `args` of the run, its exit code, what stderr must say, and `seconds` until it must have ended (default 30).
 * `more` are variables; one that is undefined is unset.
 */
export async function failureCases(workspace, { registry, mirror, images }) {
  const bad = await badRegistries(workspace, registry);
  const one = (name) => {
    const file = join(workspace.folder, `images-${name.replace(/\W+/g, '-')}.yaml`);
    writeFileSync(file, stringify({ ...parse(readFileSync(images, 'utf8')), sleep: name }));
    return ['--images', file];
  };
  const curl = (host, tag = '8.16.0') => ['--mirror', mirror, ...one(`${host}/curlimages/curl:${tag}`)];
  await pushNewLayer(`${registry}/curlimages/curl`);
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
      name: 'silent file server',
      args: ['--mirror', `${mirror}/silent/kind`, '--images', images],
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
      name: 'line of 8 Mbit/s, which kubectl takes minutes on, then a missing tag',
      args: ['--mirror', `${mirror}/slow/kubectl`, ...one(`${registry}/curlimages/curl:0.0.0`)],
      exit: 4,
      words: /kubectl \S+ 1?\d of \d{2,3} MB[^]*image \S+curl:0\.0\.0: \S+ has no such image/,
      seconds: 300,
    },
    {
      name: 'missing tag',
      args: ['--mirror', mirror, ...one(`${registry}/curlimages/curl:0.0.0`)],
      exit: 4,
      words: /image \S+curl:0\.0\.0: \S+ has no such image[^]*to do: correct its name or tag/,
    },
    {
      name: 'name that is not valid',
      args: ['--mirror', mirror, ...one(`${registry}/Curl/curl:8.16.0`)],
      exit: 4,
      words: /image \S+: "\S+\/Curl\/curl:8\.16\.0" is not a valid image name[^]*to do: correct it/,
    },
    {
      name: 'registry that refuses connections, for every image: one line',
      args: ['--mirror', mirror, '--registry', '127.0.0.1:9'],
      exit: 4,
      words:
        /meshproof: this machine is not ready: registry 127\.0\.0\.1:9\n[^\n]*cannot be reached: the connection was refused\n +expected: to pull (\S+, ){8}/,
    },
    {
      name: 'registry with an unknown host name',
      args: curl('registry.invalid'),
      exit: 4,
      words: /registry registry\.invalid: \S+ cannot be reached: its host name is unknown[^]*to do: check the network/,
    },
    {
      name: 'silent registry',
      args: curl(bad.silent),
      exit: 4,
      words: /registry 127\.0\.0\.1:\d+: 127\.0\.0\.1:\d+ cannot be reached: it does not answer/,
    },
    {
      name: 'registry that is silent about its images',
      args: curl(bad.mute),
      exit: 4,
      words: /registry 127\.0\.0\.1:\d+: 127\.0\.0\.1:\d+ sent nothing for 25 s/,
      seconds: 40,
    },
    {
      name: 'registry that stops in the middle of a layer',
      args: curl(bad.stalling, 'new-layer'),
      exit: 4,
      words: /pull \S+: \d of \d+ layers, \d MB[^]*registry 127\.0\.0\.1:\d+: 127\.0\.0\.1:\d+ sent nothing for 60 s/,
      seconds: 90,
    },
    {
      name: 'failing registry',
      args: curl(bad.failing),
      exit: 4,
      words: /127\.0\.0\.1:\d+ fails: [^\n]*500/,
    },
    {
      name: 'registry that wants a login',
      args: curl(bad.login),
      exit: 4,
      words: /127\.0\.0\.1:\d+ refuses access[^]*to do: docker login 127\.0\.0\.1:\d+/,
    },
    {
      name: 'registry whose limit of pulls is reached',
      args: curl(bad.limited),
      exit: 4,
      words:
        /127\.0\.0\.1:\d+ refuses more pulls at the moment: 0 of 100 pulls are left in a window of 6 h[^]*to do: docker login 127\.0\.0\.1:\d+/,
    },
    {
      name: 'registry with a certificate of its own',
      args: curl(bad.untrusted),
      exit: 4,
      words:
        /has a certificate that Docker does not trust: x509: [^]*to do: put its CA into \/etc\/docker\/certs\.d\/172\./,
    },
    {
      name: 'registry without TLS, which is not on this machine',
      args: curl(bad.plain),
      exit: 4,
      words: /172\.\S+ does not speak TLS[^]*to do: [^\n]*"insecure-registries"/,
    },
    {
      name: 'proxy that is not there',
      args: ['--mirror', mirror, '--images', images],
      more: { HTTP_PROXY: 'http://127.0.0.1:9', NO_PROXY: '', http_proxy: undefined, no_proxy: undefined },
      exit: 3,
      words:
        /could not be downloaded: \S+ cannot be reached: the connection was refused \(through the proxy http:\/\/127\.0\.0\.1:9/,
    },
  ];
}

/** Pushes the tag `new-layer` with a layer of 3 MB that no image of this Docker has: a pull of it cannot take it from another one. */
async function pushNewLayer(name) {
  const image = `${name}:new-layer`;
  const definition = `FROM ${name}:8.16.0\nRUN head -c 3000000 /dev/urandom > /tmp/layer\n`;
  await $({ input: definition })`docker build -q -t ${image} -`;
  await $`docker push -q ${image}`;
  await $`docker rmi ${image} ${name}:8.16.0`;
}
