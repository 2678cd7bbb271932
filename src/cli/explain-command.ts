import { delivers, firstBreak, type Path } from '../check/path/path-types.js';
import { explainPath } from '../engine/explain-path.js';
import { meshThatIsUp } from '../engine/kept-meshes.js';
import { exitCode, type ExitCode } from '../kernel/errors.js';
import { describePath } from './describe-path.js';
import type { GlobalOptions } from './global-options.js';
import { print } from './print.js';

export interface ExplainFlags {
  run?: string;
  exec: boolean;
  traffic: boolean;
}

/** `meshproof explain`: the way of a call, station by station. Exit 1 where it is broken, 4 where that cannot be told. */
export async function explainCommand(
  caller: string,
  called: string,
  flags: ExplainFlags,
  options: GlobalOptions,
): Promise<ExitCode> {
  const path = await explainPath(
    meshThatIsUp(flags.run),
    { caller, called, traffic: flags.traffic },
    { noExec: !flags.exec },
  );
  const live = path.traffic ? [`traffic: ${path.traffic.verdict}: ${path.traffic.says}`] : [];
  print(options, path, [...describePath(path), ...live].join('\n'));
  if (path.traffic && path.traffic.verdict !== 'agree' && path.traffic.verdict !== 'cannot tell')
    return exitCode.failed;
  return exitCodeOf(path);
}

function exitCodeOf(path: Path): ExitCode {
  if (firstBreak(path)) return exitCode.failed;
  return path.traces.length > 0 && path.traces.every(delivers) ? exitCode.passed : exitCode.environment;
}
