import type { V1Pod, V1Service } from '@kubernetes/client-node';
import { MeshView, type LookOptions } from '../check/mesh-view.js';
import { proxyOf } from '../check/object-kinds.js';
import { findCaller } from '../check/path/parse-call.js';
import { settleAll } from '../kernel/cancellation.js';
import { exitCode, MeshproofError } from '../kernel/errors.js';
import { read } from '../kube/api.js';
import { selectorText } from '../kube/pods.js';
import type { MeshState } from '../mesh/mesh-state.js';
import type { ClusterHandle } from '../provider/cluster-handle.js';
import { injectionLabels } from '../topology/istio-names.js';
import { protocolOf, type OwnPath } from './own-path.js';

/** What the load's clients in a cluster call for a path of the user's. */
export interface OwnCall {
  /** The path as it was given. */
  path: string;
  /** What stands before its `=`. */
  caller: string;
  /** The cluster that calls. */
  from: string;
  /** `cart.shop:8080`, and the path of HTTP where one was given. */
  to: string;
  /** `cart.shop` */
  service: string;
  host: string;
  port: number;
  protocol: 'http' | 'tcp';
  httpPath: string;
}

/** A Service of the user's in a cluster, whose pods and endpoints may explain a loss. */
export interface Callee {
  cluster: string;
  namespace: string;
  name: string;
  /** Labels of its pods, as a selector; missing of a Service that selects none. */
  selector?: string;
}

/** All that the paths of the user come to on a mesh. */
export interface OwnCalls {
  calls: OwnCall[];
  callees: Callee[];
  /** By cluster: labels by which the load follows the revision of the user's workload. */
  injection: Record<string, Record<string, string>>;
}

/**
 * Finds on a mesh what the paths of the user are about: services, ports and the revisions of workloads. Changes nothing.
 * Throws (exit 2 or 3) where a service, its port or a workload is not there or cannot be called.
 */
export async function findOwnCalls(mesh: MeshState, paths: readonly OwnPath[], look?: LookOptions): Promise<OwnCalls> {
  const view = new MeshView(mesh, look);
  const found = await settleAll(paths.map((one) => findOwnCall(mesh, view, one)));
  const injection: OwnCalls['injection'] = {};
  for (const { call, revision } of found) {
    if (revision === undefined) continue;
    const labels = injectionLabels(revision);
    const before = injection[call.from];
    if (before && JSON.stringify(before) !== JSON.stringify(labels))
      throw new MeshproofError(
        `the workloads of two paths follow different revisions in ${call.from}`,
        exitCode.usage,
        {
          where: `--path ${call.path}`,
          expected: 'one revision for each cluster, because the load has one namespace there',
          remedy: 'guard the command once for each revision',
        },
      );
    injection[call.from] = labels;
  }
  const callees = new Map(found.flatMap(({ callees }) => callees.map((one) => [Object.values(one).join(' '), one])));
  return { calls: found.map(({ call }) => call), callees: [...callees.values()], injection };
}

async function findOwnCall(
  mesh: MeshState,
  view: MeshView,
  path: OwnPath,
): Promise<{ call: OwnCall; callees: Callee[]; revision?: string }> {
  const { name, namespace, port, path: httpPath } = path.called;
  const { text, caller } = path;
  // of a mesh of contexts a name may be the context of another cluster
  const from = (mesh.clusters.find(({ context }) => context === path.from) ??
    mesh.clusters.find(({ name }) => name === path.from))!;
  const services = await settleAll(
    mesh.clusters.map(async (cluster) => ({
      cluster,
      service: await read<V1Service>(cluster, `/api/v1/namespaces/${namespace}/services/${name}`),
    })),
  );
  const there = services.flatMap(({ cluster, service }) => (service ? [{ cluster, service }] : []));
  // as the caller's cluster says it, where that has the Service
  const nearest = there.find(({ cluster }) => cluster === from) ?? there[0];
  const protocol = spokenBy(path, nearest?.service);
  const callees = there.map(({ cluster, service }): Callee => {
    const selector = selectorText(service.spec?.selector);
    return { cluster: cluster.name, namespace, name, ...(selector !== undefined && { selector }) };
  });
  const call: OwnCall = {
    ...{ path: text, caller, from: from.name, service: `${name}.${namespace}` },
    to: `${name}.${namespace}:${port}${httpPath === '/' ? '' : httpPath}`,
    ...{ host: `${name}.${namespace}.svc.cluster.local`, port, protocol, httpPath },
  };
  return { call, callees, revision: path.workload && (await revisionOf(view, from, path.workload, text)) };
}

/** How a port is called. Throws (exit 2) where that cannot be known, or nobody has it. */
function spokenBy({ called: { name, namespace, port }, http, text }: OwnPath, service?: V1Service): 'http' | 'tcp' {
  const where = `--path ${text}`;
  const ports = service?.spec?.ports ?? [];
  const own = ports.find((one) => one.port === port);
  if (!service || !own)
    throw new MeshproofError(
      service
        ? `the Service ${namespace}/${name} has no port ${port}`
        : `no cluster has a Service ${namespace}/${name}`,
      exitCode.usage,
      {
        where,
        expected: service ? `one of ${ports.map((one) => one.port).join(', ')}` : 'a Service of this mesh',
        remedy: `see them with: kubectl -n ${namespace} get services`,
      },
    );
  const spoken = protocolOf(own, http);
  if ('protocol' in spoken) return spoken.protocol;
  throw new MeshproofError(spoken.problem, exitCode.usage, {
    where,
    expected: `a port ${port} whose name or appProtocol is http, http2, grpc, tcp, mongo, mysql or redis`,
    remedy: `if it speaks HTTP without TLS, write http://${name}.${namespace}:${port}`,
  });
}

/** The revision that the proxy of a workload has now, by its pod. Throws (exit 3) where it has none. */
async function revisionOf(
  view: MeshView,
  cluster: ClusterHandle,
  { namespace, name }: NonNullable<OwnPath['workload']>,
  text: string,
): Promise<string> {
  const { pod: podName } = await findCaller(view, `${name}.${namespace}@${cluster.name}`);
  const pod = await read<V1Pod>(cluster, `/api/v1/namespaces/${namespace}/pods/${podName}`);
  const revision = pod && proxyOf(pod) ? pod.metadata?.annotations?.['istio.io/rev'] : undefined;
  if (revision !== undefined) return revision;
  throw new MeshproofError(`the pod ${namespace}/${podName} of ${cluster.name} has no sidecar`, exitCode.preflight, {
    where: `--path ${text}`,
    expected: 'a workload whose pods have a sidecar, with the annotation istio.io/rev',
    remedy: `leave the workload out: --path ${text.slice(text.indexOf('@') + 1)}`,
  });
}
