import { thenAlways } from '../kernel/cancellation.js';
import { endWorkAfter } from '../kernel/stop-reasons.js';
import type { MeshState } from '../mesh/mesh-state.js';
import { withReport, type ReportFolder } from '../run/report-folder.js';
import { releaseLease } from '../run/run-folders.js';
import type { Programs } from '../supply/program-paths.js';
import { reportIdOf, takeMesh } from './kept-meshes.js';
import type { makeMesh } from './make-mesh.js';
import { discard, keep } from './ownership.js';
import type { Progress } from './progress.js';
import { checkMachine } from './ready-machine.js';
import { reportPath, reportsFolder } from './report-paths.js';

/** How long a mesh is used, and what is expected of it. */
export interface MeshUse {
  /** Milliseconds after which the work ends in order. */
  maxTime?: number;
  /** Whose open changes are what the work is about to go on with. */
  despite?: string;
  /** What the programs are for, where that is more than the mesh needs. */
  plan?: MeshState['plan'];
}

/** Works on a mesh that is up, which stays. Throws (exit 3) where another process uses it, or where it is broken. */
export async function onMeshThatIsUp<T>(
  state: MeshState,
  { maxTime, despite, plan = state.plan }: MeshUse,
  progress: Progress,
  work: (programs: Programs) => Promise<T>,
): Promise<T> {
  await takeMesh(state, progress, { despite });
  const stopClock = endWorkAfter(maxTime);
  try {
    return await work(await checkMachine([plan], progress, { meshIsUp: true }));
  } finally {
    stopClock();
    releaseLease(state.runId);
  }
}

/** Works on a mesh that `make` makes, and removes it afterwards, unless it is to be kept. */
export async function onNewMesh<T>(
  make: () => ReturnType<typeof makeMesh>,
  { maxTime, keep: kept }: { maxTime?: number; keep?: boolean },
  progress: Progress,
  work: (made: Awaited<ReturnType<typeof makeMesh>>) => Promise<T>,
): Promise<T> {
  const stopClock = endWorkAfter(maxTime);
  const made = await make().catch((error: unknown) => {
    stopClock();
    throw error;
  });
  const { runId } = made.state;
  return thenAlways(
    () => work(made),
    async () => {
      stopClock();
      await (kept ? keep(runId, progress) : discard(runId, progress));
    },
  );
}

/** Makes a report on a mesh that is up, and says where it will be. */
export function withReportOf<T>(
  runId: string,
  startedAt: Date,
  progress: Progress,
  work: (report: ReportFolder) => Promise<T>,
): Promise<T> {
  return withReport(reportsFolder(), reportIdOf(runId, startedAt), (report) => {
    progress.note(`run ${runId}; report in ${reportPath(report.id)}`);
    return work(report);
  });
}
