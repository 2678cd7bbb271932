import { remotesOf } from '../topology/mesh-layout.js';
import type { ControlPlane, Plan } from '../topology/plan-types.js';

type Values = Record<string, unknown>;

/** Helm values that the plan decides, for both installers. `primaryAddress` is the gateway of a remote's primary. */
export function harnessValues(plan: Plan, what: ControlPlane, primaryAddress?: string): Values {
  const cluster = plan.clusters.find(({ name }) => name === what.cluster)!;
  const remote = what.servedBy !== undefined;
  return {
    global: {
      meshID: plan.istio.meshID,
      network: cluster.network,
      multiCluster: { clusterName: cluster.name },
      istioNamespace: what.namespace,
      ...(remotesOf(plan, cluster).length > 0 ? { externalIstiod: true } : {}),
      ...(remote ? { remotePilotAddress: primaryAddress } : {}),
    },
    ...(what.cni ? { pilot: { cni: { enabled: true } } } : {}),
    ...(what.tags.length > 0 ? { revisionTags: what.tags } : {}),
    ...(remote ? { istiodRemote: { injectionPath: `/inject/cluster/${cluster.name}/net/${cluster.network}` } } : {}),
  };
}

/** The mesh config that behaviours rely on. */
export function harnessMeshConfig({ istio: { trustDomain } }: Plan): Values {
  return { trustDomain, accessLogFile: '/dev/stdout', accessLogEncoding: 'JSON' };
}
