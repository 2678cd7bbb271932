import type { V1Pod } from '@kubernetes/client-node';
import type { HeldCertificates } from '../../probe/workload-certificates.js';
import type { Connected } from '../../probe/tcp-connection.js';
import { whyNot } from '../check.js';
import type { ClusterView } from '../cluster-view.js';
import { isAlive, isReady, proxyOf } from '../object-kinds.js';
import type { Pick } from './balancing.js';
import { arrivals } from './callee-hops.js';
import { applicationStep, endpointStep, wayStep, type Place } from './endpoint-hops.js';
import { throughGateway } from './gateway-hops.js';
import { podText, stepsOf, targetPort, type PathScene } from './path-scene.js';
import type { PathHop, Step, Trace } from './path-types.js';

/** What the ways to all endpoints share. */
export interface Departure {
  scene: PathScene;
  /** What the caller's proxy shows and believes. */
  caller: HeldCertificates;
}

/** An endpoint, its place, and the result of a connection to it. */
export interface Candidate {
  pick: Pick;
  place: Place;
  connected?: Connected | { failed: string };
}

/** The ways on from one endpoint: one for each pod that it leads to. `before` is what was seen on the way to it. */
export async function followEndpoint(
  departure: Departure,
  candidate: Candidate,
  before: readonly Step[],
): Promise<Trace[]> {
  const { scene } = departure;
  const { pick, place } = candidate;
  const endpoint = `${pick.address}:${pick.port}`;
  const to =
    place.is === 'gateway'
      ? place.gateway.cluster.name
      : place.is === 'pod'
        ? place.cluster.name
        : pick.cluster || undefined;
  const trace = (steps: readonly Step[], share = pick.share): Trace => ({
    to,
    endpoint,
    share,
    endpoints: 1,
    steps: untilBroken([...before, ...steps]),
  });
  const first = endpointStep(scene, pick, place);
  if (first.is === 'broken' || place.is === 'unknown') return [trace([first])];
  const way = (listens?: boolean): Step => {
    const { connected } = candidate;
    if (typeof connected === 'string') return wayStep(scene, endpoint, place, connected, listens);
    return stepsOf('way', scene.home.name, endpoint).unknown(connected?.failed ?? 'no connection was tested');
  };
  if (place.is === 'pod') {
    const sees = typeof candidate.connected === 'string' ? candidate.connected : undefined;
    return [trace([first, way(), ...(await atPod(departure, place.cluster, place.pod, pick, sees))])];
  }
  const through = await throughGateway(scene, place.gateway, pick);
  const until = [first, way(through.listens), ...through.steps];
  if (until.some(({ is }) => is === 'broken') || through.targets.length === 0) return [trace(until)];
  const { cluster } = place.gateway;
  const pods = await cluster.list('pods', scene.called.namespace);
  const limited = through.targets.slice(0, mostPods);
  return Promise.all(
    limited.map(async (target) => {
      const share = pick.share / limited.length;
      const pod = pods.find((one) => isAlive(one) && target.startsWith(`${one.status?.podIP}:`));
      const { ok, broken } = stepsOf('remote endpoint', cluster.name, target);
      if (!pod)
        return trace(
          [
            ...until,
            broken(
              `no pod of ${cluster.name} has this address`,
              `check whether the istiod of ${cluster.name} reads it`,
            ),
          ],
          share,
        );
      if (!isReady(pod))
        return trace(
          [
            ...until,
            broken(
              `${podText(pod)} is not ready`,
              `kubectl -n ${pod.metadata?.namespace} describe pod ${pod.metadata?.name}`,
            ),
          ],
          share,
        );
      return trace([...until, ok(podText(pod)), ...(await atPod(departure, cluster, pod, pick))], share);
    }),
  );
}

/** Pods behind one endpoint that are looked at; of more, these stand for all. */
const mostPods = 4;

/** TLS, policies and the application at the pod that is called. */
async function atPod(
  { scene, caller }: Departure,
  cluster: ClusterView,
  pod: V1Pod,
  pick: Pick,
  sees?: Connected,
): Promise<Step[]> {
  const { called, services, pod: callerPod } = scene;
  const { namespace = '', name = '' } = pod.metadata ?? {};
  const port = targetPort(services.get(cluster.name), called.port, pod);
  const sidecar = proxyOf(pod) !== undefined;
  const untold = (hop: PathHop) => (error: unknown) => stepsOf(hop, cluster.name, podText(pod)).unknown(whyNot(error));
  const [facts, listening] = await Promise.all([
    sidecar
      ? cluster.proxy({ namespace, pod: name }, { listeners: '^virtualInbound$', secrets: true }).catch(untold('mtls'))
      : undefined,
    sidecar
      ? // as its proxy does: from an address that no rule of the pod redirects
        cluster.connect(namespace, name, [`${pod.status?.podIP}:${port}`], '127.0.0.6').catch(untold('application'))
      : [sees],
  ]);
  const last = Array.isArray(listening) ? applicationStep(cluster.name, pod, port, listening[0]) : listening;
  if (facts && 'hop' in facts) return [facts, last];
  return [
    ...arrivals({
      cluster: cluster.name,
      pod,
      port,
      path: called.path,
      pick,
      caller,
      callerAt: podText(callerPod),
      facts,
    }),
    last,
  ];
}

/** Steps up to the first that is broken. */
export function untilBroken(steps: readonly Step[]): Step[] {
  const end = steps.findIndex(({ is }) => is === 'broken');
  return end < 0 ? [...steps] : steps.slice(0, end + 1);
}
