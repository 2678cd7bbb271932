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
 * END-1 as a behaviour of the record. It is no spec, because it takes the mesh away that specs attach to. `remove`
 * returns what is left behind.
 */
export async function proveRemoval(topology: string, remove: () => Promise<string[]>): Promise<Behaviour> {
  const started = new Date();
  const behaviour: Behaviour = {
    ...removalBehaviour,
    topology,
    verdict: 'passed',
    flaky: false,
    startedAt: started.toISOString(),
    durationMs: 0,
    failures: [],
    measurements: {},
    attachments: [],
  };
  try {
    const left = await remove();
    behaviour.measurements = { leftovers: left };
    if (left.length > 0) {
      const got = left.join(', ');
      behaviour.verdict = 'failed';
      behaviour.failures = [
        {
          message: `END-1: the removal left ${left.length} objects behind: ${got}`,
          expected: 'the same objects in every cluster as before the mesh was installed',
          got,
          replay: `./meshproof run ${topology} --only END-1`,
        },
      ];
    }
  } catch (error) {
    behaviour.verdict = 'undetermined';
    behaviour.reason = asError(error, exitCode.environment).describe();
  }
  return { ...behaviour, durationMs: Date.now() - started.getTime() };
}
