import { execa } from 'execa';
import { currentSignal, settleAll } from '../../kernel/cancellation.js';
import { childEnvironment } from '../../kernel/child-processes.js';
import { docker } from '../../kernel/docker.js';
import type { ClusterHandle } from '../cluster-handle.js';

/** Puts an image of the local Docker into node containers that are up and have not got it. Throws where a node does not take it. */
async function giveImage(nodes: readonly string[], image: string): Promise<void> {
  await settleAll(
    nodes.map(async (node) => {
      if (await hasImage(node, image)) return;
      const options = { env: childEnvironment(), cancelSignal: currentSignal() };
      const saved = execa('docker', ['save', image], { ...options, buffer: { stdout: false } });
      // packed, as the other images of a node are
      const taken = ['ctr', '-n', 'k8s.io', 'images', 'import', '--no-unpack', '-'];
      await saved.pipe('docker', ['exec', '-i', node, ...taken], options);
    }),
  );
}

/** The same for all nodes of clusters, one image after the other. */
export async function giveImages(
  clusters: readonly Pick<ClusterHandle, 'nodes'>[],
  images: readonly string[],
): Promise<void> {
  const nodes = clusters.flatMap((cluster) => cluster.nodes.map(({ name }) => name));
  for (const image of images) await giveImage(nodes, image);
}

async function hasImage(node: string, image: string): Promise<boolean> {
  const names = await docker(['exec', node, 'ctr', '-n', 'k8s.io', 'images', 'ls', '-q', `name==${image}`]);
  return names.trim() !== '';
}
