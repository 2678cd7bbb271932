import { Readable } from 'node:stream';
import { Header } from 'tar';
import type { Plan } from '../../topology/plan-types.js';
import { containerAddress, docker, removeContainers, runLabel, stateLabel } from '../../kernel/docker.js';
import { stateRoot } from '../../run/run-folders.js';

/** Where the external server listens, and what proxies take it for. It is go-httpbin on all of them. */
export const externalPorts = {
  /** helloworld's own port, so every proxy has an HTTP route table for it. */
  http: 5000,
  /** A port of no service: proxies pass it on as TCP, whatever is spoken. */
  tcp: 18080,
  /** A port of no service; TLS. */
  tls: 18443,
} as const;

export type ExternalPort = keyof typeof externalPorts;

/** Certificate and key of a server, as PEM. */
export type ServerCertificate = Record<'certificate' | 'key', string>;

/** Where they are in the server's container. */
const folder = '/certificate';

/** The user that the server runs as, whatever its image says: that of released images without a root user. */
const user = 65532;

/** Variables, because arguments would take the place of the command in go-httpbin's own image. */
function settingsFor(port: ExternalPort): string[] {
  const plain = ['-e', `PORT=${externalPorts[port]}`];
  if (port !== 'tls') return plain;
  return [...plain, '-e', `HTTPS_CERT_FILE=${folder}/tls.crt`, '-e', `HTTPS_KEY_FILE=${folder}/tls.key`];
}

/**
 * Starts the external server beside the clusters of a run, in their Docker network: a container for each port, all with one
 * address, which is returned. They carry the run's label: `down` and `gc` remove what a killed process leaves. The key is
 * copied into the container, whose layer goes with it; only the server's user and root read it. Throws CommandError.
 */
export async function startExternalServer(plan: Plan, name: string, certificate: ServerCertificate): Promise<string> {
  const labels = ['--label', `${runLabel}=${plan.runId}`, '--label', `${stateLabel}=${stateRoot()}`];
  const start = async (port: ExternalPort, network: string): Promise<void> => {
    const container = `${name}-${port}`;
    await docker([
      ...['create', '--name', container, ...labels, '--network', network, '--user', `${user}:${user}`],
      ...[...settingsFor(port), plan.images.httpbin],
    ]);
    if (port === 'tls') {
      await docker(['cp', '-', `${container}:/`], { input: Readable.from([archiveOf(certificate)]) });
    }
    await docker(['start', container]);
  };
  await start('http', plan.docker.network);
  await Promise.all([start('tcp', `container:${name}-http`), start('tls', `container:${name}-http`)]);
  return containerAddress(`${name}-http`, plan.docker.network);
}

/** A tar of the folder with certificate and key, which belong to the server's user. */
function archiveOf({ certificate, key }: ServerCertificate): Buffer {
  const entry = (name: string, content: string, mode: number): Buffer => {
    const size = Buffer.byteLength(content);
    const type = name.endsWith('/') ? 'Directory' : 'File';
    const header = new Header({ path: name, type, mode, uid: user, gid: user, size, mtime: new Date(0) });
    header.encode();
    const padding = Buffer.alloc((512 - (size % 512)) % 512);
    return Buffer.concat([header.block!, Buffer.from(content), padding]);
  };
  const inside = folder.slice(1);
  return Buffer.concat([
    entry(`${inside}/`, '', 0o500),
    entry(`${inside}/tls.crt`, certificate, 0o400),
    entry(`${inside}/tls.key`, key, 0o400),
    Buffer.alloc(1024),
  ]);
}

/** Removes what `startExternalServer` has started under this name. Goes on after an interrupt. */
export async function stopExternalServer(name: string): Promise<void> {
  const ports = Object.keys(externalPorts);
  await removeContainers(ports.map((port) => `${name}-${port}`));
}
