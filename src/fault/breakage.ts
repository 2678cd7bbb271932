import { secretsOf, type SecretObject } from '../kube/secret-objects.js';
import { rememberSecrets } from '../kernel/secrets/known-secrets.js';
import { docker } from '../kernel/docker.js';
import { exec, kubectl, kubectlJson, kubectlWait } from '../kube/kubectl.js';
import { selectorOf } from '../kube/pods.js';
import { currentSignal } from '../kernel/cancellation.js';
import type { ClusterHandle } from '../provider/cluster-handle.js';
import { sampleNamespace } from '../topology/mesh-names.js';
import { converge } from '../kernel/converge.js';
import type { Undo } from '../kernel/undo.js';
import { patched, type Patch } from './merge-patch.js';

// a change is never cut in half, and is always taken back
const still = { uninterruptible: true };

/** Seconds for a Deployment to have its new pods; a machine that proves is a busy one. */
const rolloutSeconds = 120;

/** Milliseconds for a breakage to show: the longest, Envoy draining a listener, takes 45 s. */
const effect = 90_000;

/** Changes to a live mesh. Each is remembered before it is made, and taken back by `undo`, the last one first. */
export class Breakage {
  constructor(private readonly undo: Undo) {}

  /** Runs an action after the changes from here on have been undone, such as a restart of what holds the old state. */
  afterwards(what: string, step: () => Promise<unknown>): void {
    this.undo.later(what, step);
  }

  /** Deletes an object, `secret/cacerts`, and waits until it is gone; what was in it is kept in memory only. */
  async delete(cluster: ClusterHandle, namespace: string, name: string): Promise<void> {
    const object = await read(cluster, namespace, name);
    this.undo.later(`${cluster.name}: ${namespace}/${name} is deleted`, () =>
      kubectl(cluster, ['apply', '--server-side', '--force-conflicts', '-f', '-'], {
        input: JSON.stringify(object),
        ...still,
      }),
    );
    await kubectl(cluster, ['-n', namespace, 'delete', name], still);
  }

  /** Changes an object. */
  async edit(
    cluster: ClusterHandle,
    namespace: string,
    name: string,
    change: Patch | ((object: Patch) => Patch),
  ): Promise<void> {
    const object = await read(cluster, namespace, name);
    const replace = (by: Patch): Promise<string> => {
      remember(cluster, by);
      return kubectl(cluster, ['replace', '-f', '-'], { input: JSON.stringify(by), ...still });
    };
    this.undo.later(`${cluster.name}: ${namespace}/${name} is changed`, () => replace(object));
    await replace(typeof change === 'function' ? change(structuredClone(object)) : (patched(object, change) as Patch));
  }

  /** Makes an object that was not there. */
  async create(cluster: ClusterHandle, object: Patch): Promise<void> {
    const input = JSON.stringify(object);
    const { name } = object['metadata'] as { name: string };
    remember(cluster, object);
    this.undo.later(`${cluster.name}: ${String(object['kind'])} ${name} is there`, () =>
      kubectl(cluster, ['delete', '--ignore-not-found', '--wait', '-f', '-'], { input, ...still }),
    );
    await kubectl(cluster, ['create', '-f', '-'], { input, ...still });
  }

  /** Changes the replicas of a Deployment and waits until exactly so many pods are there. */
  async scale(cluster: ClusterHandle, namespace: string, deployment: string, replicas: number): Promise<void> {
    const name = `deployment/${deployment}`;
    const { spec } = (await read(cluster, namespace, name)) as { spec: { replicas: number } };
    const scale = async (to: number): Promise<void> => {
      await kubectl(cluster, ['-n', namespace, 'scale', name, `--replicas=${to}`], still);
      await rolledOut(cluster, namespace, name);
      if (to === 0) await noPods(cluster, namespace, name);
    };
    this.undo.later(`${cluster.name}: ${namespace}/${name} has ${replicas} replicas`, () => scale(spec.replicas));
    await scale(replicas);
  }

  /** Adds a rule at the head of a chain of every node's iptables: `['FORWARD', '-p', 'tcp', '-j', 'DROP']`. Nodes that are containers only. */
  async filter({ name, nodes }: ClusterHandle, [chain, ...rule]: readonly [string, ...string[]]): Promise<void> {
    for (const node of nodes) {
      const iptables = (verb: string): Promise<string> =>
        docker(['exec', node.name, 'iptables', '-w', verb, chain, ...rule], still);
      this.undo.later(`${name}: iptables of node ${node.name}: ${chain} ${rule.join(' ')}`, () => iptables('-D'));
      await iptables('-I');
    }
  }

