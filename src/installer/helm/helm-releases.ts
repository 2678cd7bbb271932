import { mergeValues } from '../../kernel/merge-values.js';
import { defaultRevision } from '../../topology/istio-names.js';
import { controlPlanesIn, eastWestAddress } from '../../topology/mesh-layout.js';
import { eastWestGateway } from '../../topology/mesh-names.js';
import type { ControlPlane, Plan } from '../../topology/plan-types.js';
import { compareVersions } from '../../topology/version.js';
import type { IstioChart } from '../../supply/charts.js';
import { harnessMeshConfig, harnessValues } from '../harness-values.js';

type Values = Record<string, unknown>;

/** One release of helm's. */
export interface Release {
  name: string;
  chart: IstioChart;
  namespace: string;
  values: Values;
}

/** Name of the release of an istiod. */
export function istiodRelease({ revision }: Pick<ControlPlane, 'revision'>): string {
  return revision === defaultRevision ? 'istiod' : `istiod-${revision}`;
}

/** The releases of a control plane, in the order of their installation: the CNI plugin comes with the first of a cluster. */
export function releasesOf(plan: Plan, what: ControlPlane, primaryAddress?: string): Release[] {
  const { namespace, revision, cni } = what;
  const all = controlPlanesIn(plan, what.cluster);
  const earlier = all.slice(
    0,
    all.findIndex(({ id }) => id === what.id),
  );
  const isFirst = earlier.length === 0;
  // Istio's types are there once, as the newest has them
  const isNewest = earlier.every(({ version }) => compareVersions(version, what.version) < 0);
  const remote = what.servedBy !== undefined;
  const profile: Values = remote ? { profile: 'remote' } : {};
  const named = revision === defaultRevision ? '' : revision;
  const harness = harnessValues(plan, what, primaryAddress);
  const shared = mergeValues(mergeValues(what.values, harness), {
    ...profile,
    global: { hub: what.hub, tag: what.tag },
  });
  const tags = [...(isFirst && named !== '' ? [defaultRevision] : []), ...what.tags];
  const istiod = mergeValues(shared, {
    revision: named,
    ...(tags.length > 0 ? { revisionTags: tags } : {}),
    meshConfig: mergeValues(harnessMeshConfig(plan), what.meshConfig),
  });
  const base: Values = { ...profile, global: shared['global'], defaultRevision: all[0]!.revision };
  const node: Values = { ...(what.values['cni'] as Values | undefined), global: shared['global'] };
  return [
    ...(isNewest ? [{ name: 'istio-base', chart: 'base' as const, namespace, values: base }] : []),
    ...(isFirst && cni ? [{ name: 'istio-cni', chart: 'cni' as const, namespace, values: node }] : []),
    { name: istiodRelease(what), chart: 'istiod', namespace, values: istiod },
  ];
}

/** The release of the east-west gateway of a cluster. */
export function gatewayRelease(plan: Plan, what: ControlPlane): Release {
  const cluster = plan.clusters.find(({ name }) => name === what.cluster)!;
  const { imagePullPolicy } = (what.values['global'] ?? {}) as Values;
  const values: Values = {
    // gives it the ports, the label and the view of an east-west gateway
    networkGateway: cluster.network,
    ...(what.revision === defaultRevision ? {} : { revision: what.revision }),
    ...(imagePullPolicy === undefined ? {} : { imagePullPolicy }),
    resources: { requests: { cpu: plan.environment.cpuRequest } },
    // the planned address, so that a remote's installation need not wait for it
    ...(plan.provider === 'kind'
      ? { service: { annotations: { 'metallb.io/loadBalancerIPs': eastWestAddress(cluster) } } }
      : {}),
  };
  return { name: eastWestGateway, chart: 'gateway', namespace: what.namespace, values };
}
