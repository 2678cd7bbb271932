import { writeFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { exitCode, MeshproofError } from '../../kernel/errors.js';
import { CommandError, run } from '../../kernel/run-program.js';
import { rememberSecrets } from '../../kernel/secrets/known-secrets.js';
import { parseKubeconfig } from '../../kube/kubeconfig.js';
import { kubectlJson, type Target } from '../../kube/kubectl.js';
import { secretsOfKubeconfig } from '../../kube/secret-objects.js';
import type { ClusterHandle } from '../cluster-handle.js';
import { yamlText } from '../../kube/yaml-documents.js';

interface NodeList {
  items: { metadata: { name: string }; status: { addresses: { type: string; address: string }[] } }[];
}
interface EndpointSliceList {
  items: { endpoints: { addresses: string[] }[]; ports: { port: number }[] }[];
}

/** What a context of a kubeconfig leads to. */
export type OpenedContext = Pick<ClusterHandle, 'kubeconfig' | 'apiServer' | 'nodes'>;

/**
 * Copies a context into a separate kubeconfig that only the user can read; does not write the user's. `from` is its
 * path; default: KUBECONFIG or ~/.kube/config. Throws (exit 3) if the context does not exist.
 */
export async function copyContext(
  context: string,
  name: string,
  kubeconfig: string,
  from?: string,
): Promise<OpenedContext> {
  const view = ['config', 'view', '--raw', '--minify', '--flatten', '--context', context, '-o', 'yaml'];
  const args = [...(from ? ['--kubeconfig', from] : []), ...view];
  const text = await run('kubectl', args, { cluster: name }).catch((cause: CommandError) => {
    throw new MeshproofError(`context ${context} cannot be read: ${cause.message}`, exitCode.preflight, {
      where: from ?? 'the default kubeconfig',
      remedy: 'list the contexts: kubectl config get-contexts',
      cause,
    });
  });
  rememberSecrets(secretsOfKubeconfig(text, name));
  const config = parseKubeconfig(text, `context ${context}`);
  writeFileSync(kubeconfig, yamlText(config), { mode: 0o600 });
  const target = { name, kubeconfig };
  const [nodes, apiServer] = await Promise.all([
    kubectlJson<NodeList>(target, ['get', 'nodes'], { timeout: 20 }),
    reachableApiServer(target, config.clusters[0]!.cluster.server),
  ]);
  return {
    ...{ kubeconfig, apiServer },
    nodes: nodes.items.map(({ metadata, status }) => ({
      name: metadata.name,
      address: status.addresses.find(({ type }) => type === 'InternalIP')?.address ?? '',
    })),
  };
}

/** The address for the other clusters: a kubeconfig of kind's names this machine only, the API server knows its own. */
async function reachableApiServer(target: Target, server: string): Promise<string> {
  const { hostname } = new URL(server);
  const local =
    hostname === 'localhost' || (isIP(hostname) === 4 && hostname.startsWith('127.')) || hostname === '[::1]';
  if (!local) return server;
  const args = ['-n', 'default', 'get', 'endpointslices', '-l', 'kubernetes.io/service-name=kubernetes'];
  const [slice] = (await kubectlJson<EndpointSliceList>(target, args)).items;
  const address = slice?.endpoints[0]?.addresses[0];
  return address ? `https://${address}:${slice.ports[0]!.port}` : server;
}
