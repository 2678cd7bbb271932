import { columns } from '../kernel/text-table.js';
import type { Act } from '../scenario/scenario.js';
import type { Upgrade } from '../scenario/upgrade/upgrade.js';
import { upgradeNotes } from '../scenario/upgrade/upgrade-notes.js';

/** The acts of an upgrade as text for people; ends without a line break. `done` are ids of those that are done. */
export function describeUpgrade(upgrade: Upgrade, acts: readonly Act[], done: readonly string[] = []): string {
  const { from, to, strategy } = upgrade;
  const rows = acts.map(({ id, title }, i) => [String(i + 1), done.includes(id) ? 'done' : '', id, title]);
  const used = done.length > 0 ? rows : rows.map(([number, , ...rest]) => [number!, ...rest]);
  const holds = [...new Set(acts.flatMap((act) => act.holds ?? []))];
  return [
    `${strategy} from Istio ${from} to ${to}, ${acts.length} acts:`,
    ...columns(used).map((line) => `  ${line}`),
    `these must hold after each act except the precheck: ${holds.join(', ')}`,
    ...upgradeNotes(upgrade).map((note) => `- ${note}`),
  ].join('\n');
}
