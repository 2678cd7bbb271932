import { among } from '../check.js';
import { objectOf, titleOf } from '../declared.js';
import { defineCheck } from '../define-check.js';
import { openRoutes } from '../object-kinds.js';

/** Milliseconds that light needs in a fibre for 1,000 km, there and back: no call to another region is answered in less. */
const least = 10;

const units: Record<string, number> = { ns: 1e-6, us: 1e-3, ms: 1, s: 1000 };

/** Milliseconds of `0.001s` or `5ms`; undefined of none, of 0, which means no limit, and of what is an hour or so. */
function milliseconds(duration: string | undefined): number | undefined {
  const [, count, unit = ''] = /^([0-9.]+)(ns|us|ms|s)$/.exec(duration ?? '') ?? [];
  return Number(count) * (units[unit] ?? NaN) || undefined;
}

export default defineCheck({
  id: 'F-TIMEOUT-TOO-SHORT',
  title: 'a VirtualService ends calls before another cluster can answer',
  hop: 'route',
  reads: ['configuration', 'declared'],
  look: (mesh) =>
    among(mesh.primaries, async (primary) =>
      (await mesh.unexpected(primary, 'virtualservices')).flatMap((rule) => {
        const limits = openRoutes(rule).flatMap(({ timeout, retries }) => [
          { field: 'timeout', value: timeout },
          { field: 'retries.perTryTimeout', value: retries?.perTryTimeout },
        ]);
        const short = limits.find(({ value }) => (milliseconds(value) ?? least) < least);
        if (!short) return [];
        const { field, value } = short;
        return [
          {
            cluster: primary.name,
            object: objectOf('VirtualService', rule.metadata),
            facts: { field, value: value! },
            says: `${titleOf('VirtualService', rule.metadata)} of ${primary.name} ends calls after ${value} (${field}), before another cluster can answer`,
            remedy: `make ${field} longer than a call to the other cluster takes, or remove it`,
          },
        ];
      }),
    ),
});
