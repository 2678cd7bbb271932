import { exitCode, MeshproofError } from '../../kernel/errors.js';
import type { MeshView } from '../mesh-view.js';
import { isAlive, isReady, proxyOf } from '../object-kinds.js';
import type { Called, Caller } from './path-types.js';

function wrong(what: string, read: string, expected: string): MeshproofError {
  return new MeshproofError(`${read} is not a valid ${what}`, exitCode.usage, { expected });
}

/** `helloworld.sample:5000/hello`, `sample/helloworld:5000` or the same behind `http://`. Throws (exit 2) for anything else. */
export function parseCalled(text: string): Called {
  const words = text.replace(/^[a-z]+:\/\//, '');
  const [, first, separator, second, port, path] =
    /^([a-z0-9-]+)([./])([a-z0-9-]+)(?:\.svc[a-z0-9.-]*)?:(\d+)(\/.*)?$/.exec(words) ?? [];
  if (!first || !second)
    throw wrong('service', text, 'name.namespace:port or namespace/name:port, such as helloworld.sample:5000');
  const [name, namespace] = separator === '.' ? [first, second] : [second, first];
  return { name, namespace, port: Number(port), path: path ?? '/' };
}

/** `sleep.sample@cluster1`: a workload or a pod. Throws (exit 2) for anything else, and if the pod does not exist. */
export async function findCaller(mesh: MeshView, text: string): Promise<Caller> {
  const [, name, namespace, cluster] = /^(?:pod\/)?([a-z0-9-]+)\.([a-z0-9-]+)@(\S+)$/.exec(text) ?? [];
  if (!name || !namespace) throw wrong('caller', text, 'workload.namespace@cluster, such as sleep.sample@cluster1');
  const home = mesh.clusters.find((one) => one.name === cluster);
  if (!home) throw wrong('caller', text, `a cluster of this mesh: ${mesh.clusters.map((one) => one.name).join(', ')}`);
  const pods = (await home.list('pods', namespace)).filter(isAlive);
  const own = pods.filter(
    ({ metadata }) => metadata?.name === name || metadata?.labels?.['app'] === name || isOf(metadata?.name ?? '', name),
  );
  const best = own.find((pod) => isReady(pod) && proxyOf(pod)) ?? own[0];
  if (best) return { cluster: home.name, namespace, pod: best.metadata!.name! };
  throw new MeshproofError(`${home.name} has no pod of ${namespace}/${name}`, exitCode.usage, {
    expected: `a workload of namespace ${namespace}`,
    remedy: `see them with: kubectl -n ${namespace} get pods`,
  });
}

/** Whether a pod's name is that of a Deployment or StatefulSet with what these add to it. */
function isOf(pod: string, workload: string): boolean {
  return pod.startsWith(`${workload}-`) && /^[a-z0-9]+(-[a-z0-9]{5})?$/.test(pod.slice(workload.length + 1));
}
