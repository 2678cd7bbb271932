import { exitCode, MeshproofError } from '../../kernel/errors.js';
import { read, refused, remove, request } from '../../kube/api.js';
import type { Target } from '../../kube/kubectl.js';
import { stateRoot } from '../../run/run-folders.js';

interface LeaseObject {
  metadata: { annotations?: Record<string, string> };
  spec?: { holderIdentity?: string };
}

/** Name of the Lease that says which run works on a cluster; in kube-system. */
export const leaseName = 'meshproof';
const leasesPath = '/apis/coordination.k8s.io/v1/namespaces/kube-system/leases';
const leasePath = `${leasesPath}/${leaseName}`;

/** Gives the cluster's lease up, if it is the run's; called when the run's mesh is gone from it. */
export async function releaseClusterLease(target: Target, runId: string): Promise<void> {
  if ((await leaseHolder(target)) === runId) await remove(target, leasePath, { uninterruptible: true });
}

/** The run that has the cluster's lease. */
export async function leaseHolder(target: Target): Promise<string | undefined> {
  return (await read<LeaseObject>(target, leasePath, { uninterruptible: true }))?.spec?.holderIdentity;
}

/** Marks the cluster as in use by the run. Throws (exit 3) when another run has it, on this machine or elsewhere. */
export async function takeClusterLease(target: Target, runId: string): Promise<void> {
  const body = JSON.stringify({
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name: leaseName, annotations: { 'meshproof.dev/state': stateRoot() } },
    spec: { holderIdentity: runId },
  });
  // of two runs that ask at the same time only one can make it
  const { status, text } = await request(target, { method: 'POST', path: leasesPath, body, type: 'application/json' });
  if (status < 300) return;
  if (status !== 409) throw refused(target, `POST ${leasesPath}`, status, text);
  const holder = await leaseHolder(target);
  if (holder === runId) return;
  throw new MeshproofError(`the cluster is in use by ${holder ? `run ${holder}` : 'somebody'}`, exitCode.preflight, {
    where: `${target.name}/kube-system/lease/${leaseName}`,
    remedy: `meshproof down ${holder ?? '<run>'}; if the state of that run is lost, remove its mesh and then this lease yourself`,
  });
}
