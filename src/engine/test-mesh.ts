import { exitCode, MeshproofError } from '../kernel/errors.js';
import { timeIsUp } from '../kernel/stop-reasons.js';
import type { LimitOptions, MeshFlags } from './engine-options.js';
import { meshThatIsUp } from './kept-meshes.js';
import { clusterSource } from './ownership.js';
import type { Progress } from './progress.js';
import { removalBehaviour } from './removal-behaviour.js';
import { finishReport, type RunOutcome } from './run-report.js';
import { readKnownIssues } from './read-known-issues.js';
import { readSelection } from './run-suites.js';
import type { Filters } from './selection.js';
import { TopologyRun } from './topology-run.js';
import { onMeshThatIsUp, withReportOf } from './use-mesh.js';

/** Proves the behaviours of a mesh that is up; it is left as it was. `args` are Playwright's. */
export async function testMesh(
  runId: string | undefined,
  args: readonly string[],
  flags: MeshFlags & Filters & LimitOptions,
  progress: Progress,
): Promise<RunOutcome> {
  const startedAt = new Date();
  const state = meshThatIsUp(runId);
  const selection = await readSelection(flags, args);
  if (!selection.args) {
    throw new MeshproofError(
      `${removalBehaviour.id} removes the mesh, but \`test\` must leave it as it was`,
      exitCode.usage,
      {
        remedy: `test it on a separate mesh: meshproof run ${state.plan.topology} --only ${removalBehaviour.id}`,
      },
    );
  }
  const knownIssues = await readKnownIssues(flags.knownIssues);
  return onMeshThatIsUp(state, flags, progress, (programs) =>
    withReportOf(state.runId, startedAt, progress, async (report) => {
      if (state.plan.topologySha256 === undefined)
        progress.note(
          `an older meshproof built this mesh, so the report does not include the text of ${state.plan.topologyFile}`,
        );
      const source = clusterSource(state.plan, programs);
      const topology = new TopologyRun(state.plan, programs, progress, source, flags, state);
      await topology.prove(report.dir, selection, { meshStays: true });
      const [observed] = await Promise.all([topology.observe(report.dir), topology.asFound()]);
      const input = {
        report,
        startedAt,
        plans: [state.plan],
        programs,
        topologies: [topology.record(observed)],
        failure: timeIsUp(),
        knownIssues,
      };
      return { ...(await finishReport(input, progress)), failure: input.failure };
    }),
  );
}
