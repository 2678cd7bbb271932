/**
 * What is wrong with the record of a sabotaged upgrade: it must be red, and name the act and what was done in it. `says` is matched by
 * the cause of a gap in that act, by a check that found nothing before, or by the problem of the act. A loss of less than
 * `belowMs` may be missed, when the report says that as little is not surely seen.
 */
export function judge({ act, says, belowMs }, { verdict, reasons, acts, paths, worse }) {
  const sure = paths.flatMap(({ gaps }) => gaps.filter(({ unsure }) => unsure === undefined));
  const inAct = sure.filter((gap) => gap.act === act);
  const failed = acts.find(({ id, outcome }) => id === act && outcome === 'failed');
  const causes = [
    ...inAct.flatMap((gap) => gap.causes.map((cause) => cause.says)),
    ...worse.map(({ check, says: what }) => `${check}: ${what}`),
    ...(failed ? [failed.problem] : []),
  ];
  const cause = causes.find((text) => says.test(text));
  const limit = Math.min(...paths.map(({ seenFromMs }) => seenFromMs));
  const note = `${verdict}; ${cause ?? 'no such cause'}; ${inAct.length} gaps in ${act}`;
  const counts = { [verdict]: 1 };
  if (belowMs !== undefined && belowMs < limit && verdict === 'within-budget')
    return { wrong: [], note: `${note}; less than ${limit} ms is not always detected`, counts };
  const red = verdict === 'disrupted' || verdict === 'broken' || failed !== undefined;
  // a check that is broken at the end is of the last act that was played
  const acted = failed !== undefined || inAct.length > 0 || (worse.length > 0 && acts.at(-1).id === act);
  return {
    wrong: [
      ...(red ? [] : [`it must be disrupted or broken, is ${verdict}: ${reasons.join('; ')}`]),
      ...(cause ? [] : [`nothing says ${says}: ${causes.slice(0, 5).join(' | ') || 'no cause'}`]),
      ...(acted ? [] : [`act ${act} is not named; gaps are in ${sure.map((gap) => gap.act).join(', ') || 'none'}`]),
    ],
    note,
    counts,
  };
}
