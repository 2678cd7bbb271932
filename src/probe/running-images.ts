import type { V1Pod } from '@kubernetes/client-node';
import { read } from '../kube/api.js';
import type { Target } from '../kube/kubectl.js';
import type { RunningImage } from '../record/mesh-schema.js';

/** The images that run in a cluster by the status of its pods, proxies included, each with the id that its node says. */
export async function runningImages(cluster: Target): Promise<RunningImage[]> {
  const pods = await read<{ items: V1Pod[] }>(cluster, '/api/v1/pods');
  return imagesOfPods(cluster.name, pods?.items ?? []);
}

/** Exported for its test. A container that never ran has no id. */
export function imagesOfPods(cluster: string, pods: readonly V1Pod[]): RunningImage[] {
  const found = new Map<string, RunningImage>();
  for (const { spec, status } of pods) {
    const containers = [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])];
    for (const { name, imageID } of [...(status?.containerStatuses ?? []), ...(status?.initContainerStatuses ?? [])]) {
      const image = containers.find((container) => container.name === name)?.image;
      if (!image || imageID === '') continue;
      const id = imageID.replace(/^[a-z-]+:\/\//, '');
      const known = found.get(`${image} ${id}`);
      found.set(`${image} ${id}`, { cluster, image, id, containers: (known?.containers ?? 0) + 1 });
    }
  }
  return [...found.values()].sort((a, b) => a.image.localeCompare(b.image));
}
