import { flawText, type Flaw } from '../probe/remote-secret-flaws.js';
import { among, type Outcome } from './check.js';
import type { MeshView } from './mesh-view.js';

/** The remote secrets of all primaries that have a flaw of one kind. */
export function secretsThat(mesh: MeshView, kind: Flaw['kind'], remedy: string): Promise<Outcome> {
  return among(mesh.primaries, async (primary) =>
    (await primary.remoteSecrets()).flatMap(({ secret, cluster, flaw }) =>
      flaw?.kind === kind
        ? [
            {
              cluster: primary.name,
              object: `secret/${secret}`,
              facts: { secret, of: cluster, ...flaw },
              says: `the remote secret of ${cluster} in ${primary.name}: ${flawText(flaw, cluster)}`,
              remedy: remedy.replaceAll('CLUSTER', cluster),
            },
          ]
        : [],
    ),
  );
}

/** The command that makes a remote secret anew. */
export const makeAnew =
  'make the secret anew: istioctl create-remote-secret --name CLUSTER --server https://ADDRESS:PORT, with an address that other clusters reach, and apply it';
