import { converge } from '../kernel/converge.js';
import { docker } from '../kernel/docker.js';
import { exitCode, MeshproofError } from '../kernel/errors.js';
import { orUndetermined } from '../kernel/undetermined.js';
import type { V1Pod } from '@kubernetes/client-node';
import { podsOf } from '../kube/pods.js';
import type { ClusterHandle } from '../provider/cluster-handle.js';
import type { ActContext } from './scenario.js';

/** Milliseconds for a container that was killed to be started again and be ready. */
const backLimit = 120_000;

/** Kills the container of one pod of a Deployment on its node, which tells nobody before, and waits until it is ready again. */
export async function killOne(
  context: ActContext,
  cluster: ClusterHandle,
  namespace: string,
  deployment: string,
  container: string,
): Promise<void> {
  const live = (): Promise<V1Pod[]> =>
    orUndetermined(`reading the pods of ${deployment}`, cluster.name, async () =>
      (await podsOf(cluster, namespace, deployment)).filter(
        ({ metadata }) => metadata?.deletionTimestamp === undefined,
      ),
    );
  const stateOf = ({ status }: V1Pod) => status?.containerStatuses?.find(({ name }) => name === container);
  const [pod] = (await live()).filter((one) => stateOf(one)?.ready);
  const before = pod && stateOf(pod);
  const id = before?.containerID?.split('//')[1];
  if (!pod || !id)
    throw new MeshproofError(
      `no pod of ${deployment} has a container ${container} that is ready`,
      exitCode.environment,
      {
        where: `${cluster.name}/${namespace}`,
      },
    );
  const name = pod.metadata!.name!;
  const kill = ['ctr', '-n', 'k8s.io', 'tasks', 'kill', '--signal', 'SIGKILL', id];
  await docker(['exec', pod.spec!.nodeName!, ...kill]);
  context.mark(`container ${container} of pod ${name} was killed`);
  await converge(
    live,
    (pods) => {
      const now = pods.map(stateOf).filter((state) => state !== undefined);
      const again = pods.find(({ metadata }) => metadata!.name === name);
      const restarts = (again && stateOf(again)?.restartCount) ?? 0;
      if (restarts > before.restartCount && now.length > 1 && now.every(({ ready }) => ready)) return { ok: true };
      const ready = now.filter((state) => state.ready).length;
      return {
        ok: false,
        expected: `pod ${name} starts ${container} again, and every pod of ${deployment} is ready`,
        got: `${restarts - before.restartCount} starts since, ${ready} of ${now.length} ready`,
      };
    },
    { timeout: backLimit, interval: 500, signal: context.signal },
  );
  context.mark(`container ${container} of pod ${name} is ready again`);
}
