import {
  AppsV1Api,
  CoreV1Api,
  KubeConfig,
  makeInformer,
  type Informer,
  type KubernetesListObject,
  type KubernetesObject,
  type V1DaemonSet,
  type V1Deployment,
  type V1Pod,
  type V1Service,
  type V1StatefulSet,
} from '@kubernetes/client-node';
import { exitCode, MeshproofError } from '../kernel/errors.js';
import { request } from './api.js';
import type { Target } from './kubectl.js';
import { stoppedNode } from './outage.js';
import { addSpan } from '../kernel/spans.js';
import { podTrouble, type Trouble } from './pod-trouble.js';
import { redact } from '../kernel/secrets/redact.js';
import { rolloutLacks } from './rollout.js';
import { currentSignal } from '../kernel/cancellation.js';
import { scaled } from '../kernel/time-limits.js';

type Watched = {
  pods: V1Pod;
  deployments: V1Deployment;
  statefulsets: V1StatefulSet;
  daemonsets: V1DaemonSet;
  services: V1Service;
};

/**
 * A live view of one cluster's pods, workloads and services, kept by watches: waiting costs no child process and ends
 * at the event. `until` also ends as soon as a pod cannot become ready, and names it with its reason.
 */
export class ClusterWatch {
  private readonly objects = {
    pods: new Map<string, V1Pod>(),
    deployments: new Map<string, V1Deployment>(),
    statefulsets: new Map<string, V1StatefulSet>(),
    daemonsets: new Map<string, V1DaemonSet>(),
    services: new Map<string, V1Service>(),
  };
  private readonly informers: Informer<KubernetesObject>[] = [];
  private readonly waiters = new Set<() => void>();
  /** When each trouble was first seen, by pod and reason. */
  private readonly troubles = new Map<string, { since: number; trouble: Trouble }>();
  private stopped = false;
  /** Why the cluster will never answer again. */
  private lost?: Error;

  constructor(
    readonly cluster: Target,
    /** Called once for each trouble that has lasted 3 s, so that a person hears of it long before a wait gives up. */
    private readonly note: (text: string) => void = () => {},
  ) {}

  async start(): Promise<void> {
    const config = new KubeConfig();
    config.loadFromFile(this.cluster.kubeconfig);
    const core = config.makeApiClient(CoreV1Api);
    const apps = config.makeApiClient(AppsV1Api);
    await Promise.all([
      this.follow(config, '/api/v1/pods', () => core.listPodForAllNamespaces(), 'pods'),
      this.follow(config, '/api/v1/services', () => core.listServiceForAllNamespaces(), 'services'),
      this.follow(config, '/apis/apps/v1/deployments', () => apps.listDeploymentForAllNamespaces(), 'deployments'),
      this.follow(config, '/apis/apps/v1/statefulsets', () => apps.listStatefulSetForAllNamespaces(), 'statefulsets'),
      this.follow(config, '/apis/apps/v1/daemonsets', () => apps.listDaemonSetForAllNamespaces(), 'daemonsets'),
    ]);
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await Promise.all(this.informers.map((informer) => informer.stop()));
  }

  pods(namespace: string): V1Pod[] {
    return [...this.objects.pods.values()].filter((pod) => pod.metadata?.namespace === namespace);
  }

  /** Waits until a Deployment has all its replicas available, at its newest generation. */
  deployment(namespace: string, name: string, timeout: number): Promise<void> {
    return this.rolledOut('deployments', namespace, name, timeout);
  }

  /**
   * Waits until a workload has all its replicas available in their newest form, and no others. `generation` is that of the
   * last change, which the watch may not have been told of yet.
   */
  rolledOut(
    kind: 'deployments' | 'statefulsets',
    namespace: string,
    name: string,
    timeout: number,
    generation = 0,
  ): Promise<void> {
    return this.until(namespace, `${kind.slice(0, -1)} ${name}`, timeout, () => {
      const object = this.objects[kind].get(`${namespace}/${name}`);
      return object ? rolloutLacks(object, generation) : 'is not there';
    });
  }

  daemonset(namespace: string, name: string, timeout: number): Promise<void> {
    return this.until(namespace, `daemonset ${name}`, timeout, () => {
      const status = this.objects.daemonsets.get(`${namespace}/${name}`)?.status;
      if (!status) return 'is not there';
      const ready = status.numberReady ?? 0;
      return status.desiredNumberScheduled > 0 && ready >= status.desiredNumberScheduled
        ? undefined
        : `is ready on ${ready} of ${status.desiredNumberScheduled} nodes`;
    });
  }

  /** Waits for the address, or host name, that the load balancer gives to a service; returns it. */
  async loadBalancerAddress(namespace: string, name: string, timeout: number): Promise<string> {
    const address = (): string | undefined => {
      const ingress = this.objects.services.get(`${namespace}/${name}`)?.status?.loadBalancer?.ingress?.[0];
      return ingress?.ip ?? ingress?.hostname;
    };
    await this.until(namespace, `service ${name}`, timeout, () =>
      address() ? undefined : 'has no load balancer address',
    );
    return address()!;
  }

