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

/**
 * Opens the istiods of a primary to the remotes: XDS and certificates on 15012, the injection webhook on 15017. Of several each is
 * known by its name, and the first one has the calls that name none of them.
 */
export function exposeIstiod(plan: Plan, planes: readonly ControlPlane[]): object[] {
  const { namespace } = planes[0]!;
  const metadata = (name: string): object => ({ name, namespace, labels: ownerLabels(plan) });
  const server = (number: number, name: string): object => ({
    port: { number, name, protocol: 'TLS' },
    tls: { mode: 'PASSTHROUGH' },
    hosts: ['*'],
  });
  const service = (what: ControlPlane): string => `${istiodName(what)}.${namespace}.svc`;
  const route = (what: ControlPlane, sni: string, port: number, to: number): object => ({
    match: [{ port, sniHosts: [sni] }],
    route: [{ destination: { host: `${service(what)}.cluster.local`, port: { number: to } } }],
  });
  const routes = (port: number, to: number): object[] => [
    ...planes.slice(1).map((what) => route(what, service(what), port, to)),
    route(planes[0]!, '*', port, to),
  ];
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
      spec: { hosts: ['*'], gateways: ['istiod-gateway'], tls: [...routes(15012, 15012), ...routes(15017, 443)] },
    },
  ];
}
