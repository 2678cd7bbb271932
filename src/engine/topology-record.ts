import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { asError } from '../kernel/as-error.js';
import { interruption } from '../kernel/cancellation.js';
import { exitCode, type MeshproofError } from '../kernel/errors.js';
import { recordConfigurations } from '../evidence/record-configurations.js';
import { redact } from '../kernel/secrets/redact.js';
import type { Target } from '../kube/kubectl.js';
import type { MeshState } from '../mesh/mesh-state.js';
import { runningImages } from '../probe/running-images.js';
import { configurationPath } from '../record/comparison/configuration-file.js';
import type { ClusterRecord, RunningImage } from '../record/mesh-schema.js';
import type { TopologyRecord } from '../record/result.js';
import { manifestsFolder } from '../run/run-folders.js';
import { eastWestGateway } from '../topology/features.js';
import type { ClusterPlan, ControlPlane, Plan } from '../topology/plan-types.js';
import type { Progress } from './progress.js';

/** The record of a topology that could not be tried, with the reason. */
export function recordOfUnproven(plan: Plan, problem?: MeshproofError): TopologyRecord {
  return {
    name: plan.topology,
    file: path.relative(process.cwd(), plan.topologyFile),
    fileSha256: plan.topologySha256,
    features: { ...plan.features },
    clusters: plan.clusters.map((cluster) => clusterRecord(cluster, plan)),
    controlPlanes: plan.controlPlanes.map(controlPlaneRecord),
    verdict: 'undetermined',
    timings: [],
    problem: problem && {
      message: problem.text(),
      where: problem.where,
      expected: problem.expected,
      remedy: problem.remedy,
    },
    behaviours: [],
    evidence: [],
  };
}

function clusterRecord(cluster: ClusterPlan, { clusters }: Plan): ClusterRecord {
  const { name, network, role, primary, region, zone, helloworld } = cluster;
  const gateway = eastWestGateway(cluster, clusters) !== undefined;
  return { name, network, role, primary, region, zone, versions: helloworld, eastWestGateway: gateway };
}

function controlPlaneRecord(plane: ControlPlane) {
  const { id, cluster, servedBy, namespace, revision, version, installer, tags } = plane;
  return { id, cluster, servedBy, namespace, revision, version, installer, tags };
}

/** The images that run in the clusters; what cannot be asked is left out. */
export async function imagesThatRun(clusters: readonly Target[]): Promise<RunningImage[]> {
  const asked = await Promise.all(clusters.map((cluster) => runningImages(cluster).catch(() => [])));
  return asked.flat();
}

/**
 * Records what each proxy was told; returns the path of the file below the report's folder. That it cannot be recorded becomes a
 * note, and keeps no verdict from the record.
 */
export async function recordProxies(
  { clusters, plan }: MeshState,
  dir: string,
  { notes, progress }: { notes: Set<string>; progress: Progress },
): Promise<string | undefined> {
  if (clusters.length === 0 || interruption.signal.aborted) return undefined;
  try {
    const record = () => recordConfigurations(clusters, dir, plan.topology);
    await progress.step('configuration of proxies', {}, record);
    return configurationPath(plan.topology);
  } catch (error) {
    notes.add(`cannot record the configuration of the proxies: ${problemOf(error).describe()}`);
    return undefined;
  }
}

/** Copies what the clusters were given into the report; values of the user's may hold a token. */
export function archiveManifests(plan: Plan, into: string): void {
  const folder = manifestsFolder(plan.runId);
  const files = existsSync(folder) ? readdirSync(folder) : [];
  if (files.length > 0) mkdirSync(into, { recursive: true });
  for (const file of files) writeFileSync(path.join(into, file), redact(readFileSync(path.join(folder, file), 'utf8')));
}

/** After an interrupt, whatever fails fails because of it. */
export function problemOf(error: unknown): MeshproofError {
  return asError(interruption.signal.aborted ? interruption.signal.reason : error, exitCode.environment);
}
