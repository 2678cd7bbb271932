import { isCheckout, packageVersion, projectFolder } from './project-files.js';
import { says } from './run-program.js';

/** The version of this program, and of a checkout its commit. */
export interface OwnVersion {
  version: string;
  commit?: string;
}

/** To be asked before the work: a checkout may move while it lasts. */
export async function ownVersion(): Promise<OwnVersion> {
  const version = packageVersion();
  // an image of meshproof has no commit in it
  const named = process.env['MESHPROOF_COMMIT'];
  if (named) return { version, commit: named };
  // an installed package may be inside an unrelated repository
  if (!isCheckout) return { version };
  return { version, commit: await says('git', ['-C', projectFolder, 'rev-parse', '--short=12', 'HEAD']) };
}
