import { among, type Outcome, type Problem } from './check.js';
import type { ClusterView } from './cluster-view.js';
import { objectOf, titleOf } from './declared.js';
import type { MeshView } from './mesh-view.js';

/** PeerAuthentications of a mode that nobody has declared, each with what is wrong by it. `title` names it, `removal` is how kubectl removes it. */
export function peerPoliciesOf(
  mesh: MeshView,
  mode: 'DISABLE' | 'STRICT',
  words: (primary: ClusterView, title: string, removal: string) => Pick<Problem, 'says' | 'remedy'>,
): Promise<Outcome> {
  return among(mesh.primaries, async (primary) => {
    const found = await mesh.unexpected(primary, 'peerauthentications', [primary.istiod.namespace, ...mesh.namespaces]);
    return found
      .filter(({ spec }) => spec?.mtls?.mode === mode)
      .map(({ metadata, spec }) => ({
        cluster: primary.name,
        object: objectOf('PeerAuthentication', metadata),
        facts: { mode, selector: spec?.selector?.matchLabels ?? {} },
        ...words(
          primary,
          titleOf('PeerAuthentication', metadata),
          `-n ${metadata.namespace} delete peerauthentication ${metadata.name}`,
        ),
      }));
  });
}
