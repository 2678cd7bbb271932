import { MeshView, type LookOptions } from '../check/mesh-view.js';
import { tryTraffic, type Traffic } from '../check/path/live-calls.js';
import { findCaller, parseCalled } from '../check/path/parse-call.js';
import type { Path } from '../check/path/path-types.js';
import { tracePath } from '../check/path/trace-path.js';
import { connectionTo } from '../kube/api.js';
import type { MeshState } from '../mesh/mesh-state.js';

/**
 * Follows a call that a user has described in words; `caller` and `called` as on the command line. Changes nothing; with `traffic`
 * it makes calls as well.
 */
export async function explainPath(
  state: MeshState,
  { caller, called, traffic }: { caller: string; called: string; traffic: boolean },
  options: LookOptions = {},
): Promise<Path & { traffic?: Traffic }> {
  const port = parseCalled(called);
  // what it takes to load a client is nothing that an API server should be late by
  await Promise.allSettled(state.clusters.map(connectionTo));
  const mesh = new MeshView(state, options);
  const path = await tracePath(mesh, await findCaller(mesh, caller), port);
  return traffic ? { ...path, traffic: await tryTraffic(mesh, path) } : path;
}
