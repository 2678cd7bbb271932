/**
 * Exact tests of distributions and the sample sizes that follow from them. See docs/behaviours.md for what they are used for.
 *
 * The model is multinomial: every call picks a version independently with fixed probabilities. Envoy's ROUND_ROBIN does not
 * pick independently: each of a proxy's worker threads goes round from a random start, so a batch is *more* even than the
 * model says. A test that is too wide for even data raises a false alarm less often than declared, never more often, so a
 * failure can be believed. What it can miss: an order that is not round robin at all but has the right shares (RANDOM passes),
 * and a difference smaller than the one the sample size was made for.
 */

/** Shares by name; they add up to 1. */
export type Shares = Record<string, number>;

export interface Fit {
  fits: boolean;
  /** Probability of a result at most as likely as this one, if the shares were true. */
  pValue: number;
}

/** Above this many possible results the multinomial test is replaced by a bound that needs no enumeration. */
export const enumerationLimit = 2_000_000;

/**
 * Exact goodness-of-fit test: do the counts fit the shares? `falseAlarm` is the probability of answering no although they do.
 *
 * Two names: sum over the binomial distribution, any n. More: enumeration of all results up to `enumerationLimit` (n = 1998
 * for three names, 226 for four, 82 for five); beyond that the smallest exact binomial p-value of a single name times the
 * number of names (Bonferroni), which is an upper bound: false alarms stay below `falseAlarm`, small differences are noticed later.
 */
export function fitsShares(counts: Record<string, number>, shares: Shares, falseAlarm = 1e-6): Fit {
  checkShares(shares);
  const unexpected = Object.entries(counts).some(([name, count]) => count > 0 && !((shares[name] ?? 0) > 0));
  if (unexpected) return { fits: false, pValue: 0 };
  const names = Object.keys(shares).filter((name) => shares[name]! > 0);
  const observed = names.map((name) => counts[name] ?? 0);
  const pValue = exactPValue(
    observed,
    names.map((name) => shares[name]!),
  );
  return { fits: pValue > falseAlarm, pValue };
}

function exactPValue(observed: number[], shares: number[]): number {
  const n = observed.reduce((sum, count) => sum + count, 0);
  if (shares.length === 1 || n === 0) return 1;
  if (results(n, shares.length) <= enumerationLimit) return enumerate(observed, shares, n);
  const single = observed.map((count, i) => enumerate([count, n - count], [shares[i]!, 1 - shares[i]!], n));
  return Math.min(1, Math.min(...single) * shares.length);
}

/** Adds up the probability of every result that is at most as likely as the observed one. */
function enumerate(observed: number[], shares: number[], n: number): number {
  const logShares = shares.map(Math.log);
  const logFactorials = logFactorialsUpTo(n);
  const term = (i: number, count: number) => count * logShares[i]! - logFactorials[count]!;
  // equally likely results must not be told apart by rounding
  const threshold = observed.reduce((sum, count, i) => sum + term(i, count), logFactorials[n]!) + 1e-9;
  let total = 0;
  const last = shares.length - 1;
  const visit = (i: number, left: number, log: number): void => {
    if (i === last) {
      const all = log + term(i, left);
      if (all <= threshold) total += Math.exp(all);
      return;
    }
    for (let count = 0; count <= left; count++) visit(i + 1, left - count, log + term(i, count));
  };
  visit(0, n, logFactorials[n]!);
  return Math.min(1, total);
}

/** Number of ways in which n calls can spread over k names. */
function results(n: number, k: number): number {
  // two names are always enumerated: n + 1 results
  if (k === 2) return 0;
  let ways = 1;
  for (let i = 1; i < k; i++) ways = (ways * (n + i)) / i;
  return ways;
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

export interface Detection {
  /** Smallest shift of a single share that must be noticed, e.g. 0.2 for 50 % that has become 70 % or 30 %. */
  difference: number;
  falseAlarm?: number;
  /** Probability that the shift is noticed. */
  power?: number;
}

/**
 * Calls that `fitsShares` needs to notice a shift of any one share with probability `power`. Computed with the exact binomial
 * test of that share against the rest; for more than two names with `falseAlarm` divided by their number.
 */
export function sampleSizeForShares(
  shares: Shares,
  { difference, falseAlarm = 1e-6, power = 0.999 }: Detection,
): number {
  checkShares(shares);
  const values = Object.values(shares).filter((share) => share > 0);
  if (values.length < 2) return 1;
  const level = values.length === 2 ? falseAlarm : falseAlarm / values.length;
  const shifts = values.flatMap((share) =>
    [share - difference, share + difference].filter((to) => to > 0 && to < 1).map((to) => ({ share, to })),
  );
  if (shifts.length === 0) throw new RangeError(`no share can shift by ${difference}`);
  const enough = (n: number) => shifts.every(({ share, to }) => binomialPower(n, share, to, level) >= power);
  let high = 16;
  while (!enough(high)) high *= 2;
  let low = high / 2;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (enough(middle)) high = middle;
    else low = middle;
  }
  return high;
}

/** Probability that the exact test of `share` at `level` notices that the truth is `to`. */
function binomialPower(n: number, share: number, to: number, level: number): number {
  const logFactorials = logFactorialsUpTo(n);
  const log = (x: number, p: number) =>
    logFactorials[n]! - logFactorials[x]! - logFactorials[n - x]! + x * Math.log(p) + (n - x) * Math.log1p(-p);
  // the rejected results are the least likely ones whose probabilities add up to at most `level`
  const byLikelihood = Array.from({ length: n + 1 }, (_, x) => ({ x, log: log(x, share) })).sort(
    (a, b) => a.log - b.log,
  );
  let used = 0;
  let noticed = 0;
  for (let i = 0; i < byLikelihood.length;) {
    let tied = i;
    let mass = 0;
    while (tied < byLikelihood.length && byLikelihood[tied]!.log <= byLikelihood[i]!.log + 1e-9)
      mass += Math.exp(byLikelihood[tied++]!.log);
    if (used + mass > level) break;
    used += mass;
    for (; i < tied; i++) noticed += Math.exp(log(byLikelihood[i]!.x, to));
  }
  return noticed;
}

const logFactorials = [0];
function logFactorialsUpTo(n: number): number[] {
  for (let i = logFactorials.length; i <= n; i++) logFactorials.push(logFactorials[i - 1]! + Math.log(i));
  return logFactorials;
}

function checkShares(shares: Shares): void {
  const values = Object.values(shares);
  const sum = values.reduce((total, share) => total + share, 0);
  if (values.length === 0 || values.some((share) => !(share >= 0)) || Math.abs(sum - 1) > 1e-9) {
    throw new RangeError(`shares must be 0 or more and add up to 1: ${JSON.stringify(shares)}`);
  }
}
