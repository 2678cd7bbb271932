import { run, type RunOptions } from './run-program.js';

/** Labels of everything that the harness makes in Docker; `gc` looks for nothing else. */
export const runLabel = 'dev.meshproof.run';
export const stateLabel = 'dev.meshproof.state';
export const bakedLabel = 'dev.meshproof.node-image';

export function docker(args: readonly string[], options?: RunOptions): Promise<string> {
  return run('docker', args, options);
}

/** Does a Docker daemon answer? */
export function dockerAnswers(): Promise<boolean> {
  return docker(['info', '-f', '{{.ID}}'], { timeout: 10 }).then(
    () => true,
    () => false,
  );
}

/** Lines of a docker listing; an empty listing is an empty array. */
export async function dockerLines(args: readonly string[], options?: RunOptions): Promise<string[]> {
  return (await docker(args, options)).split('\n').filter((line) => line !== '');
}

/**
 * The run's own network; node containers get addresses of `nodeRange`, the rest of `subnet` is MetalLB's. Without them Docker
 * chooses.
 */
export async function createNetwork(
  name: string,
  network: { subnet: string; nodeRange: string } | undefined,
  labels: Record<string, string>,
): Promise<void> {
  const labelArgs = Object.entries(labels).flatMap(([key, value]) => ['--label', `${key}=${value}`]);
  const range = network ? ['--subnet', network.subnet, '--ip-range', network.nodeRange] : [];
  await docker(['network', 'create', ...range, ...labelArgs, name]);
}

/** Address of a container in a network. */
export function containerAddress(container: string, network: string): Promise<string> {
  return docker(['inspect', '-f', `{{(index .NetworkSettings.Networks "${network}").IPAddress}}`, container]);
}

/** Image id (sha256:...) of each image that is in the local Docker. */
export async function imageIds(images: readonly string[]): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  await Promise.all(
    images.map(async (image) => {
      const id = await docker(['image', 'inspect', '-f', '{{.Id}}', image]).catch(() => undefined);
      if (id) found.set(image, id);
    }),
  );
  return found;
}

/** Removes containers with their volumes, running or not. Goes on after an interrupt. */
export async function removeContainers(names: readonly string[]): Promise<void> {
  if (names.length > 0) await docker(['rm', '-f', '-v', ...names], { uninterruptible: true });
}
