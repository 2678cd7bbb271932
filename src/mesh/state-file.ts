import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { exitCode, MeshproofError } from '../kernel/errors.js';
import { accessOf } from '../provider/cluster-handle.js';
import { writeAtomicallySync } from '../kernel/files.js';
import { stateFile } from '../run/run-folders.js';
import { defaultRevision } from '../topology/istio-names.js';
import type { Plan } from '../topology/plan-types.js';
import type { MeshState } from './mesh-state.js';
import { withPlan } from './with-plan.js';

/** What commands rely on before they look at anything else; the rest of a state is the work of the process that wrote it. */
const stateSchema = z.looseObject({
  version: z.literal([1, 2]),
  runId: z.string(),
  phase: z.enum(['creating', 'installing', 'up', 'removing', 'removed']),
  createdAt: z.string(),
  plan: z.looseObject({
    topology: z.string(),
    topologyFile: z.string(),
    provider: z.enum(['kind', 'existing']),
    attach: z.boolean(),
    docker: z.looseObject({ network: z.string() }),
    features: z.looseObject({}),
    istio: z.looseObject({}),
    environment: z.looseObject({}),
    clusters: z.array(z.looseObject({ name: z.string() })),
  }),
  clusters: z.array(z.looseObject({ name: z.string(), kubeconfig: z.string() })),
});

/** The state in a file, or what is wrong with the file; neither where there is none. It must be that of the run, where one is named. */
export function readStateFile(file: string, runId?: string): { state?: MeshState; problem?: string } {
  let data: unknown;
  try {
    data = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' ? {} : { problem: code ? `cannot read it (${code})` : `it is not valid JSON: ${message}` };
  }
  const { version } = (data ?? {}) as { version?: unknown };
  if (typeof version === 'number' && version !== 1 && version !== 2)
    return { problem: `it has version ${version}, from another version of meshproof` };
  const { error } = stateSchema.safeParse(data);
  const [issue] = error?.issues ?? [];
  if (issue) return { problem: `${issue.path.join('.') || 'the file'}: ${issue.message}` };
  const { plan, clusters } = data as MeshState;
  const stray = clusters.find(({ name }) => !plan.clusters.some((own) => own.name === name));
  if (stray) return { problem: `clusters: ${stray.name} is not in its plan` };
  const state = completed(data as MeshState);
  return runId === undefined || state.runId === runId ? { state } : { problem: `it belongs to run ${state.runId}` };
}

/**
 * A state with whole handles: the file has of a cluster what its plan has not. A file of version 1 repeats some of the plan's, and
 * its plan may not name control planes.
 */
function completed(state: MeshState): MeshState {
  return withPlan(state, state.plan.controlPlanes ? state.plan : withControlPlanes(state.plan));
}

/** The plan of a meshproof that knew one control plane in each primary: revision default in istio-system, by istioctl. */
function withControlPlanes(plan: Plan): Plan {
  const { version, installer, values, meshConfig, hub, tag } = plan.istio;
  const names = { namespace: 'istio-system', revision: defaultRevision };
  const { 'istio-pilot': pilot, 'istio-proxyv2': proxy } = plan.images;
  const images = { 'istio-pilot': pilot, 'istio-proxyv2': proxy, 'istio-cni': `${hub}/install-cni:${tag}` };
  const clusters = plan.clusters.map((cluster) => ({
    ...cluster,
    controlPlane: `${cluster.primary ?? cluster.name}/${defaultRevision}`,
    dataPlane: defaultRevision,
  }));
  const controlPlanes = clusters.map((cluster) => ({
    ...{ ...names, version, installer, values, meshConfig, hub, tag, images, cni: false, tags: [] },
    id: `${cluster.name}/${defaultRevision}`,
    cluster: cluster.name,
    ...(cluster.primary && { servedBy: cluster.controlPlane }),
    needs: { programs: [] },
  }));
  return { ...plan, clusters, controlPlanes };
}

/** The error (exit 4) for a run whose belongings are unknown, because its state file is damaged. */
export function damaged(runId: string, file: string, problem: string): MeshproofError {
  return new MeshproofError(`the state of run ${runId} is damaged: ${problem}`, exitCode.environment, {
    where: file,
    expected: 'the file as written by meshproof',
    remedy:
      "restore the file; or delete the run's objects from existing clusters yourself, then delete the run's folder",
  });
}

/** The state of a run; undefined where it has none, or one that is damaged. */
export function readState(runId: string): MeshState | undefined {
  return readStateFile(stateFile(runId), runId).state;
}

/** What is wrong with the state file of a run; undefined where it can be used, and where there is none. */
export function damageOf(runId: string): string | undefined {
  return readStateFile(stateFile(runId), runId).problem;
}

export function writeState(state: MeshState): void {
  const file = { ...state, clusters: state.clusters.map(accessOf) };
  writeAtomicallySync(stateFile(state.runId), `${JSON.stringify(file, null, 2)}\n`, 0o600);
}
