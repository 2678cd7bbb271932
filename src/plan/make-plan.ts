import { dirname, resolve } from 'node:path';
import { planAddresses, type Addresses } from '../topology/plan-addresses.js';
import { chooseIstio, versionNotes } from '../supply/choose-versions.js';
import type { Complaint } from '../topology/complaint.js';
import { ProblemsError } from '../kernel/errors.js';
import { features } from '../topology/features.js';
import { planIstio } from './control-planes.js';
import { positionOf } from '../topology/positions.js';
import { planSteps } from './plan-steps.js';
import type { Environment, ImageRole } from '../topology/environment-types.js';
import type { Plan } from '../topology/plan-types.js';
import type { Topology } from '../topology/topology-types.js';

export interface PlanOptions {
  /** Ten characters a-z and 0-9; part of every name that is made. */
  runId: string;
  /** CIDRs of the Docker networks that are there already. */
  usedSubnets?: readonly string[];
  /** CIDRs that this machine has routes to; a block of the address pool that overlaps one is not chosen. */
  routed?: readonly string[];
  /** The subnet of a Docker network that this run has already; a topology's own `dockerSubnet` goes before it. */
  subnet?: string;
}

/** A host name ends at 63 characters, and the name of a node container is one. */
const nameLimit = 63;

/**
 * Resolves a topology in an environment. Pure: nothing is run or asked. Throws ProblemsError with everything that does not
 * fit together, MeshproofError (exit code 3) when no addresses are left.
 */
export function makePlan(topology: Topology, environment: Environment, options: PlanOptions): Plan {
  const complaints: Complaint[] = [];
  const { runId } = options;
  const existing = topology.provider === 'existing';
  const { version } = chooseIstio(
    environment.request.istio ?? topology.istio.version,
    ['istio', 'version'],
    environment,
  );
  const { controlPlanes, dataPlanes } = planIstio(topology, environment, complaints);
  const fill = (text: string): string => text.replaceAll('{istio}', version);
  const none: Addresses = {
    subnet: '',
    nodeRange: '',
    loadBalancers: topology.clusters.map(() => ({ first: '', last: '' })),
  };
  const { subnet, nodeRange, loadBalancers } = existing
    ? none
    : planAddresses(withSubnet(topology, options.subnet), environment, options, complaints);
  const clusters = topology.clusters.map(({ istio: _, ...cluster }, i) => ({
    ...cluster,
    ...dataPlanes.get(cluster.name)!,
    kindName: existing ? cluster.context! : `meshproof-${runId}-${cluster.name}`,
    loadBalancerRange: loadBalancers[i]!,
  }));
  for (const [i, { name, kindName, workers }] of clusters.entries()) {
    const most = environment.maxWorkers ?? workers;
    if (workers > most) {
      const message = `environment ${environment.name} creates clusters with ${most === 0 ? 'no workers' : `${most} workers at most`}`;
      complaints.push({
        path: ['clusters', i, 'workers'],
        message,
        read: String(workers),
        allowed: most === 0 ? '0' : `0 to ${most}`,
      });
    }
    const excess = `${kindName}-control-plane`.length - nameLimit;
    if (existing || excess <= 0) continue;
    complaints.push({
      path: ['clusters', i, 'name'],
      message: `the container name of ${name} would have ${nameLimit + excess} characters`,
      allowed: `a cluster name of at most ${name.length - excess}`,
    });
  }
  if (complaints.length > 0) {
    const problems = complaints.map(({ path, part, ...rest }) => ({
      file: topology.file,
      ...positionOf(topology, path, part),
      ...rest,
    }));
    throw new ProblemsError(problems.sort((a, b) => a.line - b.line || a.column - b.column));
  }
  const programs = mapValues(environment.programs, (program) => ({ ...program, version: fill(program.version) }));
  const versions = [...new Set(controlPlanes.map((one) => one.version))];
  const notes = [...environment.notes, ...versionNotes(topology, environment, versions)];
  const { 'istio-cni': cni, ...images } = mapValues(environment.images as Record<ImageRole, string>, fill);
  const { istioCharts, istioChartsSha256 } = environment;
  const charts = {
    ...(istioCharts && { istioCharts: fill(istioCharts) }),
    ...(istioChartsSha256 && { istioChartsSha256: fill(istioChartsSha256) }),
  };
  // images of the user's own become values for Istio's charts
  const values = JSON.parse(fill(JSON.stringify(environment.values))) as Environment['values'];
  const plan: Omit<Plan, 'steps'> = {
    version: 1,
    runId,
    topology: topology.name,
    topologyFile: topology.path,
    topologySha256: topology.sha256,
    description: topology.description,
    provider: topology.provider,
    attach: topology.attach,
    kubeconfig: topology.kubeconfig,
    external: withAbsolutePath(topology),
    environment: { ...environment, ...charts, programs, values, notes },
    features: features({ clusters, controlPlanes }),
    docker: { network: existing ? '' : `meshproof-${runId}`, subnet, nodeRange },
    istio: { ...topology.istio, version, hub: fill(environment.istioHub), tag: fill(environment.istioTag) },
    controlPlanes,
    images: { ...images, ...(controlPlanes.some(({ cni }) => cni) && { 'istio-cni': cni }) },
    clusters,
  };
  return { ...plan, steps: planSteps(plan) };
}

/** The behaviours read the file, in a process with another folder than the user's. */
function withAbsolutePath({ external, path }: Topology): Plan['external'] {
  return external && { ...external, authority: resolve(dirname(path), external.authority) };
}

function withSubnet(topology: Topology, subnet: string | undefined): Topology {
  return topology.dockerSubnet || !subnet ? topology : { ...topology, dockerSubnet: subnet };
}

function mapValues<Key extends string, From, To>(
  record: Record<Key, From>,
  change: (value: From) => To,
): Record<Key, To> {
  return Object.fromEntries(Object.entries<From>(record).map(([key, value]) => [key, change(value)])) as Record<
    Key,
    To
  >;
}
