import { readFileSync } from 'node:fs';

/** Probability of each count of `n` independent calls, of which one is of the kind with probability `p`. */
export function binomial(n: number, p: number): number[] {
  if (p === 0) return [1];
  // from the middle outwards, or small numbers vanish before they have grown
  const mode = Math.min(n, Math.floor((n + 1) * p));
  const weights = Array<number>(n + 1).fill(0);
  weights[mode] = 1;
  for (let x = mode; x < n; x++) weights[x + 1] = (weights[x]! * (n - x) * p) / ((x + 1) * (1 - p));
  for (let x = mode; x > 0; x--) weights[x - 1] = (weights[x]! * x * (1 - p)) / ((n - x + 1) * p);
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

/** docs/soundness.md without the padding of its tables. */
export const doc = readFileSync('docs/soundness.md', 'utf8').replaceAll(/ +/g, ' ');
export const inWords = (value: number): string => {
  if (value < 1e-9) return '< 1e-9';
  return value < 1e-4 ? value.toExponential(1) : `${Number((value * 100).toPrecision(2))} %`;
};
