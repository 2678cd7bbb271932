/**
 * Exact tests of distributions and the sample sizes that follow from them. docs/soundness.md has the rates of every use, what
 * the model assumes and what can be missed; test/soundness.test.ts checks them.
 *
 * The model: every call picks a version independently with fixed probabilities. Envoy's ROUND_ROBIN does not pick
 * independently: each of a proxy's worker threads goes round from a random start, so a batch is *more* even than the model
 * says. A test that is too wide for even data raises a false alarm less often than declared, never more often, so a failure can
 * be believed. What it can miss: an order that is not round robin at all but has the right shares (RANDOM passes), and a
 * difference smaller than the one the sample size was made for.
 */

/** Shares by name; they add up to 1. */
export type Shares = Record<string, number>;

export interface Fit {
  fits: boolean;
  /** Probability of a result at most as likely as this one, if the shares were true; of more than two names an upper bound. */
  pValue: number;
}

/**
 * Do the counts fit the shares? The exact binomial test of every share against all the others; `falseAlarm` is the most that the
 * probability of answering no although they do can be. Of more than two names each is tested at its part of `falseAlarm`
 * (Bonferroni), so that the power to notice a shift of one share does not depend on where else the calls went.
 */
export function fitsShares(counts: Record<string, number>, shares: Shares, falseAlarm = 1e-6): Fit {
  checkShares(shares);
  const unexpected = Object.entries(counts).some(([name, count]) => count > 0 && !((shares[name] ?? 0) > 0));
  if (unexpected) return { fits: false, pValue: 0 };
  const names = Object.keys(shares).filter((name) => shares[name]! > 0);
  const n = names.reduce((sum, name) => sum + (counts[name] ?? 0), 0);
  const single = names.map((name) => binomialPValues(n, shares[name]!)[counts[name] ?? 0]!);
  const pValue = Math.min(1, Math.min(...single) * testsOf(names.length));
  return { fits: pValue > falseAlarm, pValue };
}

/** Two shares are one and the same test. */
function testsOf(names: number): number {
  return names > 2 ? names : 1;
}

/** Of every count from 0 to n: the probability of all counts that are at most as likely, if the share is true. */
function binomialPValues(n: number, share: number): readonly number[] {
  let ofShare = knownPValues.get(share);
  if (!ofShare) knownPValues.set(share, (ofShare = new Map()));
  const known = ofShare.get(n);
  if (known) return known;
  const logs = Array.from({ length: n + 1 }, (_, count) => logBinomial(n, count, share));
  const byLikelihood = logs.map((_, count) => count).sort((a, b) => logs[a]! - logs[b]!);
  const pValues = Array<number>(n + 1);
  let sum = 0;
  for (let i = 0; i < byLikelihood.length;) {
    // equally likely counts must not be told apart by rounding
    const limit = logs[byLikelihood[i]!]! + 1e-9;
    const start = i;
    while (i < byLikelihood.length && logs[byLikelihood[i]!]! <= limit) sum += Math.exp(logs[byLikelihood[i++]!]!);
    for (const count of byLikelihood.slice(start, i)) pValues[count] = Math.min(1, sum);
  }
  ofShare.set(n, pValues);
  return pValues;
}

/** By share and sample size: a sample size is searched by asking for the same few again and again. */
const knownPValues = new Map<number, Map<number, readonly number[]>>();

function logBinomial(n: number, count: number, share: number): number {
  // 0 times the logarithm of 0 is 0 here
  const times = (exponent: number, p: number) => (exponent === 0 ? 0 : exponent * Math.log(p));
  const ways = logFactorial(n) - logFactorial(count) - logFactorial(n - count);
  return ways + times(count, share) + times(n - count, 1 - share);
}

/**
 * Calls after which every version was seen, except with probability `missProbability` (union bound: the sum over the versions
 * of the probability to be missed, so the true one is at most that). Two equal versions: 2 * 0.5^n <= 1e-6, n = 21.
 */
