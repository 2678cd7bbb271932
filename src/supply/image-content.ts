import { docker } from '../kernel/docker.js';
import { sha256Of } from '../kernel/sha256.js';

/** Of an image's configuration, as `docker image inspect` shows it. */
export interface Inspected {
  Architecture?: string;
  Os?: string;
  RootFS?: { Layers?: string[] };
  Config?: Record<string, unknown>;
}

/** What of an image's configuration decides how its containers run. */
const settings = ['User', 'ExposedPorts', 'Env', 'Entrypoint', 'Cmd', 'Volumes', 'WorkingDir', 'Labels', 'StopSignal'];

/**
 * sha256 of what each image holds: its layers and what its containers run. An image's id is another one in each of Docker's image
 * stores (the digest of its configuration, or of its manifest); this is not. Images that are not in the local Docker are left out.
 */
export async function imageContents(images: readonly string[]): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  await Promise.all(
    images.map(async (image) => {
      const text = await docker(['image', 'inspect', '-f', '{{json .}}', image]).catch(() => undefined);
      if (text !== undefined) found.set(image, contentOf(JSON.parse(text) as Inspected));
    }),
  );
  return found;
}

/** sha256 of what an image with this configuration holds. */
export function contentOf({ Architecture, Os, RootFS, Config = {} }: Inspected): string {
  // what is empty is left out by one store, and null or "" in the other
  const filled = (value: unknown): boolean =>
    value !== undefined && value !== null && value !== '' && Object.keys(value).length > 0;
  const own = settings.map((name) => (filled(Config[name]) ? [name, sorted(Config[name])] : [name]));
  const content = JSON.stringify([Architecture, Os, RootFS?.Layers ?? [], own]);
  return `sha256:${sha256Of(content)}`;
}

/** Labels and ports are in any order; the words of a command are not. */
function sorted(value: unknown): unknown {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.entries(value).sort(([a], [b]) => a.localeCompare(b))
    : value;
}
