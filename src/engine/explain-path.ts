import { MeshView, type LookOptions } from '../check/mesh-view.js';
import { findCaller, parseCalled } from '../check/path/parse-call.js';
import type { Path } from '../check/path/path-types.js';
import { tracePath } from '../check/path/trace-path.js';
import type { MeshState } from '../mesh/mesh-state.js';

/** Follows a call that a user has described in words; `caller` and `called` as on the command line. Changes nothing. */
export async function explainPath(
  state: MeshState,
  caller: string,
  called: string,
  options: LookOptions = {},
): Promise<Path> {
  const port = parseCalled(called);
  const mesh = new MeshView(state, { ...options, namespaces: options.namespaces ?? undefined });
  return tracePath(mesh, await findCaller(mesh, caller), port);
}
