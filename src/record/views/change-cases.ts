import { changeLines } from '../change-lines.js';
import { verdictText, type ChangeRecord } from '../change-record.js';

/** A test case of JUnit. */
export interface ChangeCase {
  name: string;
  seconds: string;
  outcome: 'passed' | 'failed' | 'undetermined';
  message: string;
  text: string;
}

/** One case for each path of a change, one for its acts, and one for its verdict where no other says it. */
export function changeCases(change: ChangeRecord): ChangeCase[] {
  const failed = change.acts.filter(({ outcome }) => outcome === 'failed');
  const accepted = change.command?.allowed ?? false;
  const acts: ChangeCase = {
    name: `${change.id}: every act is done`,
    seconds: (change.durationMs / 1000).toFixed(3),
    outcome:
      failed.length === 0 || accepted
        ? 'passed'
        : failed.some(({ exitCode }) => exitCode === 1)
          ? 'failed'
          : 'undetermined',
    message: failed[0]?.problem?.split('\n')[0] ?? '',
    text: failed.map(({ id, problem }) => `${id}: ${problem}`).join('\n'),
  };
  const worse: ChangeCase = {
    name: `${change.id}: no finding that was not there before`,
    seconds: '0',
    outcome: change.worse.length > 0 ? 'failed' : change.unknown.length > 0 ? 'undetermined' : 'passed',
    message: change.worse[0]?.says ?? change.unknown[0] ?? '',
    text: [...change.worse.map(({ check, says }) => `${check}: ${says}`), ...change.unknown].join('\n'),
  };
  const paths = change.paths.map((path): ChangeCase => ({
    name: `${change.id}: ${path.id}`,
    seconds: '0',
    outcome: path.verdict === 'within-budget' ? 'passed' : path.verdict === 'undetermined' ? 'undetermined' : 'failed',
    message: `${verdictText[path.verdict]}: ${path.why ?? ''}`,
    text: changeLines({ ...change, paths: [path] }).join('\n'),
  }));
  const cases = [acts, ...(change.compared ? [worse] : []), ...paths];
  // such as paths that were not clean for long enough: no case of its own says it
  const told = change.verdict === 'within-budget' || cases.some(({ outcome }) => outcome !== 'passed');
  const verdict: ChangeCase = {
    name: `${change.id}: verdict`,
    seconds: '0',
    outcome: change.verdict === 'undetermined' ? 'undetermined' : 'failed',
    message: `${verdictText[change.verdict]}: ${change.reasons[0] ?? ''}`,
    text: change.reasons.join('\n'),
  };
  return told ? cases : [verdict, ...cases];
}
