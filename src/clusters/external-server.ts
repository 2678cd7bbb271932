import type { Plan } from '../topology/types.js';
import { containerAddress, docker, removeContainers, runLabel, stateLabel } from './docker.js';
import { stateRoot } from './runs.js';

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

/**
 * Docker's options that tell go-httpbin its port; `folder` has the server's certificate as it stands in a Secret of type tls.
 * Variables, because arguments would take the place of the command in go-httpbin's own image.
 */
function settingsFor(port: ExternalPort, folder: string): string[] {
  const plain = ['-e', `PORT=${externalPorts[port]}`];
  if (port !== 'tls') return plain;
  return [...plain, '-e', `HTTPS_CERT_FILE=${folder}/tls.crt`, '-e', `HTTPS_KEY_FILE=${folder}/tls.key`];
}

/**
 * Starts the external server beside the clusters of a run, in their Docker network: a container for each port, all with one
 * address, which is returned. They carry the run's label: `down` and `gc` remove what a killed process leaves. `folder` is on
 * this machine. Throws CommandError.
 */
export async function startExternalServer(plan: Plan, name: string, folder: string): Promise<string> {
  const labels = ['--label', `${runLabel}=${plan.runId}`, '--label', `${stateLabel}=${stateRoot()}`];
  const inside = '/certificate';
  const start = (port: ExternalPort, network: string): Promise<string> =>
    docker([
      ...['run', '-d', '--name', `${name}-${port}`, ...labels, '--network', network],
      ...['-v', `${folder}:${inside}:ro`, ...settingsFor(port, inside), plan.images.httpbin],
    ]);
  await start('http', plan.docker.network);
  await Promise.all([start('tcp', `container:${name}-http`), start('tls', `container:${name}-http`)]);
  return containerAddress(`${name}-http`, plan.docker.network);
}

/** Removes what `startExternalServer` has started under this name. Goes on after an interrupt. */
export async function stopExternalServer(name: string): Promise<void> {
  const ports = Object.keys(externalPorts);
  await removeContainers(ports.map((port) => `${name}-${port}`));
}
