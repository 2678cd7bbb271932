import { among } from '../check.js';
import { objectOf, titleOf } from '../declared.js';
import { defineCheck } from '../define-check.js';
import { openRoutes } from '../object-kinds.js';

export default defineCheck({
  id: 'F-FAULT-INJECTED',
  title: 'a VirtualService injects errors into calls',
  hop: 'route',
  reads: ['configuration', 'declared'],
  look: (mesh) =>
    among(mesh.primaries, async (primary) =>
      (await mesh.unexpected(primary, 'virtualservices')).flatMap((rule) => {
        const [abort] = openRoutes(rule).flatMap(({ fault }) => fault?.abort ?? []);
        const share = abort?.percentage?.value ?? 0;
        if (!abort || share === 0) return [];
        return [
          {
            cluster: primary.name,
            object: objectOf('VirtualService', rule.metadata),
            facts: { status: abort.httpStatus ?? null, percentage: share },
            says: `${titleOf('VirtualService', rule.metadata)} of ${primary.name} aborts ${share} % of the calls with ${abort.httpStatus}`,
            remedy: 'remove fault.abort from it',
          },
        ];
      }),
    ),
});
