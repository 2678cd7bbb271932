import { among } from '../check.js';
import { objectOf, titleOf } from '../declared.js';
import { defineCheck } from '../define-check.js';
import { otherRevision, revisionLabel, revisionsOf } from '../injectors.js';

/** The port that a remote calls, and what it is for. */
const ports = [
  { port: 15012, what: 'configuration and certificates' },
  { port: 15017, what: 'injection' },
];

export default defineCheck({
  id: 'F-ISTIOD-UNREACHABLE',
  title: "a primary's gateway does not route to istiod, which a remote needs",
  hop: 'control plane',
  reads: ['configuration', 'webhooks'],
  applies: ({ features }) => features['primary-remote'],
  look: (mesh) =>
    among(
      mesh.primaries.filter(({ name }) =>
        mesh.clusters.some(({ istiod, role }) => role === 'remote' && istiod.cluster === name),
      ),
      async (primary) => {
        const { namespace, deployment } = primary.istiod;
        const [found, routes, revisions] = await Promise.all([
          primary.list('gateways', namespace),
          primary.list('virtualservices', namespace),
          revisionsOf(primary),
        ]);
        const opening = (port: number) =>
          found.filter(({ spec }) => spec?.servers?.some((server) => server.port?.number === port));
        const unread = (port: number) => opening(port).find((gateway) => otherRevision(gateway, revisions));
        const opened = (port: number): string[] =>
          opening(port)
            .filter((gateway) => !otherRevision(gateway, revisions))
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
          .map(({ port, what }) => {
            const other = opened(port).length === 0 ? unread(port) : undefined;
            const why = other
              ? `${titleOf('Gateway', other.metadata)} has revision ${otherRevision(other, revisions)}, istiod there has ${revisions[0]}`
              : opened(port).length === 0
                ? 'no Gateway opens it'
                : 'no VirtualService routes it';
            return {
              cluster: primary.name,
              object: other ? objectOf('Gateway', other.metadata) : `virtualservice/${namespace}/istiod-vs`,
              facts: { port, gateways: opened(port), routed: leads(port) },
              says: `the gateway of ${primary.name} does not route port ${port} (${what}) to istiod: ${why}`,
              remedy: other
                ? `kubectl -n ${namespace} label gateways.networking.istio.io ${other.metadata.name} ${revisionLabel}-`
                : 'apply the Gateway and the VirtualService that expose istiod: samples/multicluster/expose-istiod.yaml',
            };
          });
      },
    ),
});
