import { installerOf } from '../installer/installers.js';
import { mergeValues } from '../kernel/merge-values.js';
import { chooseIstio } from '../supply/choose-versions.js';
import type { Complaint } from '../topology/complaint.js';
import type { Environment } from '../topology/environment-types.js';
import type { ClusterPlan, ControlPlane } from '../topology/plan-types.js';
import type { Path } from '../topology/positions.js';
import type {
  InstallerName,
  IstioInCluster,
  IstioRevision,
  Topology,
  TopologyCluster,
} from '../topology/topology-types.js';

/** What a cluster's proxies follow. */
type DataPlane = Pick<ClusterPlan, 'controlPlane' | 'istio' | 'dataPlane'>;

/** The control planes of a topology, and which of them each cluster's data plane follows, by cluster. */
export interface PlannedIstio {
  controlPlanes: ControlPlane[];
  dataPlanes: Map<string, DataPlane>;
}

/** Resolves what a topology asks of Istio in each cluster. What cannot be goes to `complaints`. */
export function planIstio(topology: Topology, environment: Environment, complaints: Complaint[]): PlannedIstio {
  const made = (cluster: TopologyCluster, settings: IstioInCluster, path: Path, servedBy?: string): ControlPlane => {
    const { version, complaint } = chooseIstio(settings.version, path, environment);
    // a version of the whole is told once
    if (complaint && !complaints.some(({ message }) => message === complaint.message)) complaints.push(complaint);
    const fill = (text: string): string => text.replaceAll('{istio}', version);
    const { images, values } = environment;
    const { revisions: _, dataPlane: __, ...own } = settings;
    return {
      ...own,
      id: `${cluster.name}/${own.revision}`,
      cluster: cluster.name,
      ...(servedBy && { servedBy }),
      version,
      hub: fill(environment.istioHub),
      tag: fill(environment.istioTag),
      values: mergeValues(JSON.parse(fill(JSON.stringify(values))) as Environment['values'], own.values),
      images: {
        'istio-pilot': fill(images['istio-pilot']),
        'istio-proxyv2': fill(images['istio-proxyv2']),
        'istio-cni': fill(images['istio-cni']),
      },
      needs: installerOf(own).needs(environment, version),
    };
  };
  const planned: PlannedIstio = { controlPlanes: [], dataPlanes: new Map() };
  const place = (cluster: TopologyCluster, i: number, key: keyof IstioInCluster): Path =>
    cluster.istio?.[key] === undefined ? ['istio', key] : ['clusters', i, 'istio', key];
  const inPrimaries = new Map<string, ControlPlane[]>();
  for (const [i, cluster] of topology.clusters.entries()) {
    if (cluster.role === 'remote') continue;
    const settings = settingsOf(topology, cluster, environment);
    const first = made(cluster, settings, place(cluster, i, 'version'));
    const further = settings.revisions.map((revision, j) =>
      made(cluster, laidOver(settings, revision), [...place(cluster, i, 'revisions'), j, 'version']),
    );
    inPrimaries.set(cluster.name, [first, ...further]);
    planned.controlPlanes.push(first, ...further);
    planned.dataPlanes.set(cluster.name, followed([first, ...further], settings.dataPlane));
  }
  for (const [i, cluster] of topology.clusters.entries()) {
    if (cluster.role !== 'remote') continue;
    const primary = topology.clusters.find(({ name }) => name === cluster.primary)!;
    const settings = settingsOf(topology, cluster, environment);
    const dataPlane = cluster.istio?.dataPlane ?? planned.dataPlanes.get(primary.name)!.dataPlane;
    const followedPlane = followed(inPrimaries.get(primary.name)!, dataPlane);
    const serving = planned.controlPlanes.find(({ id }) => id === followedPlane.controlPlane)!;
    const { revision, namespace, tags } = serving;
    const asked = cluster.istio?.version ?? serving.version;
    const own = { ...settings, version: asked, revision, namespace, tags, meshConfig: serving.meshConfig };
    const path = place(cluster, i, 'version');
    planned.controlPlanes.push(made(cluster, own, path, serving.id));
    planned.dataPlanes.set(cluster.name, followedPlane);
  }
  return planned;
}

/** The topology's settings with those of the cluster, and with what the user asks for in the place of the topology's. */
function settingsOf({ istio }: Topology, cluster: TopologyCluster, { request }: Environment): IstioInCluster {
  const whole = { ...istio, ...(request.installer ? { installer: request.installer as InstallerName } : {}) };
  if (request.istio) whole.version = request.istio;
  const { values = {}, meshConfig = {}, ...own } = cluster.istio ?? {};
  const { meshID: _, trustDomain: __, ...shared } = whole;
  return {
    ...shared,
    ...own,
    values: mergeValues(whole.values, values),
    meshConfig: mergeValues(whole.meshConfig, meshConfig),
  };
}

function laidOver(first: IstioInCluster, { values = {}, meshConfig = {}, ...own }: IstioRevision): IstioInCluster {
  return {
    ...first,
    tags: [],
    ...own,
    values: mergeValues(first.values, values),
    meshConfig: mergeValues(first.meshConfig, meshConfig),
  };
}

/** The control plane that a revision or tag names, by default the first one. */
function followed(planes: readonly ControlPlane[], dataPlane = planes[0]!.revision): DataPlane {
  const found = planes.find(({ revision, tags }) => revision === dataPlane || tags.includes(dataPlane));
  const { id, namespace, revision } = found ?? planes[0]!;
  return { controlPlane: id, istio: { namespace, revision }, dataPlane };
}
