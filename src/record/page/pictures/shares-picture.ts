import { z } from 'zod';
import { bars } from './bars.js';
import type { Picture } from './picture.js';

const numbers = z.record(z.string(), z.number());
const shares = z.object({ expected: numbers, counts: numbers });

/** The share of each version beside the share that was expected. */
export const sharesPicture: Picture = {
  draw(name, value) {
    const { data } = shares.safeParse(value);
    if (!data) return undefined;
    const total = Object.values(data.counts).reduce((sum, count) => sum + count, 0);
    const answers = [...new Set([...Object.keys(data.expected), ...Object.keys(data.counts)])].sort();
    const percent = (share: number): string => `${(share * 100).toFixed(1).replace(/\.0$/, '')} %`;
    const all = answers.map((answer) => {
      const count = data.counts[answer] ?? 0;
      const share = total > 0 ? count / total : 0;
      const expected = data.expected[answer];
      const wanted = expected === undefined ? 'not expected' : `expected ${percent(expected)}`;
      return {
        name: answer,
        share,
        expected,
        text: `${count}, ${percent(share)} (${wanted})`,
        bad: expected === undefined,
      };
    });
    return bars(`${name}: ${total} calls`, all);
  },
};
