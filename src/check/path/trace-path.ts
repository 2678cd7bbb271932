import { escapeRegExp } from '../../kernel/text.js';
import { exitCode, MeshproofError } from '../../kernel/errors.js';
import type { ProxyFacts } from '../../probe/proxy-facts.js';
import { heldCertificates } from '../../probe/workload-certificates.js';
import { whyNot } from '../check.js';
import type { MeshView } from '../mesh-view.js';
import { isReady } from '../object-kinds.js';
import { picksOf } from './balancing.js';
import { captured, resolved } from './caller-hops.js';
import { placeOf } from './endpoint-hops.js';
import { foldTraces } from './fold-traces.js';
import { followEndpoint, untilBroken, type Candidate } from './follow-endpoint.js';
import { gatewaysOf } from './gateways-of-mesh.js';
import { keepsLocal, whyMissing } from './missing-endpoints.js';
import { outboundOf, questionFor } from './outbound-hops.js';
import { hostOf, podsOfService, podText, stepsOf, type PathScene } from './path-scene.js';
import type { Called, Caller, Path, Step, Trace } from './path-types.js';
import { ownerOf } from './proxy-route.js';

/** Endpoints into one cluster that are looked at; of more, these stand for all. */
const mostEndpoints = 8;

/**
 * Follows the calls of a pod to a port of a service, hop by hop. It reads the configuration of its proxy, the gateways,
 * the called pods' proxies and istiod. Changes nothing. Throws (exit 2) if the pod or service does not exist.
 */
export async function tracePath(mesh: MeshView, caller: Caller, called: Called): Promise<Path> {
  const path = await followCall(mesh, caller, called);
  for (const steps of [path.before, ...[...path.traces, ...path.missing].map((trace) => trace.steps)])
    for (const step of steps)
      if (step.remedy !== undefined) step.remedy = mesh.aimed(step.remedy, step.remedyFor ?? step.cluster);
  return path;
}

async function followCall(mesh: MeshView, caller: Caller, called: Called): Promise<Path> {
  const scene = await sceneOf(mesh, caller, called);
  const path: Path = { caller, called, before: [], traces: [], missing: [] };
  const go = (...steps: Step[]): boolean => {
    path.before.push(...steps);
    return steps.every(({ is }) => is === 'ok');
  };
  if (!go(captured(scene)) || !go(await resolved(scene))) return path;
  const { home, host, pod } = scene;
  const own = { namespace: caller.namespace, pod: caller.pod };
  const clusters = `^outbound\\|${called.port}\\|.*\\|${escapeRegExp(host)}$`;
  const facts = await home
    .proxy(own, { ...questionFor(called.port), clusters, secrets: true })
    .catch((error: unknown) => stepsOf('listener', home.name, podText(pod)).unknown(whyNot(error)));
  if ('hop' in facts) return { ...path, before: [...path.before, facts] };
  const { steps, sends, ended } = outboundOf(scene, facts);
  path.traces.push(...ended);
  if (!go(...steps)) return path;
  const more = await clustersOf(
    scene,
    facts,
    sends.map(({ name }) => name),
  );
  const departure = { scene, caller: heldCertificates(facts.secrets) };
  const gateways = await gatewaysOf(mesh);
  const reached = new Set<string>();
  for (const { name, share } of sends) {
    const found = await candidatesOf(scene, more, name, share, gateways);
    if ('step' in found) {
      path.traces.push({ endpoint: 'no endpoint', share, endpoints: 0, steps: [found.step] });
      continue;
    }
    for (const { place } of found.candidates)
      if (place.is !== 'unknown') reached.add(place.is === 'pod' ? place.cluster.name : place.gateway.cluster.name);
    const traces = await Promise.all(
      found.candidates.map((one) => followEndpoint(departure, one, stepsBefore(found.before, one))),
    );
    path.traces.push(...traces.flat());
  }
  // a subset may be in some clusters only
  if (sends.some(({ name }) => name === `outbound|${called.port}||${host}`))
    path.missing = await missingFrom(scene, reached);
  path.traces = foldTraces(path.traces);
  return path;
}

/** Reads what is needed to begin with. */
async function sceneOf(mesh: MeshView, caller: Caller, called: Called): Promise<PathScene> {
  const home = mesh.clusters.find(({ name }) => name === caller.cluster)!;
  const pods = await home.list('pods', caller.namespace);
  const pod = pods.find(({ metadata }) => metadata?.name === caller.pod);
  const found = await Promise.all(
    mesh.clusters.map(async (cluster) => {
      const services = await cluster.list('services', called.namespace);
      const service = services.find(({ metadata }) => metadata?.name === called.name);
      return service ? ([[cluster.name, service]] as const) : [];
    }),
  );
  const services = new Map(found.flat());
  const missing = !pod
    ? `pod ${caller.namespace}/${caller.pod} in ${caller.cluster}`
    : services.size === 0
      ? `Service ${called.namespace}/${called.name} in any cluster`
      : undefined;
  if (missing || !pod)
    throw new MeshproofError(`there is no ${missing}`, exitCode.usage, {
      expected: 'a caller pod[.namespace]@cluster and a service name.namespace:port',
    });
  return { mesh, caller, called, home, pod, host: hostOf(pod, called), services };
}

