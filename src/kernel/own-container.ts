import { readFile } from 'node:fs/promises';
import { docker } from './docker.js';

/** The container that this process runs in, as the Docker daemon knows it. */
export interface OwnContainer {
  id: string;
  /** E.g. `bridge`, `host`. */
  networkMode: string;
}

/** Docker mounts three files of its own into every container, from a folder that is named after it. */
const mounted = /\/containers\/([0-9a-f]{64})\/(?:hostname|hosts|resolv\.conf) \/etc\//;

/** The id of this process's container in what /proc/self/mountinfo says; undefined outside of one. */
export function containerIn(mountInfo: string): string | undefined {
  return mounted.exec(mountInfo)?.[1];
}

let asked: Promise<OwnContainer | undefined> | undefined;

/** The container of this process, where it is one of the daemon that meshproof works with; asked once. */
export function ownContainer(): Promise<OwnContainer | undefined> {
  asked ??= findOwn();
  return asked;
}

async function findOwn(): Promise<OwnContainer | undefined> {
  const id = containerIn(await readFile('/proc/self/mountinfo', 'utf8').catch(() => ''));
  if (!id) return undefined;
  // another daemon does not know it
  const mode = await docker(['inspect', '-f', '{{.HostConfig.NetworkMode}}', id], { timeout: 5 }).catch(
    () => undefined,
  );
  return mode === undefined ? undefined : { id, networkMode: mode };
}
