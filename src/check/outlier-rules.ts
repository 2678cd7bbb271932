import { among, type Outcome, type Problem } from './check.js';
import { declarationOf, objectOf, titleOf } from './declared.js';
import type { MeshView } from './mesh-view.js';
import type { TrafficPolicy } from './object-kinds.js';

/**
 * The DestinationRules of all primaries that are not as declared and whose traffic policy is wrong. `declared` is the policy that a
 * behaviour wants, empty where it wants none; undefined where nobody has declared the rule.
 */
export function rulesThat(
  mesh: MeshView,
  isWrong: (policy: TrafficPolicy | undefined, declared: TrafficPolicy | undefined) => boolean,
  words: (rule: string) => Pick<Problem, 'says' | 'remedy'>,
): Promise<Outcome> {
  return among(mesh.primaries, async (primary) =>
    (await mesh.unexpected(primary, 'destinationrules'))
      .filter(({ metadata, spec }) => {
        const declared = declarationOf(mesh.declared, primary.name, 'DestinationRule', metadata);
        const wanted = declared && ((declared['spec'] ?? {}) as { trafficPolicy?: TrafficPolicy });
        return isWrong(spec?.trafficPolicy, wanted && (wanted.trafficPolicy ?? {}));
      })
      .map(({ metadata, spec }) => ({
        cluster: primary.name,
        object: objectOf('DestinationRule', metadata),
        facts: { host: spec?.host ?? null },
        ...words(`${titleOf('DestinationRule', metadata)} of ${primary.name}`),
      })),
  );
}
