import { among, type Outcome, type Problem } from './check.js';
import type { MeshView } from './mesh-view.js';

/** The primaries whose root certificate, or the one that their istiod signs with, has expired. */
export function expired(
  mesh: MeshView,
  which: 'root' | 'signer',
  words: (cluster: string, until: string) => Pick<Problem, 'says' | 'remedy'>,
): Promise<Outcome> {
  return among(mesh.primaries, async (primary) => {
    const { secret, [which]: certificate } = await primary.authority();
    if (!certificate || certificate.until > Date.now()) return [];
    const { subject, fingerprint } = certificate;
    const until = new Date(certificate.until).toISOString();
    return [
      {
        cluster: primary.name,
        object: `secret/${primary.istiod.namespace}/${secret}`,
        facts: { subject, fingerprint, until },
        ...words(primary.name, until),
      },
    ];
  });
}
