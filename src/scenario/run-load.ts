import { randomBytes } from 'node:crypto';
import { appendFileSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import type { V1Pod } from '@kubernetes/client-node';
import { cleanUp, settleAll } from '../kernel/cancellation.js';
import { converge } from '../kernel/converge.js';
import { letTimePassUntil } from '../kernel/let-time-pass.js';
import type { Steps } from '../kernel/steps.js';
import { change, read, remove, selecting } from '../kube/api.js';
import { apply } from '../kube/apply.js';
import { ClusterWatch } from '../kube/cluster-watch.js';
import { runInShell } from '../kube/pod-shell.js';
import { workloadPath } from '../kube/pods.js';
import type { MeshState } from '../mesh/mesh-state.js';
import type { ClusterHandle } from '../provider/cluster-handle.js';
import { ownerLabels } from '../run/object-labels.js';
import { injectionChange, injectionLabels } from '../topology/istio-names.js';
import type { SampleLine } from './load/sample-lines.js';
import { allInjected } from './all-injected.js';
import { compareClocks } from './compare-clocks.js';
import { loadImage } from './load-image.js';
import { clientNames, loadNamespace, loadObjects, rateFile, samplesFile } from './load-objects.js';
import type { LoadPlan, SharedService } from './load-plan.js';
import type { OwnCall } from './own-calls.js';
import { loadProgram } from './load-program.js';
import { readProcessorTimes, type ProcessorTimes } from './processor-times.js';
import { SampleStore } from './sample-store.js';

/** A pod of a client that was met. */
export interface ClientPod {
  client: string;
  cluster: string;
  pod: string;
  node: string;
  clockOffsetMs: number;
  clockUnsureMs: number;
  /** Bytes of its file that were read. */
  read: number;
}

/** Milliseconds between two readings of what the clients have written. */
const readEveryMs = 2_000;
/** Seconds for the pods of the load to be ready. */
const readyWithin = 180;

/** Clients and servers in a namespace of their own in every cluster of a mesh, and what the clients have written so far. */
export class RunningLoad {
  readonly namespace = `load-${randomBytes(4).toString('hex')}`;
  readonly store = new SampleStore();
  readonly pods = new Map<string, ClientPod>();
  private perSecond: number;
  private readonly ended = new AbortController();
  private reading: Promise<void> | undefined;
  private readonly file: string;
  private image = '';
  private program: Record<string, string> = {};

  constructor(
    private readonly mesh: MeshState,
    private readonly options: {
      perSecond: number;
      /** Folder that every line of the clients is kept in. */
      folder: string;
      injection?: Readonly<Record<string, Record<string, string>>>;
      shared?: SharedService;
      own?: readonly OwnCall[];
      steps: Steps;
    },
  ) {
    this.perSecond = options.perSecond;
    mkdirSync(options.folder, { recursive: true });
    this.file = path.join(options.folder, 'samples.jsonl');
  }

  get plan(): LoadPlan {
    const { plan, clusters } = this.mesh;
    return {
      namespace: this.namespace,
      clusters: clusters.map(({ name }) => name),
      image: this.image,
      labels: ownerLabels(plan),
      perSecond: this.perSecond,
      shared: this.options.shared,
      own: this.options.own,
    };
  }

  private get path(): string {
    return `/api/v1/namespaces/${this.namespace}`;
  }

  /** Deploys clients and servers and waits until all of them are ready; the clients call from then on. */
  async start(): Promise<void> {
    const { steps } = this.options;
    this.image = await steps.step('image of the load', {}, () => loadImage(this.mesh, steps));
    this.program = await loadProgram();
    await settleAll(
      this.mesh.clusters.map((cluster) =>
        steps.step('load', { cluster: cluster.name }, async () => {
          const injection = this.options.injection?.[cluster.name] ?? injectionLabels(cluster.dataPlane);
          await apply(cluster, JSON.stringify(loadNamespace(this.plan, injection)));
          await this.rootGiven(cluster);
          await this.applyAll(cluster);
          await this.ready(cluster);
          await allInjected(cluster, this.namespace, injection);
        }),
      ),
    );
    this.reading = this.readAgain();
  }

  private async applyAll(cluster: ClusterHandle): Promise<void> {
    const objects = loadObjects(this.plan, cluster.name, this.program, cluster.role === 'primary');
    await apply(cluster, objects.map((object) => JSON.stringify(object)).join('\n---\n'));
  }

  /** No sidecar starts without the mesh's root certificate, and a pod that came too early waits long for its second try. */
  private async rootGiven(cluster: ClusterHandle): Promise<void> {
    const rootIn = (namespace: string) =>
      read<object>(cluster, `/api/v1/namespaces/${namespace}/configmaps/istio-ca-root-cert`);
    if (!(await rootIn(cluster.istio.namespace))) return;
    await converge(
      () => rootIn(this.namespace),
      (root) => (root ? { ok: true } : { ok: false, expected: 'the root certificate', got: 'none' }),
      { timeout: 60_000 },
    );
  }

  private async ready(cluster: ClusterHandle): Promise<void> {
    const watch = new ClusterWatch(cluster, (text) => this.options.steps.note(text));
    await watch.start();
    try {
      const names = ['server', ...clientNames.map((name) => `client-${name}`)];
      await settleAll(names.map((name) => watch.deployment(this.namespace, name, readyWithin)));
    } finally {
      await watch.stop();
    }
  }

  /** Changes the rate of the clients; their series restart. Clients that start later use it from the start. */
  async setRate(perSecond: number): Promise<void> {
    this.perSecond = perSecond;
    await settleAll(this.mesh.clusters.map((cluster) => this.applyAll(cluster)));
    const script = `echo ${perSecond} >${rateFile}.new && mv ${rateFile}.new ${rateFile}`;
    await settleAll([...this.pods.values()].map((pod) => this.inPod(pod, script)));
  }

  /** What the processors of each node with a client have done so far. A node that does not say it is left out. */
  async processorTimes(): Promise<Map<string, ProcessorTimes>> {
    // of the pods on a node one is enough
    const onNode = new Map([...this.pods.values()].map((pod) => [`${pod.cluster}/${pod.node}`, pod]));
    const read = await Promise.allSettled(
      [...onNode].map(async ([node, pod]) => ({
        node,
        times: readProcessorTimes(await this.inPod(pod, 'head -n 1 /proc/stat')),
      })),
    );
    const known = read.flatMap((one) => (one.status === 'fulfilled' && one.value.times ? [one.value] : []));
    return new Map(known.map(({ node, times }) => [node, times!]));
  }

  /**
   * Lets the proxies of the load in a cluster follow another revision or tag: the namespace says so, the servers are replaced one
   * by one, then the clients one after the other. Returns when all of them run.
   */
  async follow(clusterName: string, dataPlane: string): Promise<void> {
    const cluster = this.mesh.clusters.find(({ name }) => name === clusterName)!;
    await change(cluster, this.path, { metadata: { labels: injectionChange(dataPlane) } });
    for (const name of ['server', ...clientNames.map((client) => `client-${client}`)]) {
      const annotations = { 'meshproof.dev/restarted': new Date().toISOString() };
      const workload = workloadPath(this.namespace, `deployment/${name}`);
      await change(cluster, workload, { spec: { template: { metadata: { annotations } } } });
      await this.ready(cluster);
    }
  }

  /** Reads on until the load ends. What cannot be read now is read later: it stays in the client's file. */
  private async readAgain(): Promise<void> {
    while (!this.ended.signal.aborted) {
      await this.readAll();
      await letTimePassUntil(this.ended.signal, readEveryMs);
    }
  }

  /** Reads what all clients have written since. */
  async readAll(): Promise<void> {
    await Promise.allSettled(this.mesh.clusters.map((cluster) => this.readCluster(cluster)));
  }

  private async readCluster(cluster: ClusterHandle): Promise<void> {
    const list = await read<{ items: V1Pod[] }>(cluster, `${this.path}/pods${selecting('app=client')}`, { timeout: 5 });
    const running = (list?.items ?? []).filter(({ status }) =>
      status?.containerStatuses?.some(({ name, state }) => name === 'load' && state?.running),
    );
    await Promise.all(running.map((pod) => this.readPod(cluster, pod)));
  }

  private async readPod(cluster: ClusterHandle, { metadata, spec }: V1Pod): Promise<void> {
    const pod = metadata!.name!;
    const client = `${cluster.name}/${metadata!.labels!['client']}`;
    const known =
      this.pods.get(pod) ?? (await this.meet({ client, cluster: cluster.name, pod, node: spec?.nodeName ?? '' }));
    this.pods.set(pod, known);
    const text = await this.inPod(known, `tail -c +${known.read + 1} ${samplesFile} 2>/dev/null | head -c 4000000`);
    const whole = text.slice(0, text.lastIndexOf('\n') + 1);
    if (whole === '') return;
    known.read += Buffer.byteLength(whole);
    const lines = whole.trimEnd().split('\n');
    this.store.add(
      pod,
      lines.map((line) => JSON.parse(line) as SampleLine),
    );
    appendFileSync(this.file, lines.map((line) => `{"pod":"${client} ${pod}","line":${line}}\n`).join(''));
  }

  /** Makes a pod known, with how its clock differs from this machine's. */
  private async meet(pod: Pick<ClientPod, 'client' | 'cluster' | 'pod' | 'node'>): Promise<ClientPod> {
    const { offsetMs, unsureMs } = await compareClocks(async () => Number(await this.inPod(pod, 'date +%s%3N')));
    this.store.addPod(pod.pod, { client: pod.client, cluster: pod.cluster, shift: -offsetMs });
    return { ...pod, clockOffsetMs: offsetMs, clockUnsureMs: unsureMs, read: 0 };
  }

  private inPod({ cluster, pod }: Pick<ClientPod, 'cluster' | 'pod'>, script: string): Promise<string> {
    const handle = this.mesh.clusters.find(({ name }) => name === cluster)!;
    return runInShell(handle, { namespace: this.namespace, workload: pod, container: 'load' }, script, { timeout: 10 });
  }

  /** Ends the reading, after a last one. */
  async stop(): Promise<void> {
    this.ended.abort();
    await this.reading;
    await this.readAll();
  }

  /** Removes everything, also after an interrupt; does not wait until it is gone. */
  async remove(): Promise<void> {
    this.ended.abort();
    await cleanUp(() =>
      settleAll(this.mesh.clusters.map((cluster) => remove(cluster, this.path, { uninterruptible: true }))),
    );
  }
}
