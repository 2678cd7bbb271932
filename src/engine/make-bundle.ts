import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { collectEvidence } from '../evidence/collect-evidence.js';
import { asError } from '../kernel/as-error.js';
import { exitCode } from '../kernel/errors.js';
import { packageVersion } from '../kernel/project-files.js';
import { redact, redactJson } from '../kernel/secrets/redact.js';
import type { MeshState } from '../mesh/mesh-state.js';
import { readState } from '../mesh/state-file.js';
import { planWithoutSecrets } from '../plan/plan-secrets.js';
import { joinNetwork } from '../provider/kind/docker-network.js';
import { diagnosisLines } from '../record/finding.js';
import { bundleEntries } from '../record/views/bundle-view.js';
import { openChanges } from '../run/open-changes.js';
import { isRunId, listRuns } from '../run/run-folders.js';
import { writeSearched } from '../run/searched-archive.js';
import type { Programs } from '../supply/program-paths.js';
import { findPrograms } from '../supply/programs-of-plans.js';
import { servingPlane } from '../topology/mesh-layout.js';
import { learnSecretsOf } from './learn-secrets.js';
import { lookAtRun } from './look-at-mesh.js';
import { usePrograms } from './programs-on-path.js';
import type { Progress } from './progress.js';
import { reportsFolder } from './report-paths.js';
import { findReport } from './reports.js';
import { archiveManifests } from './topology-record.js';

/** A bundle that was written. */
export interface Bundle {
  file: string;
  bytes: number;
  /** Collected of a mesh just now, or taken from a report. */
  of: 'mesh' | 'report';
  run: string;
}

/**
 * Writes what a helper needs to see into one archive: of the mesh of a run that is there, whatever its state, else of a report.
 * Without a name that is the only mesh, else the newest report. Reads the mesh alone, and takes it from nobody. Throws (exit 6) where
 * there is a secret in it, (exit 2) where there is neither mesh nor report.
 */
export async function makeBundle(
  name: string | undefined,
  file: string | undefined,
  progress: Progress,
): Promise<Bundle> {
  const state = stateOf(name);
  const run = state?.runId ?? findReport(reportsFolder(), name).id;
  const time = new Date().toISOString().replace(/[-:]|\..*/g, '');
  const base = `meshproof-bundle-${run}-${time}`;
  const target = file ?? `${base}.tar.gz`;
  if (!state) {
    const folder = path.join(reportsFolder(), run);
    const content = { folder, entries: bundleEntries(folder), name: base };
    const bytes = await progress.step('archive', {}, () => writeSearched(target, content));
    return { file: target, bytes, of: 'report', run };
  }
  const folder = await mkdtemp(path.join(tmpdir(), 'meshproof-bundle-'));
  try {
    await collect(state, folder, progress);
    const content = { folder, entries: (await readdir(folder)).sort(), name: base };
    const bytes = await progress.step('archive', {}, () => writeSearched(target, content));
    return { file: target, bytes, of: 'mesh', run };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function stateOf(name: string | undefined): MeshState | undefined {
  if (name !== undefined) return isRunId(name) ? readState(name) : undefined;
  const runs = listRuns().flatMap((id) => readState(id) ?? []);
  return runs.length === 1 ? runs[0] : undefined;
}

async function collect(state: MeshState, folder: string, progress: Progress): Promise<void> {
  const { plan, clusters, runId } = state;
  if (plan.docker.network) await joinNetwork(plan.docker.network).catch(() => {});
  // before anything is written that may hold one
  const unknown = await learnSecretsOf(state);
  const programs = await programsOf(state, progress);
  const evidence = progress.step('evidence', {}, () =>
    collectEvidence(clusters, folder, plan.topology, {
      istioctlFor: ({ name }) => {
        const { namespace, revision, version } = servingPlane(plan, name);
        return { program: programs?.istioctl[version] ?? 'istioctl', namespace, revision };
      },
      planned: plan.clusters.map(({ name }) => name),
      hostOf: plan.provider === 'kind' ? runId : undefined,
    }),
  );
  const [checks] = await Promise.all([checksText(state), evidence]);
  await mkdir(path.join(folder, 'manifests'), { recursive: true });
  archiveManifests(plan, path.join(folder, 'manifests', plan.topology));
  const files = {
    'README.txt': readme(state, checks, unknown),
    'checks.txt': checks,
    'plan.json': JSON.stringify(planWithoutSecrets(plan), null, 2),
    'timings.json': JSON.stringify(redactJson(state.timings), null, 2),
  };
  for (const [name, text] of Object.entries(files)) await writeFile(path.join(folder, name), `${redact(text)}\n`);
}

async function programsOf({ plan }: MeshState, progress: Progress): Promise<Programs | undefined> {
  try {
    return usePrograms(await findPrograms([plan]), progress);
  } catch (error) {
    progress.note(`some programs are missing: ${asError(error, exitCode.environment).message}`);
    return undefined;
  }
}

/** What the checks find, or why they could not look. */
async function checksText({ runId, phase }: MeshState): Promise<string> {
  if (phase !== 'up') return `no check ran, because the mesh is ${phase}, not up`;
  try {
    const diagnosis = await lookAtRun(runId);
    const first = diagnosis.causes.length > 0 ? [] : ['no check found anything broken'];
    return [...first, ...diagnosisLines(diagnosis)].join('\n');
  } catch (error) {
    return `the checks could not run: ${asError(error, exitCode.environment).describe()}`;
  }
}

function readme({ runId, phase, createdAt, plan }: MeshState, checks: string, unknown: readonly string[]): string {
  const { environment, controlPlanes, topology } = plan;
  const istio = [...new Set(controlPlanes.map(({ version }) => version))].join(', ');
  const changes = openChanges(runId).map(({ by, what }) => `not undone: ${by}: ${what}`);
  return [
    `bundle of run ${runId} by meshproof ${packageVersion()}, ${new Date().toISOString()}`,
    `topology ${topology}, mesh ${phase}, made ${createdAt}`,
    `environment ${environment.name}: Kubernetes ${environment.kubernetes}, Istio ${istio}`,
    ...changes,
    ...unknown,
    '',
    checks,
    '',
    `evidence/${topology}/collected.txt lists each question and its outcome.`,
    'Secrets are redacted. The archive was searched for secrets before it was written.',
  ].join('\n');
}
