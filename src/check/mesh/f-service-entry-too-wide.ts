import { among } from '../check.js';
import { objectOf, titleOf } from '../declared.js';
import { defineCheck } from '../define-check.js';

export default defineCheck({
  id: 'F-SERVICE-ENTRY-TOO-WIDE',
  title: 'a ServiceEntry covers a whole domain',
  hop: 'egress',
  reads: ['configuration', 'declared'],
  look: (mesh) =>
    among(mesh.primaries, async (primary) =>
      (await mesh.unexpected(primary, 'serviceentries')).flatMap(({ metadata, spec }) => {
        const wide = (spec?.hosts ?? []).filter((host) => host.startsWith('*'));
        if (wide.length === 0) return [];
        return [
          {
            cluster: primary.name,
            object: objectOf('ServiceEntry', metadata),
            facts: { hosts: wide },
            says: `${titleOf('ServiceEntry', metadata)} of ${primary.name} registers ${wide.join(', ')}: every name in it counts as registered`,
            remedy: 'list the called hosts instead',
            confidence: 'likely',
          },
        ];
      }),
    ),
});
