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

/** One case for each path of a change, and one for its acts. */
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
    outcome: change.worse.length === 0 ? 'passed' : 'failed',
    message: change.worse[0]?.says ?? '',
    text: change.worse.map(({ check, says }) => `${check}: ${says}`).join('\n'),
  };
  const paths = change.paths.map((path): ChangeCase => ({
    name: `${change.id}: ${path.id}`,
    seconds: '0',
    outcome: path.verdict === 'within-budget' ? 'passed' : path.verdict === 'undetermined' ? 'undetermined' : 'failed',
    message: `${verdictText[path.verdict]}: ${path.why ?? ''}`,
    text: changeLines({ ...change, paths: [path] }).join('\n'),
  }));
  return [acts, ...(change.compared ? [worse] : []), ...paths];
}
