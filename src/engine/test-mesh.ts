import { exitCode, MeshproofError } from '../kernel/errors.js';
import { withReport } from '../run/report-folder.js';
import { releaseLease } from '../run/run-folders.js';
import type { MeshFlags } from './engine-options.js';
import { meshThatIsUp, reportIdOf, takeMesh } from './kept-meshes.js';
import { clusterSource } from './ownership.js';
import type { Progress } from './progress.js';
import { checkMachine } from './ready-machine.js';
import { removalBehaviour } from './removal-behaviour.js';
import { reportsFolder } from './report-paths.js';
import { finishReport, type ReportOutcome } from './run-report.js';
import { readSelection } from './run-suites.js';
import type { Filters } from './selection.js';
import { TopologyRun } from './topology-run.js';

/** Proves the behaviours of a mesh that is up; it is left as it was. `args` are Playwright's. */
export async function testMesh(
  runId: string | undefined,
  args: readonly string[],
  flags: MeshFlags & Filters,
  progress: Progress,
): Promise<ReportOutcome> {
  const startedAt = new Date();
  const state = meshThatIsUp(runId);
  const id = state.runId;
  const selection = await readSelection(flags, args);
  if (!selection.args) {
    throw new MeshproofError(
      `${removalBehaviour.id} takes the mesh away, and \`test\` leaves it as it was`,
      exitCode.usage,
      {
        remedy: `prove it on a mesh of its own: meshproof run ${state.plan.topology} --only ${removalBehaviour.id}`,
      },
    );
  }
  await takeMesh(state, progress);
  try {
    const programs = await checkMachine([state.plan], progress, { meshIsUp: true });
    return await withReport(reportsFolder(), reportIdOf(id, startedAt), async (report) => {
      progress.note(`run ${id}; report in reports/${report.id}`);
      if (state.plan.topologySha256 === undefined)
        progress.note(
          `an older meshproof made this mesh: the report cannot say which text of ${state.plan.topologyFile}`,
        );
      const source = clusterSource(state.plan, programs);
      const topology = new TopologyRun(state.plan, programs, progress, source, flags, state);
      await topology.prove(report.dir, selection, { meshStays: true });
      const [record] = await Promise.all([topology.record(report.dir), topology.asFound()]);
      const input = { report, startedAt, plans: [state.plan], programs, topologies: [record] };
      return await finishReport(input, progress);
    });
  } finally {
    releaseLease(id);
  }
}
