import { reachOptions } from './aimed-remedy.js';
import type { FindingId } from '../record/finding-ids.gen.js';
import { flawText, type Flaw } from '../probe/remote-secret-flaws.js';
import { among, type Outcome } from './check.js';
import type { ClusterView } from './cluster-view.js';
import type { MeshView } from './mesh-view.js';

/** What must hold for a remote secret to be sound and an istiod to be there that reads it. */
export const soundSecrets = [
  'F-REMOTE-SECRET-MISSING',
  'F-REMOTE-SECRET-UNAUTHORIZED',
  'F-REMOTE-SECRET-LOOPBACK',
  'F-REMOTE-SECRET-WRONG-CLUSTER',
  'F-REMOTE-SECRET-WRONG-CA',
  'F-REMOTE-SECRET-MALFORMED',
  'F-ISTIOD-DOWN',
  'F-ISTIOD-NOT-READY',
] as const satisfies FindingId[];

/** The remote secrets of all primaries that have a flaw of one kind. */
export function secretsThat(mesh: MeshView, kind: Flaw['kind']): Promise<Outcome> {
  return among(mesh.primaries, async (primary) =>
    (await primary.remoteSecrets()).flatMap(({ secret, cluster, flaw }) => {
      const of = mesh.clusters.find(({ name }) => name === cluster);
      if (flaw?.kind !== kind || !of) return [];
      return [
        {
          cluster: primary.name,
          object: `secret/${secret}`,
          facts: { secret, of: cluster, ...flaw },
          says: `the remote secret of ${cluster} in ${primary.name}: ${flawText(flaw, cluster)}`,
          remedy: makeSecret(primary, of),
        },
      ];
    }),
  );
}

/** The command that makes the remote secret by which a primary reads a cluster. */
export function makeSecret(primary: ClusterView, of: ClusterView): string {
  const { apiServer } = of.handle;
  const make = `istioctl create-remote-secret ${reachOptions(of.handle)} --name ${of.name} --server ${apiServer}`;
  return `${make} | kubectl ${reachOptions(primary.handle)} apply -f -`;
}
