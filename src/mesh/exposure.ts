import type { ControlPlane, Plan } from '../topology/plan-types.js';
import { istiodName } from '../topology/istio-names.js';
import { ownerLabels } from '../run/object-labels.js';

const selector = { istio: 'eastwestgateway' };

/** Opens every service of the mesh to the other networks: the east-west gateway forwards by SNI without ending mTLS. */
export function exposeServices(plan: Plan, { namespace }: ControlPlane): object {
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'Gateway',
    metadata: { name: 'cross-network-gateway', namespace, labels: ownerLabels(plan) },
    spec: {
      selector,
      servers: [
        {
          port: { number: 15443, name: 'tls', protocol: 'TLS' },
          tls: { mode: 'AUTO_PASSTHROUGH' },
          hosts: ['*.local'],
        },
      ],
    },
  };
}

/** Opens istiod to the remotes: XDS and certificates on 15012, the injection webhook on 15017. */
export function exposeIstiod(plan: Plan, what: ControlPlane): object[] {
  const { namespace } = what;
  const metadata = (name: string): object => ({ name, namespace, labels: ownerLabels(plan) });
  const server = (number: number, name: string): object => ({
    port: { number, name, protocol: 'TLS' },
    tls: { mode: 'PASSTHROUGH' },
    hosts: ['*'],
  });
  const route = (port: number, to: number): object => ({
    match: [{ port, sniHosts: ['*'] }],
    route: [{ destination: { host: `${istiodName(what)}.${namespace}.svc.cluster.local`, port: { number: to } } }],
  });
  return [
    {
      apiVersion: 'networking.istio.io/v1',
      kind: 'Gateway',
      metadata: metadata('istiod-gateway'),
      spec: { selector, servers: [server(15012, 'tls-istiod'), server(15017, 'tls-istiodwebhook')] },
    },
    {
      apiVersion: 'networking.istio.io/v1',
      kind: 'VirtualService',
      metadata: metadata('istiod-vs'),
      spec: { hosts: ['*'], gateways: ['istiod-gateway'], tls: [route(15012, 15012), route(15017, 443)] },
    },
  ];
}
