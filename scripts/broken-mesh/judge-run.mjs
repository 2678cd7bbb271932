/** Picks `count` of the faults, in an order that `next` draws; all of them where there are fewer. */
export function draw(faults, count, next) {
  const left = [...faults];
  return Array.from(
    { length: Math.min(count, left.length) },
    () => left.splice(Math.floor(next() * left.length), 1)[0],
  );
}

/** Seconds from `start` (milliseconds of the clock) until the last behaviour of a record was decided. */
export function secondsUntilDecided(behaviours, start) {
  const ends = behaviours.map(({ startedAt, durationMs }) => Date.parse(startedAt) + durationMs);
  return Math.round((Math.max(...ends) - start) / 100) / 10;
}

/**
 * Holds the behaviours of a broken mesh against what its fault declares.
 * - `asked`: their ids
 * - `demanded`: `[id, clusters]` of those that must fail, and where
 * - `finding`: the first of every failure that it explains, by `explains(behaviour)`
 * - `seconds`, `most`: how long it took, and may take
 * Returns the `row` of the summary's table, and what is `wrong`, in words.
 */
export function judgeRun({ fault, behaviours, asked, demanded, finding, explains, seconds, most }) {
  const of = (verdict) => behaviours.filter((one) => one.verdict === verdict);
  const failed = of('failed');
  const failures = failed.flatMap(({ failures, ...behaviour }) => failures.map((one) => ({ ...one, behaviour })));
  const first = ({ findings = [] }) => findings[0]?.check ?? 'no finding';
  const missing = asked.filter((id) => !behaviours.some((one) => one.id === id));
  const unnoticed = demanded
    .filter(([id]) => asked.includes(id))
    .flatMap(([id, clusters]) => clusters.map((cluster) => [id, cluster]))
    .filter(([id, cluster]) => !failures.some((one) => one.behaviour.id === id && one.cluster === cluster));
  const misnamed = failures.filter((one) => explains(one.behaviour) && first(one) !== finding);
  return {
    row: {
      fault,
      finding,
      seconds,
      failed: failed.length,
      undetermined: of('undetermined').length,
      passed: of('passed').length,
    },
    wrong: [
      ...missing.map((id) => `${id} has no verdict`),
      ...unnoticed.map(([id, cluster]) => `${id} does not fail in ${cluster}, and had to`),
      ...misnamed.map((one) => `${one.behaviour.id} ${one.cluster}: the first line is ${first(one)}, not ${finding}`),
      ...(seconds > most ? [`the last verdict came after ${seconds} s, at most ${most} s are expected`] : []),
    ],
  };
}
