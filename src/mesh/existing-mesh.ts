import type { V1Namespace } from '@kubernetes/client-node';
import type { LiveCluster } from '../clusters/live.js';
import { kubectl, kubectlJson } from '../clusters/kubectl.js';
import { settleAll } from '../clusters/scope.js';
import { exitCode, MeshproofError } from '../topology/errors.js';
import type { Plan } from '../topology/types.js';
import { eastWestGateway, istioNamespace, sampleNamespace } from './layout.js';

interface ServiceList {
  items: { status: { loadBalancer?: { ingress?: { ip?: string; hostname?: string }[] } } }[];
}

/**
 * Throws (exit 3) when a cluster has a mesh, Istio's types, or a namespace with the name of the sample's, that the harness did not
 * make: installing over it would take it over, and the removal would delete it.
 */
export async function refuseForeignMesh(plan: Plan, clusters: readonly LiveCluster[]): Promise<void> {
  const foreign = {
    [istioNamespace]: {
      message: 'there is a mesh that meshproof did not install',
      expected: 'a cluster without Istio, or one whose mesh is to be proven as it is',
      remedy: `set attach: true in ${plan.topologyFile}, or say --replace-mesh to install over it`,
    },
    [sampleNamespace]: {
      message: `there is a namespace ${sampleNamespace} that meshproof did not make`,
      expected: 'a cluster without it: the workloads that are called come into a namespace of this name',
      remedy: 'delete it if nobody needs what is in it, or say --replace-mesh to have it deleted with the mesh',
    },
  };
  await settleAll(
    clusters.map(async ({ handle }) => {
      const { items } = await kubectlJson<{ items: V1Namespace[] }>(handle, ['get', 'namespaces']);
      const ours = (name: string): boolean | undefined => {
        const found = items.find(({ metadata }) => metadata!.name === name);
        return found && found.metadata!.labels?.['app.kubernetes.io/managed-by'] === 'meshproof';
      };
      for (const [namespace, { message, expected, remedy }] of Object.entries(foreign)) {
        if (ours(namespace) !== false) continue;
        const where = `${handle.name}/${namespace}`;
        throw new MeshproofError(message, exitCode.preflight, { where, expected, remedy });
      }
      if (ours(istioNamespace)) return;
      // an istiod in a namespace of another name, or objects that wait for one: the removal purges all of Istio
      const types = (await kubectl(handle, ['get', 'customresourcedefinitions', '-o', 'name'])).split('\n');
      const istios = types.find((type) => type.endsWith('.istio.io'));
      if (!istios) return;
      throw new MeshproofError('there is Istio that meshproof did not install', exitCode.preflight, {
        where: `${handle.name}/${istios}`,
        expected: 'a cluster without any types of Istio: they, and every object of theirs, go with the mesh at the end',
        remedy:
          'prove it on other clusters, or say --replace-mesh to install over it and have all of Istio deleted at the end',
      });
    }),
  );
}

/**
 * Takes a mesh as it is: finds the east-west addresses, and checks that the sample workloads are there. Changes nothing.
 * Throws (exit 4) when Istio or the workloads are missing.
 */
export async function attachMesh(plan: Plan, clusters: readonly LiveCluster[]): Promise<void> {
  await settleAll(
    clusters.map(async ({ handle, plan: own }) => {
      const missing = (what: string, remedy: string): MeshproofError =>
        new MeshproofError(`${what} is not there`, exitCode.environment, {
          where: `${handle.name}`,
          expected: `the mesh of ${plan.topologyFile}, up already (attach: true)`,
          remedy,
        });
      const names = ['sleep', ...own.helloworld.map((version) => `helloworld-${version}`)];
      const found = await kubectl(handle, ['-n', sampleNamespace, 'get', 'deployments', '-o', 'name']);
      const absent = names.filter((name) => !found.split('\n').includes(`deployment.apps/${name}`));
      if (absent.length > 0)
        throw missing(
          `deployment ${absent.join(', ')} in namespace ${sampleNamespace}`,
          'deploy it, or leave it out of the topology',
        );
      const selector = ['-l', 'istio=eastwestgateway'];
      const gateways = await kubectlJson<ServiceList>(handle, ['-n', istioNamespace, 'get', 'services', ...selector]);
      const ingress = gateways.items[0]?.status.loadBalancer?.ingress?.[0];
      handle.eastWestAddress = ingress?.ip ?? ingress?.hostname;
      if (plan.features['multi-network'] && !handle.eastWestAddress) {
        throw missing(`the address of ${eastWestGateway}`, 'look at its service: kubectl -n istio-system get services');
      }
    }),
  );
}
