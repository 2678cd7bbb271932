import { mergeValues } from '../../kernel/merge-values.js';
import { defaultRevision } from '../../topology/istio-names.js';
import { controlPlanesIn, eastWestAddress, needsEastWestGateway } from '../../topology/mesh-layout.js';
import { eastWestGateway } from '../../topology/mesh-names.js';
import type { ClusterPlan, ControlPlane, Plan } from '../../topology/plan-types.js';
import { harnessMeshConfig, harnessValues } from '../harness-values.js';
import { operatorName } from './operator-labels.js';

/**
 * The IstioOperator of a control plane. A primary's has the east-west gateway that follows it in the same file, so that one
 * `istioctl install` does both; a remote's gateway is a second file, because it can only start when the primary's istiod serves it.
 */
export function istioOperator(
  plan: Plan,
  what: ControlPlane,
  part: 'base' | 'gateway',
  primaryAddress?: string,
): object {
  const cluster = plan.clusters.find(({ name }) => name === what.cluster)!;
  const requests = { cpu: plan.environment.cpuRequest };
  const remote = what.servedBy !== undefined;
  const isFirst = controlPlanesIn(plan, what.cluster)[0]!.id === what.id;
  // in an upgrade the gateway has a turn of its own
  const follows = cluster.controlPlane === what.id && !cluster.behind?.gateway;
  const withGateway = needsEastWestGateway(plan, cluster) && (part === 'gateway' || (!remote && follows));
  const own = mergeValues(harnessValues(plan, what, primaryAddress), {
    gateways: { 'istio-ingressgateway': { injectionTemplate: 'gateway' } },
  });
  return {
    apiVersion: 'install.istio.io/v1alpha1',
    kind: 'IstioOperator',
    metadata: { name: operatorName(plan.runId, part, what.revision), namespace: what.namespace },
    spec: {
      profile: part === 'gateway' ? 'empty' : remote ? 'remote' : 'default',
      hub: what.hub,
      tag: what.tag,
      ...(what.revision === defaultRevision ? {} : { revision: what.revision }),
      meshConfig: mergeValues(harnessMeshConfig(plan), what.meshConfig),
      components: {
        ...(remote ? {} : { pilot: { k8s: { resources: { requests } } } }),
        ...(what.cni ? { cni: { enabled: part === 'base' && isFirst, namespace: what.namespace } } : {}),
        ingressGateways: [
          { name: 'istio-ingressgateway', enabled: false },
          ...(withGateway ? [gateway(plan, cluster, requests)] : []),
        ],
      },
      values: mergeValues(what.values, own),
    },
  };
}

function gateway(plan: Plan, cluster: ClusterPlan, requests: object): object {
  const port = (name: string, number: number): object => ({ name, port: number, targetPort: number });
  return {
    name: eastWestGateway,
    enabled: true,
    label: { istio: 'eastwestgateway', app: eastWestGateway, 'topology.istio.io/network': cluster.network },
    k8s: {
      resources: { requests },
      // makes the gateway see only endpoints of its own network: it must never send a call on to another gateway
      env: [{ name: 'ISTIO_META_REQUESTED_NETWORK_VIEW', value: cluster.network }],
      // the planned address, so that a remote's installation need not wait for it
      ...(plan.provider === 'kind'
        ? { serviceAnnotations: { 'metallb.io/loadBalancerIPs': eastWestAddress(cluster) } }
        : {}),
      service: {
        // the ports of Istio's own east-west gateway: status, mTLS passthrough, and istiod's XDS and webhook for remotes
        ports: [port('status-port', 15021), port('tls', 15443), port('tls-istiod', 15012), port('tls-webhook', 15017)],
      },
    },
  };
}
