import { z } from 'zod';
import { bars } from './bars.js';
import type { Picture } from './picture.js';

const counts = z.record(z.string(), z.number().int().nonnegative());

/** How often each answer came, the most frequent first. */
export const histogramPicture: Picture = {
  draw(name, value) {
    const { data } = counts.safeParse(value);
    const all = Object.entries(data ?? {}).sort(([, a], [, b]) => b - a);
    const total = all.reduce((sum, [, count]) => sum + count, 0);
    // numbers beside each other are answers with their counts only where they are of one kind
    if (all.length === 0 || total === 0 || all.some(([key]) => /(?:Ms|Seconds|attempts)$/.test(key))) return undefined;
    return bars(
      `${name}: ${total} in all`,
      all.map(([answer, count]) => ({ name: answer, share: count / total, text: String(count) })),
    );
  },
};
