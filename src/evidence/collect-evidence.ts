import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { redact } from '../kernel/secrets/redact.js';
import { kubectl } from '../kube/kubectl.js';
import type { ClusterHandle } from '../provider/cluster-handle.js';
import type { EvidenceFile } from '../record/result.js';
import type { Istioctl } from '../probe/proxy.js';
import { answer, askAll, usualLimits, write, type Collected, type Limits } from './ask.js';
import { collectedList } from './collected-list.js';
import { evidenceItems, sceneItems, type EvidenceItem } from './evidence-items.js';
import { hostItems } from './host-items.js';
import { describeRoots, rootsOf } from './trust-roots.js';

export interface EvidenceOptions {
  /** Namespaces whose logs and proxies are looked at; default sample. */
  namespaces?: string[];
  /** The istioctl that asks the istiods of a cluster. */
  istioctlFor(cluster: ClusterHandle): Istioctl;
  /** Seconds for each command; default 10. */
  timeoutSeconds?: number;
  /** Of each cluster, and of the host. */
  limits?: Limits;
  /** Id of a run whose containers, and whose host, are looked at too: where a mesh could not be built, the reason may be there. */
  hostOf?: string;
  /** Names of the clusters that the mesh should have; those that are not there are named. */
  planned?: readonly string[];
  /** Why clusters are not asked at all. */
  unasked?: string;
}

/**
 * Asks every cluster what a person would ask when a behaviour failed, and writes the answers to
 * `evidence/<topology>/<cluster>/<name>.txt` below the run's folder `runDir`, redacted; what takes more than one cluster to see is
 * in `evidence/<topology>/<name>.txt`, and `collected.txt` there says what came of each question. The paths that it returns are
 * relative to `runDir`. Never throws for what a cluster does: a command that fails or is late leaves its message in its file. To be
 * called before the mesh is removed.
 */
export async function collectEvidence(
  clusters: readonly ClusterHandle[],
  runDir: string,
  topology: string,
  options: EvidenceOptions,
): Promise<EvidenceFile[]> {
  const dir = join(runDir, 'evidence', topology);
  const { timeoutSeconds: timeout = 10, limits = usualLimits, hostOf, planned = [], unasked } = options;
  await mkdir(dir, { recursive: true });
  const answering: ClusterHandle[] = [];
  const asked = unasked === undefined ? clusters : [];
  const perCluster = asked.map(async (cluster) => {
    await mkdir(join(dir, cluster.name), { recursive: true });
    // one question first: without an API server all the others would only wait
    const alive = await answer(apiServer(cluster, timeout));
    const first = await write(dir, cluster.name, 'api-server', alive);
    if (alive.state === 'failed') return [first];
    answering.push(cluster);
    const items = evidenceItems({
      cluster,
      timeout,
      istioctl: options.istioctlFor(cluster),
      istioNamespace: cluster.istio.namespace,
      namespaces: options.namespaces ?? ['sample'],
    });
    return [first, ...(await askAll(items, cluster.name, dir, limits))];
  });
  const host = hostOf === undefined ? [] : askAll(await hostItems(hostOf, timeout), 'host', dir, limits);
  const files = (await Promise.all([...perCluster, host])).flat();
  const inOrder = asked.filter((cluster) => answering.includes(cluster));
  if (inOrder.length > 0) files.push(await write(dir, 'mesh', 'roots', await answer(roots(inOrder, timeout))));
  const silent = asked.filter((cluster) => !answering.includes(cluster)).map(({ name }) => name);
  const missing = planned.filter((name) => !clusters.some((cluster) => cluster.name === name));
  const notes = [
    ...(unasked === undefined ? [] : [`the clusters were not asked: ${unasked}`]),
    ...(clusters.length === 0 ? ['there was no cluster to ask'] : missing.map((name) => `there was no ${name} to ask`)),
    ...silent.map((name) => `nothing else was asked of ${name}: its API server does not answer`),
  ];
  return [...files.map(fileOf), fileOf(await listed(dir, files, notes))];
}

/**
 * What one cluster was like when a behaviour failed, as one redacted text: what the behaviour had in `namespaces` of its own, and
 * the configuration that was in force. To be asked for before the behaviour's changes are taken back. Never throws.
 */
export async function evidenceOfScene(
  cluster: ClusterHandle,
  namespaces: readonly string[],
  timeoutSeconds = 10,
): Promise<string> {
  const answers = await Promise.all(sceneItems(cluster, namespaces, timeoutSeconds).map(answer));
  return `${redact(answers.map(({ text }) => text.trimEnd()).join('\n\n'))}\n`;
}

function listed(dir: string, files: readonly Collected[], notes: readonly string[]): Promise<Collected> {
  const text = collectedList(files, notes);
  return write(dir, 'mesh', 'collected', { state: 'answered', text, took: 0 });
}

function fileOf({ cluster, path, bytes, state }: Collected): EvidenceFile {
  return { cluster, path, bytes, state };
}

function roots(clusters: readonly ClusterHandle[], timeout: number): EvidenceItem {
  return {
    name: 'roots',
    question: 'the root certificates of every cluster, in the namespace of its control planes',
    ask: async () => describeRoots(await rootsOf(clusters, timeout)),
  };
}

function apiServer(cluster: ClusterHandle, timeout: number): EvidenceItem {
  const args = ['get', '--raw', '/readyz?verbose'];
  return {
    name: 'api-server',
    question: `kubectl ${args.join(' ')}   # ${cluster.apiServer}; when it does not answer, nothing else is asked of this cluster`,
    ask: () => kubectl(cluster, args, { timeout, uninterruptible: true }),
  };
}
