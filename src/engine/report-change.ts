import path from 'node:path';
import { collectEvidence, type EvidenceOptions } from '../evidence/collect-evidence.js';
import { interruption } from '../kernel/cancellation.js';
import type { MeshproofError } from '../kernel/errors.js';
import { timeIsUp } from '../kernel/stop-reasons.js';
import type { MeshState } from '../mesh/mesh-state.js';
import type { ChangeRecord } from '../record/change-record.js';
import { causesOf, verdictOf, type Behaviour, type TopologyRecord } from '../record/result.js';
import type { ReportFolder } from '../run/report-folder.js';
import type { Programs } from '../supply/program-paths.js';
import { istioctlFor } from './istioctl-for.js';
import type { Progress } from './progress.js';
import { finishReport, type RunOutcome } from './run-report.js';
import { archiveManifests, imagesThatRun, recordOfUnproven } from './topology-record.js';

/** A change to a mesh that is over, and what is known of it. */
export interface ChangeToReport {
  /** As the change has left it. */
  mesh: MeshState;
  programs: Programs;
  report: ReportFolder;
  startedAt: Date;
  /** How many timings there were before it. */
  firstTiming: number;
  notes: ReadonlySet<string>;
  /** What was lost; undefined where nothing was called meanwhile. */
  change?: ChangeRecord;
  behaviours?: Behaviour[];
  /** Where evidence is taken, and by which istioctl; default: as the plan says. */
  evidence?: Pick<EvidenceOptions, 'namespaces' | 'istioctlFor'>;
  /** Why it ended before its last act. */
  problem?: MeshproofError;
}

/** Writes the report of a change, with evidence unless all is well; it is the same for a command, an upgrade and a scenario. */
export async function reportChange(given: ChangeToReport, progress: Progress): Promise<RunOutcome> {
  const { mesh, programs, report, startedAt, notes, change, behaviours = [], problem } = given;
  const { plan, clusters } = mesh;
  const { evidence = { istioctlFor: istioctlFor(plan, programs) } } = given;
  const record: TopologyRecord = {
    ...recordOfUnproven(plan, problem),
    images: interruption.signal.aborted ? undefined : await imagesThatRun(clusters),
    timings: progress.timings.slice(given.firstTiming),
    notes: notes.size > 0 ? [...notes] : undefined,
    findings: causesOf(behaviours),
    behaviours,
    ...(change && { changes: [change] }),
  };
  record.verdict = verdictOf(record);
  if (record.verdict !== 'passed' && !interruption.signal.aborted)
    record.evidence = await progress.step('evidence', {}, () =>
      collectEvidence(clusters, report.dir, plan.topology, evidence),
    );
  archiveManifests(plan, path.join(report.dir, 'manifests', plan.topology));
  const failure = timeIsUp();
  const input = { report, startedAt, plans: [plan], programs, topologies: [record], failure, knownIssues: [] };
  const outcome = await finishReport(input, progress);
  return { ...outcome, failure };
}
