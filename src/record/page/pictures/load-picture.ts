import { z } from 'zod';
import { formatDuration } from '../../../kernel/text.js';
import { bars, type Bar } from './bars.js';
import type { Picture } from './picture.js';

const load = z.object({
  calls: z.number(),
  lost: z.number(),
  longestGapMs: z.number(),
  counts: z.record(z.string(), z.number()),
});

/** Who answered the calls of a load, and how many were lost. */
export const loadPicture: Picture = {
  draw(name, value) {
    const { data } = load.safeParse(value);
    if (!data || data.calls === 0) return undefined;
    const { calls, lost, longestGapMs, counts } = data;
    const answers = Object.entries(counts)
      .sort(([, a], [, b]) => b - a)
      .map(([answer, count]): Bar => ({ name: answer, share: count / calls, text: String(count) }));
    const title = `${name}: ${calls} calls, ${lost} lost, longest time without a good answer ${formatDuration(longestGapMs)}`;
    return bars(title, [...answers, { name: 'lost', share: lost / calls, text: String(lost), bad: true }]);
  },
};