export function sampleSizeToSeeAll(versions: readonly string[] | Shares, missProbability = 1e-6): number {
  const shares = Array.isArray(versions) ? versions.map(() => 1 / versions.length) : Object.values(versions as Shares);
  if (shares.length === 0 || shares.some((share) => !(share > 0)))
    throw new RangeError('every version needs a share above 0');
  let n = 1;
  while (shares.length > 1 && shares.reduce((sum, share) => sum + (1 - share) ** n, 0) > missProbability) n++;
  return n;
}

/**
 * Calls after which each of `endpoints` was called, except once in a million times, whatever else is going on. LEAST_REQUEST,
 * Envoy's default, takes the less busy of two endpoints that are drawn at random: even the busiest of k is taken when it is
 * drawn twice, so no share is below 1/k².
 */
export function callsToSeeAll(endpoints: number): number {
  const names = Array.from({ length: endpoints }, (_, i) => i);
  return sampleSizeToSeeAll(Object.fromEntries(names.map((name) => [name, 1 / endpoints ** 2])));
}

/**
 * Calls of one attempt of a poll for all of `endpoints`, at least `least`: an even spread misses one of them in at most one batch of
 * ten, and a poll sends several. 10 for up to 3 endpoints, 169 for 30.
 */
export function callsToMeet(endpoints: number, least = 10): number {
  const names = Array.from({ length: endpoints }, (_, i) => String(i));
  return endpoints === 0 ? least : Math.max(least, sampleSizeToSeeAll(names, 0.1));
}

export interface Detection {
  /** Smallest shift of a single share that must be noticed, e.g. 0.2 for 50 % that has become 70 % or 30 %. */
  difference: number;
  falseAlarm?: number;
  /** Probability that the shift is noticed. */
  power?: number;
}

/**
 * Calls from which on `fitsShares` notices a shift of any one share, up or down, with probability `power`; exact. The power goes up
 * and down from one size to the next, because counts are whole: every larger size has it too.
 */
export function sampleSizeForShares(
  shares: Shares,
  { difference, falseAlarm = 1e-6, power = 0.999 }: Detection,
): number {
  checkShares(shares);
  const values = Object.values(shares).filter((share) => share > 0);
  if (values.length < 2) return 1;
  const level = falseAlarm / testsOf(values.length);
  // equal shares are one and the same question
  const shifts = [...new Set(values)].flatMap((share) =>
    // a share that is too small to lose so much must be noticed when it is gone
    [Math.max(0, share - difference), share + difference].filter((to) => to < 1).map((to) => ({ share, to })),
  );
  const enough = (n: number) => shifts.every(({ share, to }) => binomialPower(n, share, to, level) >= power);
  let size = 16;
  while (!enough(size)) size *= 2;
  // the first size that is enough, or one a little above it
  let low = size / 2;
  while (size - low > 1) {
    const middle = Math.floor((low + size) / 2);
    if (enough(middle)) size = middle;
    else low = middle;
  }
  // what falls back does so within the steps of the count that decides, and less with every one of them
  for (let n = size + 1; n < size * (1 + lookAhead); n++) if (!enough(n)) size = n + 1;
  return size;
}

/** Part of a sample size above it in which sizes are tried; test/soundness.test.ts looks further. */
const lookAhead = 0.25;

/** Probability that the exact test of `share` at `level` notices that the truth is `to`. */
function binomialPower(n: number, share: number, to: number, level: number): number {
  return binomialPValues(n, share).reduce(
    (noticed, pValue, count) => (pValue > level ? noticed : noticed + Math.exp(logBinomial(n, count, to))),
    0,
  );
}

const logFactorials = [0];
function logFactorial(n: number): number {
  for (let i = logFactorials.length; i <= n; i++) logFactorials.push(logFactorials[i - 1]! + Math.log(i));
  return logFactorials[n]!;
}

function checkShares(shares: Shares): void {
  const values = Object.values(shares);
  const sum = values.reduce((total, share) => total + share, 0);
  if (values.length === 0 || values.some((share) => !(share >= 0)) || Math.abs(sum - 1) > 1e-9) {
    throw new RangeError(`shares must be 0 or more and add up to 1: ${JSON.stringify(shares)}`);
  }
}