/** What the proxy has of the clusters that calls are sent to; those of other services are asked for as well. */
async function clustersOf(
  { home, caller }: PathScene,
  facts: ProxyFacts,
  names: readonly string[],
): Promise<ProxyFacts> {
  const lacking = names.filter((name) => !facts.clusters.some((one) => one.name === name));
  if (lacking.length === 0) return facts;
  const more = await home.proxy(
    { namespace: caller.namespace, pod: caller.pod },
    { clusters: `^(${lacking.map(escapeRegExp).join('|')})$` },
  );
  return {
    ...facts,
    clusters: [...facts.clusters, ...more.clusters],
    assignments: [...facts.assignments, ...more.assignments],
    hosts: new Map([...facts.hosts, ...more.hosts]),
  };
}

/** The endpoints of a cluster of Envoy's that are worth to be followed, with what became of connections to them. */
async function candidatesOf(
  scene: PathScene,
  facts: ProxyFacts,
  name: string,
  share: number,
  gateways: Parameters<typeof placeOf>[1],
): Promise<{ step: Step } | { before: Step[]; candidates: Candidate[] }> {
  const { home, caller, pod } = scene;
  const [, port, subset, host] = name.split('|');
  const at = podText(pod);
  const cluster = facts.clusters.find((one) => one.name === name);
  const { ok, broken } = stepsOf('cluster', home.name, at);
  if (!cluster)
    return {
      step: broken(
        `its route leads to ${subset ? `subset ${subset} of ` : ''}${host ?? name}${port ? `, port ${port}` : ''}, which its proxy does not have: calls end with 503 (NC)`,
        subset
          ? `define subset ${subset} in the DestinationRule of ${host}`
          : 'correct the destination of the VirtualService',
      ),
    };
  const owner = ownerOf(cluster.metadata?.filter_metadata?.istio?.config);
  const assignment = facts.assignments.find(({ cluster_name: own }) => own === name);
  const picks = picksOf(cluster, assignment, facts.hosts.get(name) ?? []).map((pick) => ({
    ...pick,
    share: pick.share * share,
  }));
  const before = [ok(`${name}${owner ? `, by ${owner}` : ''}`)];
  const balancing = stepsOf('balancing', home.name, at);
  const out = picks.filter((one) => one.out);
  if (picks.length === 0 || out.length === picks.length)
    return {
      step: balancing.broken(
        picks.length === 0
          ? `${subset ? `subset ${subset}` : name} has no endpoint: calls end with 503 (UH)`
          : `all ${picks.length} endpoints are out of rotation (${out[0]!.out}): calls end with 503 (UH)`,
        subset && picks.length === 0
          ? `check which pods have the labels of subset ${subset} of ${owner ?? host}`
          : 'check the pods of the service, and outlierDetection of its DestinationRule',
      ),
    };
  const placed = await Promise.all(picks.map(async (pick) => ({ pick, place: await placeOf(scene, gateways, pick) })));
  const followed = chosen(placed);
  const addresses = followed.map(({ pick }) => `${pick.address}:${pick.port}`);
  const connections = await home
    .connect(caller.namespace, caller.pod, addresses)
    .catch((error: unknown) => ({ failed: whyNot(error) }));
  const candidates = followed.map((one, i) => ({
    ...one,
    connected: Array.isArray(connections) ? connections[i] : connections,
  }));
  return { before, candidates };
}

/** The endpoints that are followed: those in rotation, and of a cluster that has none of these all; no more than a few of each cluster. */
function chosen(placed: readonly Candidate[]): Candidate[] {
  const whereTo = ({ place, pick }: Candidate): string =>
    place.is === 'pod' ? place.cluster.name : place.is === 'gateway' ? place.gateway.cluster.name : pick.cluster;
  return [...new Set(placed.map(whereTo))].flatMap((cluster) => {
    const own = placed.filter((one) => whereTo(one) === cluster);
    const turning = own.filter(({ pick }) => !pick.out);
    const all = turning.length > 0 ? turning : own;
    const some = all.slice(0, mostEndpoints);
    return some.map((one) => ({ ...one, pick: { ...one.pick, share: (one.pick.share * all.length) / some.length } }));
  });
}

/** What is said of an endpoint before it is followed: how calls are spread. */
function stepsBefore(before: readonly Step[], { pick }: Candidate): Step[] {
  const { ok, broken } = stepsOf('balancing', before[0]!.cluster, before[0]!.at);
  if (pick.out)
    return untilBroken([
      ...before,
      broken(
        `${pick.address}:${pick.port} is out of rotation: ${pick.out}`,
        'find out why its pods fail, or whether outlierDetection is too strict',
      ),
    ]);
  const place = pick.locality ? `in ${pick.locality}` : 'without a locality';
  return [...before, ok(`priority ${pick.priority}, ${place}`, { priority: pick.priority, locality: pick.locality })];
}

/** Clusters with ready pods of the service to which nothing of what the caller's proxy has leads. */
async function missingFrom(scene: PathScene, reached: ReadonlySet<string>): Promise<Trace[]> {
  const { mesh, services, host, home } = scene;
  if (
    keepsLocal(
      await mesh
        .primaryOf(home)
        .meshConfig()
        .catch(() => undefined),
      host,
    )
  )
    return [];
  const absent = mesh.clusters.filter(({ name }) => services.has(name) && !reached.has(name));
  const found = await Promise.all(
    absent.map(async (cluster): Promise<Trace[]> => {
      if (!(await podsOfService(cluster, services.get(cluster.name))).some(isReady)) return [];
      const step = await whyMissing(scene, cluster).catch((error: unknown) =>
        stepsOf('endpoint', home.name, `istiod of ${mesh.primaryOf(home).name}`).unknown(
          `no endpoint is in ${cluster.name}; ${whyNot(error)}`,
        ),
      );
      return [{ to: cluster.name, endpoint: 'no endpoint', share: 0, endpoints: 0, steps: [step] }];
    }),
  );
  return found.flat();
}
