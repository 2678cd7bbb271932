/** What is said where no cause must be named, or none was. */
export const noCause = 'no cause';

/** By what a fault must be named: `finding` is one id, several of which one will do, or null where nothing is wrong. */
export function declaredBy({ finding }) {
  return [finding ?? noCause].flat().join(' or ');
}

/** Whether what was named is what was declared. */
export function asDeclared({ declared, named }) {
  return declared.split(' or ').includes(named);
}

/**
 * Holds what `why` answers against what the fault declares: `row` of the table, and what is `wrong`, in words. Without an `answer` the
 * fault could not be made.
 */
export function judgeAnswer(fault, answer) {
  const row = { fault: fault.id, declared: declaredBy(fault), named: 'not broken', also: [], seconds: null };
  if (!answer) return { row, wrong: [] };
  const { cause, alsoFound, follows, unknown = [], problem, seconds } = answer;
  row.named = cause?.id ?? (problem ? 'no answer' : noCause);
  row.also = [...new Set([...alsoFound, ...follows].map(({ check }) => check))];
  row.seconds = Math.round(seconds * 10) / 10;
  const wrong = (fault.finding === null ? unknown : []).map(({ check, missing }) => `cannot tell ${check}: ${missing}`);
  if (asDeclared(row)) return { row, wrong };
  const got = cause ? `${cause.id}: ${cause.says}` : (problem ?? noCause);
  const beside = row.also.some((check) => asDeclared({ ...row, named: check }));
  const found = beside ? ' (the one that is meant was found beside it)' : '';
  return { row, wrong: [...wrong, `must be named ${row.declared}, is ${got}${found}`] };
}
