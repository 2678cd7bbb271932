import { compareVersions, minorOf, minorsAhead } from '../../topology/version.js';
import type { Upgrade } from './upgrade.js';

/** What a reader of the plan of an upgrade must know, one sentence each. */
export function upgradeNotes({ from, to, strategy, clusters }: Upgrade): string[] {
  const primaries = clusters.filter(({ before }) => !before.servedBy);
  const apart = Math.abs(minorsAhead(to, from) ?? 0);
  const down = compareVersions(to, from) < 0;
  const notes = [
    primaries.length > 1 && apart > 0
      ? `While it lasts, primaries are ${apart} minor ${apart === 1 ? 'version' : 'versions'} apart. Istio's pages do not say what holds then; docs/skew.md shows what was tested.`
      : undefined,
    down && strategy === 'in-place'
      ? `Proxies of ${minorOf(from)} follow an istiod of ${minorOf(to)} until they restart. Istio supports proxies that are older than istiod, not newer ones.`
      : undefined,
    strategy === 'in-place'
      ? 'An istiod that restarts sends its proxies new configuration: connections that are open may end.'
      : undefined,
    down
      ? "Istio's CRDs of the older version come with its control plane, and may lack fields of the newer one."
      : undefined,
  ];
  return notes.filter((note) => note !== undefined);
}
