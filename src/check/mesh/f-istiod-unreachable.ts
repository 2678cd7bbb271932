import { among } from '../check.js';
import { defineCheck } from '../define-check.js';

/** The port that a remote calls, and what it is for. */
const ports = [
  { port: 15012, what: 'configuration and certificates' },
  { port: 15017, what: 'injection' },
];

export default defineCheck({
  id: 'F-ISTIOD-UNREACHABLE',
  title: "a primary's gateway does not route to istiod, which a remote needs",
  hop: 'control plane',
  reads: ['configuration'],
  applies: ({ features }) => features['primary-remote'],
  look: (mesh) =>
    among(
      mesh.primaries.filter(({ name }) =>
        mesh.clusters.some(({ istiod, role }) => role === 'remote' && istiod.cluster === name),
      ),
      async (primary) => {
        const { namespace, deployment } = primary.istiod;
        const [gateways, routes] = await Promise.all([
          primary.list('gateways', namespace),
          primary.list('virtualservices', namespace),
        ]);
        const opened = (port: number): string[] =>
          gateways
            .filter(({ spec }) => spec?.servers?.some((server) => server.port?.number === port))
            .map(({ metadata }) => metadata.name!);
        const leads = (port: number): boolean =>
          routes.some(
            ({ spec }) =>
              spec?.gateways?.some((name) => opened(port).includes(name.split('/').pop()!)) &&
              spec.tls?.some(
                ({ match = [], route = [] }) =>
                  match.some((one) => one.port === port) &&
                  route.some(({ destination }) => destination?.host?.startsWith(`${deployment}.`)),
              ),
          );
        return ports
          .filter(({ port }) => opened(port).length === 0 || !leads(port))
          .map(({ port, what }) => ({
            cluster: primary.name,
            object: `virtualservice/${namespace}/istiod-vs`,
            facts: { port, gateways: opened(port), routed: leads(port) },
            says: `the gateway of ${primary.name} does not route port ${port} (${what}) to istiod: ${opened(port).length === 0 ? 'no Gateway opens it' : 'no VirtualService routes it'}`,
            remedy: `apply the Gateway and the VirtualService that expose istiod: samples/multicluster/expose-istiod.yaml`,
          }));
      },
    ),
});
