import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { cleanUp, settleAll } from '../kernel/cancellation.js';
import { converge } from '../kernel/converge.js';
import { letTimePassUntil } from '../kernel/let-time-pass.js';
import type { Steps } from '../kernel/steps.js';
import { change, read, remove } from '../kube/api.js';
import { apply } from '../kube/apply.js';
import { ClusterWatch } from '../kube/cluster-watch.js';
import { workloadPath } from '../kube/pods.js';
import type { MeshState } from '../mesh/mesh-state.js';
import { lentNamespacesGone } from '../mesh/remove-mesh.js';
import type { ClusterHandle } from '../provider/cluster-handle.js';
import { lentSelector, ownerLabels } from '../run/object-labels.js';
import { injectionChange, injectionLabels } from '../topology/istio-names.js';
import { allInjected } from './all-injected.js';
import { ClientReader, type ClientPod } from './client-reader.js';
import { loadImage } from './load-image.js';
import { LoadIngress } from './ingress/load-ingress.js';
import { loadNamespace, loadObjects, rateFile, workloadsIn } from './load-objects.js';
import type { LoadPlan, SharedService } from './load-plan.js';
import type { OwnCall } from './own-calls.js';
import { firstSeriesOf } from './load-series.js';
import { loadProgram } from './load-program.js';
import { readProcessorTimes, type ProcessorTimes } from './processor-times.js';
import { SampleStore } from './sample-store.js';

/** Milliseconds between two readings of what the clients have written. */
const readEveryMs = 2_000;
/** Seconds for the pods of the load to be ready. */
const readyWithin = 180;

/** Clients and servers in a namespace of their own in every cluster of a mesh, and what the clients have written so far. */
export class RunningLoad {
  readonly namespace = `load-${randomBytes(4).toString('hex')}`;
  readonly store = new SampleStore();
  private readonly reader: ClientReader;
  private readonly ingress: LoadIngress;
  private perSecond: number;
  private readonly ended = new AbortController();
  private reading: Promise<void> | undefined;
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
      /** Default true. */
      ingress?: boolean;
      steps: Steps;
    },
  ) {
    this.perSecond = options.perSecond;
    mkdirSync(options.folder, { recursive: true });
    const file = path.join(options.folder, 'samples.jsonl');
    this.reader = new ClientReader(mesh.clusters, this.namespace, this.store, file, (client) =>
      firstSeriesOf(this.plan, client),
    );
    this.ingress = new LoadIngress(this.namespace, (text) => options.steps.note(text));
  }

  /** The pods of its clients that were met, by their names. */
  get pods(): ReadonlyMap<string, ClientPod> {
    return this.reader.pods;
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
      ingress: this.ingress.known,
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
    // two loads at once may not fit on a small node
    const { clusters, runId } = this.mesh;
    await steps.step('load before this one is gone', {}, () =>
      lentNamespacesGone(clusters, { lent: lentSelector(runId) }),
    );
    await settleAll(
      this.mesh.clusters.map((cluster) =>
        steps.step('load', { cluster: cluster.name }, async () => {
          const injection = this.options.injection?.[cluster.name] ?? injectionLabels(cluster.dataPlane);
          await apply(cluster, JSON.stringify(loadNamespace(this.plan, injection)));
          await this.rootGiven(cluster);
          if (this.options.ingress === false) this.ingress.leaveOut(cluster);
          else await this.ingress.tryInjection(cluster);
          await this.applyAll(cluster);
          await this.ready(cluster);
          await allInjected(cluster, this.namespace, injection);
          if (!(await this.ingress.findAddress(cluster))) return;
          // with those who call it
          await this.applyAll(cluster);
          await this.ready(cluster);
        }),
      ),
    );
    const read = () => this.readAll().then(() => this.store.series);
    await steps.step('calls from outside', {}, async () =>
      this.reader.forget(await this.ingress.answered(this.mesh.clusters, this.plan, read)),
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
      const { inMesh, outside } = workloadsIn(this.plan, cluster.name);
      await settleAll([...inMesh, ...outside].map((name) => watch.deployment(this.namespace, name, readyWithin)));
    } finally {
      await watch.stop();
    }
  }

  /** Changes the rate of the clients; their series restart. Clients that start later use it from the start. */
  async setRate(perSecond: number): Promise<void> {
    this.perSecond = perSecond;
    await settleAll(this.mesh.clusters.map((cluster) => this.applyAll(cluster)));
    const script = `echo ${perSecond} >${rateFile}.new && mv ${rateFile}.new ${rateFile}`;
    await settleAll([...this.pods.values()].map((pod) => this.reader.inPod(pod, script)));
  }

  /** What the processors of each node with a client have done so far. A node that does not say it is left out. */
  async processorTimes(): Promise<Map<string, ProcessorTimes>> {
    // of the pods on a node one is enough
    const onNode = new Map([...this.pods.values()].map((pod) => [`${pod.cluster}/${pod.node}`, pod]));
    const read = await Promise.allSettled(
      [...onNode].map(async ([node, pod]) => ({
        node,
        times: readProcessorTimes(await this.reader.inPod(pod, 'head -n 1 /proc/stat')),
      })),
    );
    const known = read.flatMap((one) => (one.status === 'fulfilled' && one.value.times ? [one.value] : []));
    return new Map(known.map(({ node, times }) => [node, times!]));
  }

  /**
   * Lets the proxies of the load in a cluster follow another revision or tag: the namespace says so, servers and gateways are
   * replaced one by one, then the clients one after the other. Returns when all of them run.
   */
  async follow(clusterName: string, dataPlane: string): Promise<void> {
    const cluster = this.mesh.clusters.find(({ name }) => name === clusterName)!;
    await change(cluster, this.path, { metadata: { labels: injectionChange(dataPlane) } });
    for (const name of workloadsIn(this.plan, clusterName).inMesh) {
      const annotations = { 'meshproof.dev/restarted': new Date().toISOString() };
      const workload = workloadPath(this.namespace, `deployment/${name}`);
      await change(cluster, workload, { spec: { template: { metadata: { annotations } } } });
      await this.ready(cluster);
    }
  }

  /** Reads on until the load ends. */
  private async readAgain(): Promise<void> {
    while (!this.ended.signal.aborted) {
      await this.readAll();
      await letTimePassUntil(this.ended.signal, readEveryMs);
    }
  }

  /** Reads what all clients have written since. */
  readAll(): Promise<void> {
    return this.reader.readAll();
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
