// Breakages that are not in the catalogue, with the finding or the station by which `why` must name them.

// eslint-disable-next-line no-restricted-syntax -- what a support engineer meets has settled; how long that takes no API says
import { setTimeout as pause } from 'node:timers/promises';

const sample = 'sample';
const rule = (kind, name, spec, group = 'networking') => ({
  apiVersion: `${group}.istio.io/v1`,
  kind,
  metadata: { name, namespace: sample },
  spec,
});
const helloworld = `helloworld.${sample}.svc.cluster.local`;
/** Proxies have the newest configuration some seconds after a change at the most; `why` looks twice by itself. */
const settled = () => pause(4000);

const made = (id, finding, where, ...objects) => ({
  id,
  finding,
  async break(mesh, breakage) {
    // the configuration of a remote is its primary's
    for (const object of objects) await breakage.create(mesh.primaryOf(mesh[where]), object);
    await settled();
  },
});

/** A mesh that is left as it is: no cause must be named. */
export const nothing = { id: 'nothing', title: 'nothing is wrong', finding: null, break: async () => {} };

export const outside = [
  made(
    'deny-one-caller',
    'PATH-POLICY',
    'two',
    rule(
      'AuthorizationPolicy',
      'no-default',
      { action: 'DENY', rules: [{ from: [{ source: { namespaces: [sample] } }] }] },
      'security',
    ),
  ),
  made(
    'allow-somebody-else',
    'PATH-POLICY',
    'two',
    rule(
      'AuthorizationPolicy',
      'only-admin',
      { rules: [{ from: [{ source: { principals: ['cluster.local/ns/admin/sa/admin'] } }] }] },
      'security',
    ),
  ),
  made(
    'route-for-another-path',
    'PATH-ROUTE',
    'one',
    rule('VirtualService', 'api-only', {
      hosts: ['helloworld'],
      http: [{ match: [{ uri: { prefix: '/api' } }], route: [{ destination: { host: 'helloworld' } }] }],
    }),
  ),
  made(
    'redirect-for-all',
    'PATH-ROUTE',
    'one',
    rule('VirtualService', 'moved', { hosts: ['helloworld'], http: [{ redirect: { authority: 'elsewhere.test' } }] }),
  ),
  made(
    'another-identity-expected',
    'PATH-MTLS',
    'one',
    rule('DestinationRule', 'names', {
      host: helloworld,
      trafficPolicy: { tls: { mode: 'ISTIO_MUTUAL', subjectAltNames: ['spiffe://cluster.local/ns/other/sa/other'] } },
    }),
  ),
  {
    id: 'target-port-wrong',
    finding: ['PATH-APPLICATION'],
    async break({ two }, breakage) {
      await breakage.edit(two, sample, 'service/helloworld', (service) => ({
        ...service,
        spec: { ...service.spec, ports: service.spec.ports.map((port) => ({ ...port, targetPort: 5999 })) },
      }));
      await settled();
    },
  },
  {
    id: 'pods-gone-where-called',
    finding: ['F-NO-PODS', 'PATH-GATEWAY-CLUSTER'],
    async break({ two }, breakage) {
      await breakage.scale(two, sample, `helloworld-${two.helloworld[0]}`, 0);
      await settled();
    },
  },
  {
    id: 'service-missing-where-called',
    finding: 'F-SERVICE-NAMESPACE',
    async break({ one }, breakage) {
      await breakage.delete(one, sample, 'service/helloworld');
      await settled();
    },
  },
  {
    id: 'gateway-scaled-away',
    finding: 'F-GATEWAY-NOT-READY',
    async break({ two }, breakage) {
      await breakage.scale(two, two.istio.namespace, 'istio-eastwestgateway', 0);
      await settled();
    },
  },
];
