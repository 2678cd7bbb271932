import type { V1ContainerStatus, V1Deployment, V1Pod, V1StatefulSet } from '@kubernetes/client-node';

/** Why a pod is not going to be ready by itself. */
export interface Trouble {
  pod: string;
  kind: 'unschedulable' | 'image' | 'crash' | 'config';
  /** `cannot be scheduled: 0/1 nodes are available: 1 Insufficient cpu` */
  reason: string;
  remedy: string;
  /** Seconds that it may last: a trouble can be passing (a Secret that another controller is about to make). */
  grace: number;
  noted?: boolean;
  /** The container that crashes. */
  container?: string;
}

/** The trouble of a pod, or undefined while it is ready or on its way. */
export function podTrouble(pod: V1Pod): Trouble | undefined {
  const name = pod.metadata?.name ?? '';
  if (pod.metadata?.deletionTimestamp) return undefined;
  const scheduled = pod.status?.conditions?.find((c) => c.type === 'PodScheduled');
  // a node that has just joined carries the not-ready taint for a few seconds
  if (
    scheduled?.status === 'False' &&
    scheduled.reason === 'Unschedulable' &&
    !/not-ready|uninitialized/.test(scheduled.message ?? '')
  ) {
    return {
      pod: name,
      kind: 'unschedulable',
      reason: `cannot be scheduled: ${scheduled.message}`,
      remedy: 'lower the CPU requests (cpuRequest in the environment file), or add workers to the cluster',
      grace: 5,
    };
  }
  const statuses = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])];
  for (const status of statuses) {
    const trouble = containerTrouble(name, status);
    if (trouble) return trouble;
  }
  return undefined;
}

function containerTrouble(pod: string, status: V1ContainerStatus): Trouble | undefined {
  const waiting = status.state?.waiting;
  const message = waiting?.message ? `: ${waiting.message.slice(0, 300)}` : '';
  switch (waiting?.reason) {
    case 'ImagePullBackOff':
    case 'ErrImagePull':
    case 'ErrImageNeverPull':
    case 'InvalidImageName':
      return {
        pod,
        kind: 'image',
        reason: `cannot pull image ${status.image} (${waiting.reason}${message})`,
        remedy: 'correct the image in the environment file, or set its registry with --registry',
        grace: 10,
      };
    case 'CrashLoopBackOff': {
      const last = status.lastState?.terminated;
      return {
        pod,
        kind: 'crash',
        reason: `crashes: container ${status.name} exited with ${last?.exitCode ?? '?'} (${last?.reason ?? 'Error'}), ${status.restartCount} restarts`,
        remedy: `read its log: kubectl logs ${pod} -c ${status.name} --previous`,
        container: status.name,
        // the first back-off lasts 10 s: one crash while the cluster starts is overcome by the restart, a second is not
        grace: 15,
      };
    }
    case 'CreateContainerConfigError':
    case 'CreateContainerError':
    case 'RunContainerError':
      return {
        pod,
        kind: 'config',
        reason: `container ${status.name} cannot start (${waiting.reason}${message})`,
        remedy: `inspect it: kubectl describe pod ${pod}`,
        grace: 30,
      };
    default:
      return undefined;
  }
}

/** Why the API server refuses a workload's pods (a webhook that does not answer, a quota), as Deployments tell it; empty where it does not. */
export function refusalOf(workload: V1Deployment | V1StatefulSet): string {
  const message = refusalMessage(workload);
  return message ? ` (its pods are refused: ${message})` : '';
}

/** The API server's own words; undefined where it refuses none, and of a StatefulSet, which has no such condition. */
export function refusalMessage({ status }: V1Deployment | V1StatefulSet): string | undefined {
  return status?.conditions?.find(({ type, status: is }) => type === 'ReplicaFailure' && is === 'True')?.message;
}
