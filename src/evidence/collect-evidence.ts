import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import pLimit from 'p-limit';
import { kubectl } from '../kube/kubectl.js';
import { redact } from '../kernel/secrets/redact.js';
import type { ClusterHandle } from '../provider/cluster-handle.js';
import type { EvidenceFile } from '../record/result.js';
import { MeshproofError } from '../kernel/errors.js';
import { fileProblem } from '../kernel/file-problem.js';
import { evidenceItems, sceneItems, type EvidenceItem } from './evidence-items.js';
import type { Istioctl } from '../probe/proxy.js';
import { describeRoots, rootsOf } from './trust-roots.js';

export interface EvidenceOptions {
  /** Namespaces whose logs and proxies are looked at; default sample. */
  namespaces?: string[];
  /** The istioctl that asks the istiods of a cluster. */
  istioctlFor(cluster: ClusterHandle): Istioctl;
  /** Seconds for each command; default 10. */
  timeoutSeconds?: number;
}

/**
 * Asks every cluster what a person would ask when a behaviour failed, and writes the answers to
 * `evidence/<topology>/<cluster>/<name>.txt` below the run's folder `runDir`, redacted; what takes more than one cluster to see is
 * in `evidence/<topology>/<name>.txt`. The paths that it returns are relative to `runDir`. Never throws for what a cluster does: a
 * command that fails or is late leaves its message in its file. To be called before the mesh is removed.
 */
export async function collectEvidence(
  clusters: readonly ClusterHandle[],
  runDir: string,
  topology: string,
  options: EvidenceOptions,
): Promise<EvidenceFile[]> {
  const dir = join(runDir, 'evidence', topology);
  const timeout = options.timeoutSeconds ?? 10;
  // a machine with two CPUs is busy with the mesh itself
  const limit = pLimit(4);
  const answering: ClusterHandle[] = [];
  const perCluster = clusters.map(async (cluster) => {
    await mkdir(join(dir, cluster.name), { recursive: true });
    const items = evidenceItems({
      cluster,
      timeout,
      istioctl: options.istioctlFor(cluster),
      istioNamespace: cluster.istio.namespace,
      namespaces: options.namespaces ?? ['sample'],
    });
    const collect = async (item: EvidenceItem): Promise<EvidenceFile> => {
      const { text } = await answer(item);
      return { cluster: cluster.name, ...(await write(dir, join(cluster.name, item.name), text)) };
    };
    // one question first: without an API server all the others would only wait
    const alive = await limit(() => answer(apiServer(cluster, timeout)));
    const first = { cluster: cluster.name, ...(await write(dir, join(cluster.name, 'api-server'), alive.text)) };
    if (!alive.ok) return [first];
    answering.push(cluster);
    return [first, ...(await Promise.all(items.map((item) => limit(() => collect(item)))))];
  });
  const files = (await Promise.all(perCluster)).flat();
  const inOrder = clusters.filter((cluster) => answering.includes(cluster));
  if (inOrder.length === 0) return files;
  const { text } = await limit(() => answer(roots(inOrder, timeout)));
  return [...files, { cluster: 'mesh', ...(await write(dir, 'roots', text)) }];
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

/** The question, when it was asked, and the answer or the reason why there is none. */
async function answer(item: EvidenceItem): Promise<{ ok: boolean; text: string }> {
  const head = `$ ${item.question}\n# ${new Date().toISOString()}\n\n`;
  try {
    return { ok: true, text: head + ((await item.ask()) || '(empty)') };
  } catch (error) {
    return { ok: false, text: head + (error instanceof MeshproofError ? error.describe() : String(error)) };
  }
}

async function write(dir: string, name: string, text: string): Promise<{ path: string; bytes: number }> {
  const file = join(dir, `${name}.txt`);
  const content = `${redact(text).trimEnd()}\n`;
  await writeFile(file, content).catch((error: unknown) => {
    throw fileProblem(error, file);
  });
  return { path: relative(dirname(dirname(dir)), file), bytes: Buffer.byteLength(content) };
}
