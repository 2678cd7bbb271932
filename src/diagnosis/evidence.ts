import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import pLimit from 'p-limit';
import { kubectl } from '../clusters/kubectl.js';
import { redact } from '../clusters/redact.js';
import type { ClusterHandle } from '../clusters/state.js';
import { MeshproofError } from '../topology/errors.js';
import { evidenceItems, type EvidenceItem } from './evidence-items.js';

/** `path` is relative to the run folder, with forward slashes. */
export interface EvidenceFile {
  cluster: string;
  path: string;
  bytes: number;
}

export interface EvidenceOptions {
  /** Default istio-system. */
  istioNamespace?: string;
  /** Namespaces whose logs and proxies are looked at; default sample. */
  namespaces?: string[];
  /** Path or name of the program. */
  istioctl: string;
  /** Seconds for each command; default 10. */
  timeoutSeconds?: number;
}

/**
 * Asks every cluster what a person would ask when a behaviour failed, and writes the answers to
 * `<dir>/<cluster>/<name>.txt`, redacted. `dir` is `<run folder>/evidence/<topology>`. Never throws for what a cluster
 * does: a command that fails or is late leaves its message in its file. To be called before anything is cleaned up.
 */
export async function collectEvidence(
  clusters: readonly ClusterHandle[],
  dir: string,
  options: EvidenceOptions,
): Promise<EvidenceFile[]> {
  const timeout = options.timeoutSeconds ?? 10;
  // a machine with two CPUs is busy with the mesh itself
  const limit = pLimit(4);
  const perCluster = clusters.map(async (cluster) => {
    await mkdir(join(dir, cluster.name), { recursive: true });
    const items = evidenceItems({
      cluster,
      timeout,
      istioctl: options.istioctl,
      istioNamespace: options.istioNamespace ?? 'istio-system',
      namespaces: options.namespaces ?? ['sample'],
    });
    const collect = async (item: EvidenceItem): Promise<EvidenceFile> => {
      const { text } = await answer(item);
      return { cluster: cluster.name, ...(await write(dir, cluster.name, item.name, text)) };
    };
    // one question first: without an API server all the others would only wait
    const alive = await limit(() => answer(apiServer(cluster, timeout)));
    const first = { cluster: cluster.name, ...(await write(dir, cluster.name, 'api-server', alive.text)) };
    if (!alive.ok) return [first];
    return [first, ...(await Promise.all(items.map((item) => limit(() => collect(item)))))];
  });
  return (await Promise.all(perCluster)).flat();
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

async function write(
  dir: string,
  cluster: string,
  name: string,
  text: string,
): Promise<{ path: string; bytes: number }> {
  const file = join(dir, cluster, `${name}.txt`);
  const content = `${redact(text).trimEnd()}\n`;
  await writeFile(file, content);
  return { path: relative(dirname(dirname(dir)), file), bytes: Buffer.byteLength(content) };
}
