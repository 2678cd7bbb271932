import { appendFileSync } from 'node:fs';
import type { V1Pod } from '@kubernetes/client-node';
import { read, selecting } from '../kube/api.js';
import { runInShell } from '../kube/pod-shell.js';
import type { ClusterHandle } from '../provider/cluster-handle.js';
import type { SampleLine } from './load/sample-lines.js';
import { compareClocks } from './compare-clocks.js';
import { samplesFile } from './load-objects.js';
import type { SampleStore } from './sample-store.js';

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

/** Reads what the clients of a load have written: into a store, and line by line into a file. */
export class ClientReader {
  readonly pods = new Map<string, ClientPod>();
  private readonly forgotten = new Set<string>();

  constructor(
    private readonly clusters: readonly ClusterHandle[],
    private readonly namespace: string,
    private readonly store: SampleStore,
    private readonly file: string,
    /** The index of a client's first series among all. */
    private readonly firstSeriesOf: (client: string) => number,
  ) {}

  /** Drops what clients have written, and reads no more of them. */
  forget(clients: readonly string[]): void {
    for (const client of clients) this.forgotten.add(client);
    for (const [pod, { client }] of this.pods) if (this.forgotten.has(client)) this.pods.delete(pod);
    this.store.forget(clients);
  }

  /** Reads what all clients have written since. What cannot be read now is read later: it stays in the client's file. */
  async readAll(): Promise<void> {
    await Promise.allSettled(this.clusters.map((cluster) => this.readCluster(cluster)));
  }

  private async readCluster(cluster: ClusterHandle): Promise<void> {
    const path = `/api/v1/namespaces/${this.namespace}/pods${selecting('app=client')}`;
    const list = await read<{ items: V1Pod[] }>(cluster, path, { timeout: 5 });
    const running = (list?.items ?? []).filter(({ status }) =>
      status?.containerStatuses?.some(({ name, state }) => name === 'load' && state?.running),
    );
    await Promise.all(running.map((pod) => this.readPod(cluster, pod)));
  }

  private async readPod(cluster: ClusterHandle, { metadata, spec }: V1Pod): Promise<void> {
    const pod = metadata!.name!;
    const client = `${cluster.name}/${metadata!.labels!['client']}`;
    if (this.forgotten.has(client)) return;
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
    const firstSeries = this.firstSeriesOf(pod.client);
    this.store.addPod(pod.pod, { client: pod.client, cluster: pod.cluster, shift: -offsetMs, firstSeries });
    return { ...pod, clockOffsetMs: offsetMs, clockUnsureMs: unsureMs, read: 0 };
  }

  /** Runs a script in a pod of a client, and returns its output. */
  inPod({ cluster, pod }: Pick<ClientPod, 'cluster' | 'pod'>, script: string): Promise<string> {
    const handle = this.clusters.find(({ name }) => name === cluster)!;
    return runInShell(handle, { namespace: this.namespace, workload: pod, container: 'load' }, script, { timeout: 10 });
  }
}