  /**
   * Waits until `missing` returns undefined; it returns what is missing otherwise. Throws (exit 4) after `timeout`
   * seconds, or earlier when a pod of the namespace is in a trouble that outlasts its grace.
   */
  until(namespace: string, what: string, timeout: number, missing: () => string | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const deadline = Date.now() + scaled(timeout) * 1000;
      const signal = currentSignal();
      const start = Date.now();
      const finish = (exit: number | undefined, end: () => void): void => {
        this.waiters.delete(look);
        clearInterval(tick);
        signal.removeEventListener('abort', look);
        addSpan({ command: `wait for ${what}`, cluster: this.cluster.name, start, end: Date.now(), exit });
        end();
      };
      const where = `${this.cluster.name}/${namespace}`;
      const fail = (message: string, trouble?: Trouble): void =>
        finish(1, () => {
          void this.lastWords(namespace, trouble).then((words) => {
            const cause = trouble ? `: pod ${trouble.pod} ${trouble.reason}${words}` : '';
            reject(new MeshproofError(`${message}${cause}`, exitCode.environment, { where, remedy: trouble?.remedy }));
          });
        });
      const look = (): void => {
        const lacking = missing();
        if (lacking === undefined) return finish(0, resolve);
        if (signal.aborted) return finish(undefined, () => reject(signal.reason as Error));
        if (this.lost) return finish(1, () => reject(this.lost!));
        const fatal = this.fatalTrouble(namespace);
        if (fatal) return fail(`${what} ${lacking}`, fatal);
        if (Date.now() > deadline) {
          const now = this.pods(namespace).map((pod) => podTrouble(pod));
          // one that comes and goes, as between two crashes, is remembered
          const before = [...this.troubles].find(([key]) => key.startsWith(`${namespace}/`))?.[1].trouble;
          fail(`${what} ${lacking} after ${scaled(timeout)} s`, now.find((trouble) => trouble !== undefined) ?? before);
        }
      };
      this.waiters.add(look);
      signal.addEventListener('abort', look);
      const tick = setInterval(look, 1000);
      look();
    });
  }

  /** The end of the log of a container that crashed, from before it did; empty where there is none. */
  private async lastWords(namespace: string, trouble?: Trouble): Promise<string> {
    if (!trouble?.container) return '';
    const query = `container=${trouble.container}&previous=true&tailLines=3`;
    const path = `/api/v1/namespaces/${namespace}/pods/${trouble.pod}/log?${query}`;
    const log = await request(this.cluster, { method: 'GET', path }).catch(() => undefined);
    const words = log?.status === 200 ? redact(log.text.trim()) : '';
    return words && `; its last words: ${words.replaceAll(/\s*\n\s*/g, ' / ').slice(-600)}`;
  }

  private fatalTrouble(namespace: string): Trouble | undefined {
    const now = Date.now();
    const current = new Set<string>();
    let fatal: Trouble | undefined;
    for (const pod of this.pods(namespace)) {
      const trouble = podTrouble(pod);
      if (!trouble) continue;
      const key = `${namespace}/${trouble.pod}/${trouble.kind}`;
      current.add(key);
      const known = this.troubles.get(key);
      if (!known) this.troubles.set(key, { since: now, trouble });
      else if (now - known.since > 3000 && known.trouble.noted !== true) {
        known.trouble.noted = true;
        this.note(`${this.cluster.name}/${namespace}: pod ${trouble.pod} ${trouble.reason}`);
      }
      if (known && now - known.since > trouble.grace * 1000) fatal = trouble;
    }
    for (const key of this.troubles.keys()) {
      if (key.startsWith(`${namespace}/`) && !current.has(key) && !this.mayCrashAgain(key)) this.troubles.delete(key);
    }
    return fatal;
  }

  /** Between two crashes a container runs for a moment; what began with the first is over when the pod is ready. */
  private mayCrashAgain(key: string): boolean {
    const [namespace, name, kind] = key.split('/');
    const containers = this.objects.pods.get(`${namespace}/${name}`)?.status?.containerStatuses ?? [];
    return kind === 'crash' && containers.some(({ ready }) => !ready);
  }

  private async follow<K extends keyof Watched>(
    config: KubeConfig,
    path: string,
    list: () => Promise<KubernetesListObject<Watched[K]>>,
    kind: K,
  ): Promise<void> {
    const objects = this.objects[kind] as Map<string, Watched[K]>;
    const informer = makeInformer(config, path, list);
    const key = (object: KubernetesObject): string => `${object.metadata?.namespace}/${object.metadata?.name}`;
    const put = (object: Watched[K]): void => {
      objects.set(key(object), object);
      this.changed();
    };
    informer.on('add', put);
    informer.on('update', put);
    informer.on('delete', (object) => {
      objects.delete(key(object));
      this.changed();
    });
    // the API server went away or closed an old watch: begin again with a list, as soon as it answers;
    // asked every 500 ms
    const lost = (): void => {
      if (this.stopped) return;
      setTimeout(() => this.stopped || void informer.start().catch(lost), 500).unref();
      void stoppedNode(this.cluster).then((error) => {
        this.lost = error;
        this.changed();
      });
    };
    informer.on('error', lost);
    this.informers.push(informer as unknown as Informer<KubernetesObject>);
    await informer.start();
  }

  private changed(): void {
    for (const waiter of [...this.waiters]) waiter();
  }
}
