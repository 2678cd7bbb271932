import type { Behaviour } from '../record/result.js';
import { asError } from '../kernel/as-error.js';
import { exitCode } from '../kernel/errors.js';

/** END-1 as the catalogue has it. */
export const removalBehaviour = {
  id: 'END-1',
  title: 'removal leaves nothing of the mesh behind',
  area: 'removal',
} as const;

/**
 * END-1 as a behaviour of the record. It is not a spec, because it removes the mesh that specs attach to. `remove`
 * returns the objects that remain.
 */
export async function proveRemoval(topology: string, remove: () => Promise<string[]>): Promise<Behaviour> {
  const started = new Date();
  const outcome = await removed(topology, remove);
  return {
    ...removalBehaviour,
    topology,
    verdict: 'passed',
    flaky: false,
    startedAt: started.toISOString(),
    durationMs: Date.now() - started.getTime(),
    failures: [],
    measurements: {},
    attachments: [],
    ...outcome,
  };
}

async function removed(topology: string, remove: () => Promise<string[]>): Promise<Partial<Behaviour>> {
  try {
    const left = await remove();
    const measurements = { leftovers: left };
    if (left.length === 0) return { measurements };
    const got = left.join(', ');
    const failure = {
      message: `END-1: the removal left ${left.length} objects behind: ${got}`,
      expected: 'the same objects in every cluster as before the mesh was installed',
      got,
      replay: `./meshproof run ${topology} --only END-1`,
    };
    return { verdict: 'failed', failures: [failure], measurements };
  } catch (error) {
    return { verdict: 'undetermined', reason: asError(error, exitCode.environment).describe() };
  }
}
