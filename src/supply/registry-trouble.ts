import { registryOf } from './image-name.js';

/** Why an image could not be pulled. */
export interface RegistryTrouble {
  kind:
    'limit' | 'access' | 'name' | 'missing' | 'platform' | 'failing' | 'certificate' | 'unreachable' | 'disk' | 'other';
  found: string;
  remedy: string;
}

/** Kinds that concern whatever is asked of the registry, not the one image. */
const wholeRegistry = new Set<RegistryTrouble['kind']>(['limit', 'failing', 'certificate', 'unreachable']);

/** Is the trouble the registry's, so that other images of it need not be asked for? */
export function concernsRegistry({ kind }: RegistryTrouble): boolean {
  return wholeRegistry.has(kind);
}

/** Reads what Docker says about a pull that failed. The order matters: registries answer "denied" for what they do not have. */
export function registryTrouble(image: string, output: string): RegistryTrouble {
  const registry = registryOf(image);
  const login = registry === 'Docker Hub' ? 'docker login' : `docker login ${registry}`;
  const elsewhere = 'or name another registry (--registry)';
  const trouble = (kind: RegistryTrouble['kind'], found: string, remedy: string): RegistryTrouble => ({
    kind,
    found,
    remedy,
  });
  if (/toomanyrequests|too many requests|\b429\b/i.test(output)) {
    return trouble(
      'limit',
      `${registry} refuses more pulls at the moment`,
      `${login}, because an account may pull more than an anonymous user; or wait, ${elsewhere}`,
    );
  }
  if (/no space left on device/i.test(output)) {
    return trouble(
      'disk',
      "the disk of Docker's data is full",
      '`docker system df` shows what takes the space, `docker system prune` frees it',
    );
  }
  if (/invalid reference format|invalid repository name/i.test(output)) {
    return trouble('name', `"${image}" is not a valid image name`, 'correct it in the environment or images file');
  }
  if (
    /unauthorized|authentication required|no basic auth credentials|denied|\b40[13] (Unauthorized|Forbidden)/i.test(
      output,
    )
  ) {
    return trouble('access', `${registry} refuses access, or does not have the image`, `${login}, or correct the name`);
  }
  const platform = /no matching manifest for ([\w/]+)/i.exec(output)?.[1];
  if (platform) {
    return trouble(
      'platform',
      `${registry} has the image, but not for ${platform}`,
      'name an image for this platform in an images file (--images)',
    );
  }
  if (
    /manifest unknown|no such manifest|name unknown|does not exist|not found: manifest|manifest for \S+ not found|: not found$/im.test(
      output,
    )
  ) {
    return trouble('missing', `${registry} has no such image`, 'correct its name or tag in the environment file');
  }
  const failure = /\bstatus(?: code)?[^\n]*?:? (5\d\d\b[^\n]*)/i.exec(output)?.[1];
  if (failure) return trouble('failing', `${registry} fails: ${failure.trim()}`, `try again later, ${elsewhere}`);
  if (/server gave HTTP response to HTTPS client|does not look like a TLS handshake/i.test(output)) {
    const loopback = /^(127\.|localhost(:|$)|\[::1\])/.test(registry)
      ? '. From Docker 29.10 on, this list must also name a local registry if it names any registry'
      : '';
    return trouble(
      'certificate',
      `${registry} does not speak TLS`,
      `give it a certificate, or add it to "insecure-registries" in the Docker daemon's daemon.json${loopback}`,
    );
  }
  const certificate = (/x509: [^\n]*/i.exec(output) ?? /certificate[^\n]*/i.exec(output))?.[0];
  if (certificate) {
    return trouble(
      'certificate',
      `${registry} has a certificate that Docker does not trust: ${certificate.trim()}`,
      `put its CA into /etc/docker/certs.d/${registry}/ca.crt on the machine of the Docker daemon`,
    );
  }
  const network = "check the network and proxy settings of the Docker daemon's machine";
  const reason = unreachable.find(([pattern]) => pattern.test(output))?.[1];
  if (reason) return trouble('unreachable', `${registry} cannot be reached: ${reason}`, `${network}, ${elsewhere}`);
  return trouble(
    'other',
    output.trim().split('\n').at(-1) || 'Docker gives no reason',
    `check the output of \`docker pull ${image}\``,
  );
}

const unreachable: [RegExp, string][] = [
  [/no such host|server misbehaving|name resolution/i, 'its host name is unknown'],
  [/connection refused/i, 'the connection was refused'],
  [/network is unreachable|no route to host/i, 'it has no route from here'],
  [/connection reset|broken pipe|unexpected EOF|: EOF/i, 'it closed the connection'],
  [/Client\.Timeout|i\/o timeout|handshake timeout|deadline exceeded|awaiting headers/i, 'it does not answer'],
];

/** The registry said nothing for too long; `seconds` is how long it was waited for. */
export function silentRegistry(image: string, seconds: number): RegistryTrouble {
  const registry = registryOf(image);
  return {
    kind: 'unreachable',
    found: `${registry} sent nothing for ${seconds} s`,
    remedy: `check the network and proxy settings of the Docker daemon's machine, or name another registry (--registry)`,
  };
}

/** Docker has every layer and makes no progress with unpacking them. */
export function stuckDisk(seconds: number): RegistryTrouble {
  return {
    kind: 'disk',
    found: `Docker downloaded the image, but made no progress in unpacking it for ${seconds} s`,
    remedy: "check the Docker daemon's log, and the load and free space of its disk",
  };
}
