import { mergeValues } from '../../kernel/merge-values.js';
import type { ClusterPlan, Plan } from '../../topology/plan-types.js';
import { eastWestAddress, needsEastWestGateway, remotesOf } from '../../topology/mesh-layout.js';
import { eastWestGateway } from '../../topology/mesh-names.js';
import { operatorName } from './operator-labels.js';

type Values = Record<string, unknown>;

/**
 * The IstioOperator of one cluster. A primary has control plane and east-west gateway in one file, so that one
 * `istioctl install` does both; a remote's gateway is a second file, because it can only start when the primary's istiod
 * serves it. `primaryAddress` is the primary's east-west gateway, for a remote.
 */
export function istioOperator(
  plan: Plan,
  cluster: ClusterPlan,
  part: 'base' | 'gateway',
  primaryAddress?: string,
): object {
  const { hub, tag } = plan.istio;
  const requests = { cpu: plan.environment.cpuRequest };
  const remote = cluster.role === 'remote';
  const withGateway = needsEastWestGateway(plan, cluster) && (part === 'gateway' || !remote);
  const own: Values = {
    global: {
      meshID: plan.istio.meshID,
      network: cluster.network,
      multiCluster: { clusterName: cluster.name },
      ...(remotesOf(plan, cluster).length > 0 ? { externalIstiod: true } : {}),
      ...(remote ? { remotePilotAddress: primaryAddress } : {}),
    },
    gateways: { 'istio-ingressgateway': { injectionTemplate: 'gateway' } },
    ...(remote ? { istiodRemote: { injectionPath: `/inject/cluster/${cluster.name}/net/${cluster.network}` } } : {}),
  };
  return {
    apiVersion: 'install.istio.io/v1alpha1',
    kind: 'IstioOperator',
    metadata: { name: operatorName(plan.runId, part) },
    spec: {
      profile: part === 'gateway' ? 'empty' : remote ? 'remote' : 'default',
      hub,
      tag,
      meshConfig: mergeValues(
        { trustDomain: plan.istio.trustDomain, accessLogFile: '/dev/stdout', accessLogEncoding: 'JSON' },
        plan.istio.meshConfig,
      ),
      components: {
        ...(remote ? {} : { pilot: { k8s: { resources: { requests } } } }),
        ingressGateways: [
          { name: 'istio-ingressgateway', enabled: false },
          ...(withGateway ? [gateway(plan, cluster, requests)] : []),
        ],
      },
      values: mergeValues(mergeValues(plan.environment.values, plan.istio.values), own),
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
