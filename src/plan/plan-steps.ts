import { installerOf } from '../installer/installers.js';
import { eastWestGateway } from '../topology/features.js';
import { defaultRevision } from '../topology/istio-names.js';
import { controlPlanesIn, ownPlane } from '../topology/mesh-layout.js';
import type { ClusterPlan, ControlPlane, Plan, PlanStep } from '../topology/plan-types.js';
import { inOrder } from './step-order.js';

type Drawn = Omit<Plan, 'steps'>;

/** The graph by which the mesh of a plan is made: `plan` prints it, and it is what is executed. */
export function planSteps(plan: Drawn): PlanStep[] {
  const { clusters } = plan;
  if (plan.attach) return inOrder([...attachSteps(clusters), ...clusters.map(existingMesh)]);
  return inOrder([...(plan.provider === 'kind' ? kindSteps(plan) : attachSteps(clusters)), ...meshSteps(plan)]);
}

function each<T>(list: readonly T[], make: (one: T) => PlanStep | undefined): PlanStep[] {
  return list.flatMap((one) => make(one) ?? []);
}

function step(
  kind: PlanStep['kind'],
  cluster: ClusterPlan | undefined,
  title: string,
  after: readonly string[],
): PlanStep {
  return { id: idOf(kind, cluster), kind, ...(cluster && { cluster: cluster.name }), title, after: [...after] };
}

function idOf(kind: PlanStep['kind'], cluster?: ClusterPlan): string {
  const word = kind.toLowerCase().replaceAll(' ', '-');
  return cluster ? `${word}/${cluster.name}` : word;
}

function kindSteps({ docker, images, clusters }: Drawn): PlanStep[] {
  const made = (cluster: ClusterPlan): string => idOf('kind cluster', cluster);
  const routes = (from: ClusterPlan): PlanStep | undefined => {
    const near = clusters.filter(({ network }) => network === from.network);
    const others = near.filter((to) => to !== from);
    if (others.length === 0) return undefined;
    const ranges = others.map((to) => `to the pods ${to.podCIDR} and services ${to.serviceCIDR} of ${to.name}`);
    return step('routes', from, `routes ${ranges.join(', ')}`, near.map(made));
  };
  return [
    step('node image', undefined, `node image: ${images['kind-node']} with every other image in it`, []),
    step('Docker network', undefined, `${docker.network}, ${docker.subnet}, nodes in ${docker.nodeRange}`, []),
    ...each(clusters, (c) => {
      const nodes = `${c.workers + 1} ${c.workers === 0 ? 'node' : 'nodes'} in ${c.region}/${c.zone}`;
      return step('kind cluster', c, `${c.kindName}, ${nodes}`, [idOf('node image'), idOf('Docker network')]);
    }),
    ...each(clusters, (c) => step('service routing', c, 'its nodes have routes to the Service addresses', [made(c)])),
    ...each(clusters, (c) => {
      const { first, last } = c.loadBalancerRange;
      return step('MetalLB', c, `load balancers get ${first}-${last}`, [idOf('service routing', c)]);
    }),
    ...each(clusters, routes),
  ];
}

function attachSteps(clusters: readonly ClusterPlan[]): PlanStep[] {
  return [
    ...each(clusters, (c) => step('attach', c, `context ${c.context}`, [])),
    ...each(clusters, (c) => step('lease', c, 'no other run uses the cluster', [idOf('attach', c)])),
  ];
}

function existingMesh(cluster: ClusterPlan): PlanStep {
  const title = 'the existing mesh, with helloworld and sleep; installs nothing';
  return step('existing mesh', cluster, title, [idOf('lease', cluster)]);
}

