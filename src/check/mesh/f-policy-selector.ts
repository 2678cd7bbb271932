import { among } from '../check.js';
import { objectOf, titleOf } from '../declared.js';
import { isAlive, labelsText, selects } from '../object-kinds.js';
import { defineCheck } from '../define-check.js';

const policies = [
  { kind: 'peerauthentications', title: 'PeerAuthentication' },
  { kind: 'authorizationpolicies', title: 'AuthorizationPolicy' },
  { kind: 'requestauthentications', title: 'RequestAuthentication' },
] as const;

export default defineCheck({
  id: 'F-POLICY-SELECTOR',
  title: 'the selector of a policy matches no pod',
  hop: 'policy',
  reads: ['configuration', 'pods', 'declared'],
  look: (mesh) =>
    among(mesh.primaries, async (primary) => {
      const served = mesh.clusters.filter(({ istiod }) => istiod.cluster === primary.name);
      const found = await Promise.all(
        policies.map(async ({ kind, title }) =>
          (await mesh.unexpected(primary, kind, mesh.workloadNamespaces)).map((policy) => ({ title, ...policy })),
        ),
      );
      const strays = await Promise.all(
        found.flat().map(async ({ title, metadata, spec }) => {
          const labels = spec?.selector?.matchLabels;
          if (Object.keys(labels ?? {}).length === 0) return [];
          const pods = await Promise.all(served.map((cluster) => cluster.list('pods', metadata.namespace)));
          if (pods.flat().some((pod) => isAlive(pod) && selects(labels, pod.metadata?.labels))) return [];
          return [
            {
              cluster: primary.name,
              object: objectOf(title, metadata),
              facts: { selector: labels ?? {} },
              says: `${titleOf(title, metadata)} of ${primary.name} selects ${labelsText(labels)}, which match no pod of ${metadata.namespace}: it has no effect`,
              remedy: `correct its selector: kubectl -n ${metadata.namespace} get pods --show-labels`,
            },
          ];
        }),
      );
      return strays.flat();
    }),
});
