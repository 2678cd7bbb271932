import { outcomeOf } from '../change-record.js';
import type { Behaviour, TopologyRecord } from '../result.js';

/** Everything of a topology that has a verdict: its behaviours, and each change under load as one more, `change UPG-1`. */
export function judgedOf({ name, behaviours, changes = [] }: TopologyRecord): Behaviour[] {
  const asBehaviours = changes.map((change): Behaviour => {
    const verdict = outcomeOf(change);
    const { title, startedAt, durationMs, reasons } = change;
    const failures = verdict === 'failed' ? reasons.map((message) => ({ message, replay: '' })) : [];
    return {
      id: `change ${change.id}`,
      title,
      area: 'change',
      topology: name,
      verdict,
      flaky: false,
      reason: verdict === 'undetermined' ? reasons[0] : undefined,
      startedAt,
      durationMs,
      failures,
      measurements: {},
      attachments: [],
    };
  });
  return [...behaviours, ...asBehaviours];
}