  /** Freezes the nodes of a cluster with all that runs on them, as machines that hang. Nodes that are containers only. */
  async pause({ name, nodes }: ClusterHandle): Promise<void> {
    for (const node of nodes) {
      this.undo.later(`${name}: node ${node.name} is stopped`, async () => {
        const paused = await docker(['inspect', '-f', '{{.State.Paused}}', node.name], still);
        if (paused.trim() === 'true') await docker(['unpause', node.name], still);
      });
      await docker(['pause', node.name], still);
    }
  }

  /** Takes away the routes of every node that lead by an address. Nodes that are containers only. */
  async removeRoutes({ name, nodes }: ClusterHandle, via: string): Promise<void> {
    for (const node of nodes) {
      const ip = (...words: string[]): Promise<string> => docker(['exec', node.name, 'ip', 'route', ...words], still);
      const routes = (await ip('show', 'via', via)).split('\n').filter((line) => line.trim() !== '');
      for (const line of routes) {
        const [range] = line.trim().split(/\s+/) as [string];
        this.undo.later(`${name}: node ${node.name} has no route to ${range}`, () => ip('replace', range, 'via', via));
        await ip('del', range, 'via', via);
      }
    }
  }

  /** Waits until the breakage shows. Throws when it does not: then it broke nothing. */
  async until(what: string, shows: () => Promise<boolean>): Promise<void> {
    const check = (is: boolean) =>
      is ? ({ ok: true } as const) : { ok: false as const, expected: what, got: 'not yet' };
    await converge(shows, check, { timeout: effect, interval: 500, signal: currentSignal() });
  }
}

/** An object as it can be made again. */
export async function read(cluster: ClusterHandle, namespace: string, name: string): Promise<Patch> {
  const object = await kubectlJson<Patch & { kind: string; metadata: Patch; data?: Record<string, string> }>(
    cluster,
    ['-n', namespace, 'get', name],
    still,
  );
  for (const key of ['resourceVersion', 'uid', 'creationTimestamp', 'managedFields', 'generation']) {
    delete object.metadata[key];
  }
  delete object['status'];
  remember(cluster, object);
  return object;
}

/** What stands in a Secret is in no report. */
function remember(cluster: ClusterHandle, object: Patch): void {
  if (object['kind'] === 'Secret') rememberSecrets(secretsOf(object as unknown as SecretObject, cluster.name));
}

/** Replaces the pods of workloads, `deployment/sleep`, and waits until the new ones are ready. */
export async function restart(cluster: ClusterHandle, namespace: string, ...workloads: string[]): Promise<void> {
  await kubectl(cluster, ['-n', namespace, 'rollout', 'restart', ...workloads], still);
  await Promise.all(workloads.map((name) => rolledOut(cluster, namespace, name)));
}

/** Waits until the pods of a workload are those that it asks for, and ready. */
export async function rolledOut(cluster: ClusterHandle, namespace: string, workload: string): Promise<void> {
  await kubectlWait(cluster, ['-n', namespace, 'rollout', 'status', workload], rolloutSeconds, still);
}

/** Waits until a Deployment without replicas has no pods that still end. */
async function noPods(cluster: ClusterHandle, namespace: string, deployment: string): Promise<void> {
  const labels = await selectorOf(cluster, namespace, deployment, still);
  // an empty selector would mean every pod of the namespace
  if (labels === undefined) return;
  const args = ['-n', namespace, 'wait', '--for=delete', 'pod', '-l', labels];
  await kubectlWait(cluster, args, rolloutSeconds, still);
}

/** What the proxy of a workload of the sample namespace knows of upstream clusters whose name contains `filter`. */
export function proxyClusters(cluster: ClusterHandle, workload: string, filter: string): Promise<string> {
  const ask = ['pilot-agent', 'request', 'GET', `clusters?filter=${encodeURIComponent(filter)}`];
  return exec(cluster, sampleNamespace, `deploy/${workload}`, 'istio-proxy', ask);
}

/** The answers, one a line, to calls to helloworld from sleep: curl's words where there is none. */
export function hellos(cluster: ClusterHandle, count = 20, seconds = 5): Promise<string> {
  const curl = `curl -sS -m ${seconds} helloworld.${sampleNamespace}:5000/hello 2>&1 || true`;
  return exec(cluster, sampleNamespace, 'deploy/sleep', 'sleep', [
    'sh',
    '-c',
    `for i in $(seq ${count}); do ${curl}; done`,
  ]);
}