function meshSteps(plan: Drawn): PlanStep[] {
  const { controlPlanes, clusters } = plan;
  const kind = plan.provider === 'kind';
  const primaries = clusters.filter(({ role }) => role === 'primary');
  const remotes = clusters.filter(({ role }) => role === 'remote');
  const multiNetwork = plan.features['multi-network'];
  const gatewayOf = (c: ClusterPlan) => eastWestGateway(c, clusters);
  const exposes = (c: ClusterPlan): string => {
    const { services, istiod } = gatewayOf(c)!;
    return [services && 'the services', istiod && 'istiod'].filter(Boolean).join(' and ');
  };
  const planes = primaries.flatMap((c) => controlPlanesIn(plan, c.name).map((what, i, all) => ({ c, what, i, all })));
  /** Of a control plane; the first one of a cluster has the cluster's name alone. */
  const planeId = (step: 'istiod' | 'installation', { id, cluster, revision }: ControlPlane): string =>
    `${step}/${cluster}${controlPlanes.find((one) => one.cluster === cluster)!.id === id ? '' : `/${revision}`}`;
  const ofPlane = (what: ControlPlane, step: PlanStep): PlanStep => ({ ...step, controlPlane: what.id });
  const comesWithIstiod = (c: ClusterPlan): boolean =>
    c.role === 'primary' && installerOf(ownPlane(plan, c.name)).gatewayWithIstiod;
  /** What ends the installation of a control plane. */
  const installed = (what: ControlPlane): string =>
    planeId(installerOf(what).gatewayWithIstiod ? 'installation' : 'istiod', what);
  /** What puts the east-west gateway on a cluster. */
  const gatewayStep = (c: ClusterPlan): string =>
    comesWithIstiod(c) ? installed(ownPlane(plan, c.name)) : idOf('east-west gateway', c);
  /** What proves that new pods of a cluster get a sidecar. */
  const injects = (c: ClusterPlan): string =>
    c.role === 'primary' ? planeId('istiod', ownPlane(plan, c.name)) : idOf('injection', c);
  /** What proves that remotes reach the istiod of a primary. */
  const serves = (c: ClusterPlan): string[] => [idOf('exposed istiod', c), idOf('gateway address', c)];
  const primaryOf = (c: ClusterPlan): ClusterPlan => clusters.find(({ name }) => name === c.primary)!;
  const prepared = (c: ClusterPlan): string => idOf('certificates and namespace', c);
  const nameOf = ({ version, revision }: ControlPlane): string =>
    `istiod ${version}${revision === defaultRevision ? '' : `, revision ${revision},`}`;
  return [
    ...each(clusters, (c) =>
      step('inventory', c, 'the objects in the cluster before the mesh', [idOf(kind ? 'kind cluster' : 'lease', c)]),
    ),
    ...each(clusters, (c) => {
      // of clusters that are there already none is changed before all have been looked at
      const looked = (kind ? [c] : clusters).map((one) => idOf('inventory', one));
      return step('certificates and namespace', c, `intermediate CA of the common root, network ${c.network}`, looked);
    }),
    ...each(planes, ({ c, what, i, all }) => {
      const withGateway = gatewayOf(c) && what.id === c.controlPlane && comesWithIstiod(c);
      const gateway = withGateway ? ` and east-west gateway of ${c.network}` : '';
      const title = `${nameOf(what)}${gateway} by ${what.installer}, until injection works`;
      // one after the other: the first one becomes the default of the cluster
      const first = [prepared(c), ...(kind ? [idOf('service routing', c)] : [])];
      const after = i === 0 ? first : [installed(all[i - 1]!)];
      return ofPlane(what, { ...step('istiod', c, title, after), id: planeId('istiod', what) });
    }),
    ...each(planes, ({ c, what }) => {
      if (!installerOf(what).gatewayWithIstiod) return undefined;
      const gateway = gatewayOf(c) && what.id === c.controlPlane ? ', with the gateway' : '';
      const own = step('installation', c, `${what.installer} ends${gateway}`, [planeId('istiod', what)]);
      return ofPlane(what, { ...own, id: planeId('installation', what) });
    }),
    ...each(primaries, (c) =>
      gatewayOf(c)?.istiod
        ? step('exposed istiod', c, 'at the east-west gateway, for remotes', [gatewayStep(c)])
        : undefined,
    ),
    ...each(remotes, (c) => {
      // kind: the address is planned, so the remote's types, roles and webhooks are there when the primary first reads it
      const served = kind ? [] : serves(primaryOf(c));
      const what = ownPlane(plan, c.name);
      const title = `profile remote of ${what.version} by ${what.installer}, served by istiod of ${c.primary} through its east-west gateway`;
      return ofPlane(what, step('remote profile', c, title, [prepared(c), ...served]));
    }),
    ...each(clusters, (c) => {
      const readers = primaries.filter((reader) => reader !== c);
      if (readers.length === 0) return undefined;
      // an istiod that starts waits up to 30 s (PILOT_REMOTE_CLUSTER_TIMEOUT) for a remote cluster; and it must serve the
      // webhook and the namespaces of a remote before proxies come there
      const first = c.role === 'primary' ? [injects(c)] : [idOf('remote profile', c), ...serves(primaryOf(c))];
      const title = `istiod of ${readers.map(({ name }) => name).join(' and ')} may read ${c.name}`;
      return step('remote secret', c, title, [...first, ...readers.map(prepared)]);
    }),
    ...each(remotes, (c) => step('injection', c, 'new pods get a sidecar', [idOf('remote secret', c)])),
    ...each(clusters, (c) =>
      multiNetwork
        ? step('exposed services', c, 'at the east-west gateway, for other networks', [injects(c)])
        : undefined,
    ),
    ...each(clusters, (c) => {
      if (!gatewayOf(c) || comesWithIstiod(c)) return undefined;
      const what = ownPlane(plan, c.name);
      const title = `of ${c.network} by ${what.installer}, exposing ${exposes(c)}`;
      return ofPlane(what, step('east-west gateway', c, title, [injects(c)]));
    }),
    ...each(clusters, (c) => {
      if (!gatewayOf(c)) return undefined;
      const title = `of the east-west gateway of ${c.network}, exposing ${exposes(c)}`;
      return step('gateway address', c, title, [gatewayStep(c), ...(kind ? [idOf('MetalLB', c)] : [])]);
    }),
    ...each(clusters, (c) => {
      const workloads = ['sleep', ...c.helloworld.map((version) => `helloworld ${version}`)].join(', ');
      return step('helloworld and sleep', c, workloads, [injects(c)]);
    }),
  ];
}
