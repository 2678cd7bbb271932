import { among } from '../check.js';
import { objectOf, titleOf } from '../declared.js';
import { defineCheck } from '../define-check.js';

export default defineCheck({
  id: 'F-FAULT-INJECTED',
  title: 'a VirtualService injects errors into calls',
  hop: 'route',
  reads: ['configuration', 'declared'],
  look: (mesh) =>
    among(mesh.primaries, async (primary) =>
      (await mesh.unexpected(primary, 'virtualservices')).flatMap(({ metadata, spec }) => {
        // one for calls with a header of their own is a test of somebody's
        const open = (spec?.http ?? []).filter(({ match = [] }) => !match.some(({ headers }) => headers));
        const [abort] = open.flatMap(({ fault }) => fault?.abort ?? []);
        const share = abort?.percentage?.value ?? 0;
        if (!abort || share === 0) return [];
        return [
          {
            cluster: primary.name,
            object: objectOf('VirtualService', metadata),
            facts: { status: abort.httpStatus ?? null, percentage: share },
            says: `${titleOf('VirtualService', metadata)} of ${primary.name} aborts ${share} % of the calls with ${abort.httpStatus}`,
            remedy: 'remove fault.abort from it',
          },
        ];
      }),
    ),
});
