import { exitCode, MeshproofError } from '../kernel/errors.js';
import { request } from '../kube/api.js';
import type { Target } from '../kube/kubectl.js';
import type { MeshState } from '../mesh/mesh-state.js';
import { damageOf, readState } from '../mesh/state-file.js';
import { joinNetwork } from '../provider/kind/docker-network.js';
import { openChanges, type OpenChange } from '../run/open-changes.js';
import { hasLivingOwner, isLive, listRuns } from '../run/run-folders.js';

/** A run that is there. */
export interface RunStatus {
  runId: string;
  topology?: string;
  phase?: MeshState['phase'] | 'damaged' | 'broken';
  /** What is wrong with its state file. */
  damage?: string;
  openChanges: OpenChange[];
  owner: 'in use' | 'kept' | 'abandoned';
  createdAt?: string;
  clusters: { name: string; apiServer: string; kubeconfig: string; eastWestAddress?: string; health: string }[];
}

/** All runs, or the given one, and whether their clusters answer. Throws (exit 2) if the run does not exist. */
export function runStatus(runId: string | undefined): Promise<RunStatus[]> {
  if (runId && !listRuns().includes(runId)) {
    throw new MeshproofError(`no run has the id ${runId}`, exitCode.usage, {
      remedy: 'list the runs: meshproof status',
    });
  }
  return Promise.all((runId ? [runId] : listRuns()).map(statusOf));
}

async function statusOf(id: string): Promise<RunStatus> {
  const state = readState(id);
  const damage = damageOf(id);
  const owner = hasLivingOwner(id) ? 'in use' : isLive(id) ? 'kept' : 'abandoned';
  // a network that is gone answers as its clusters do: not at all
  if (state?.plan.docker.network) await joinNetwork(state.plan.docker.network).catch(() => {});
  const clusters = await Promise.all(
    (state?.clusters ?? []).map(async (cluster) => {
      const { name, apiServer, kubeconfig, eastWestAddress } = cluster;
      return { name, apiServer, kubeconfig, eastWestAddress, health: await healthOf(cluster) };
    }),
  );
  const changes = owner === 'in use' ? [] : openChanges(id);
  return {
    runId: id,
    topology: state?.plan.topology,
    phase: damage !== undefined ? 'damaged' : changes.length > 0 ? 'broken' : state?.phase,
    damage,
    openChanges: changes,
    owner,
    createdAt: state?.createdAt,
    clusters,
  };
}

/** Whether an API server is ready, in words. */
async function healthOf(cluster: Target): Promise<string> {
  const answer = await request(cluster, { method: 'GET', path: '/readyz' }, { timeout: 5 }).catch(() => undefined);
  if (answer === undefined) return 'does not answer';
  return answer.status === 200 ? 'ready' : `answers HTTP ${answer.status} to /readyz`;
}
