import pLimit from 'p-limit';
import { redactJson } from '../kernel/secrets/redact.js';
import { askProxy } from '../probe/proxy.js';
import type { ClusterHandle } from '../provider/cluster-handle.js';
import {
  hashOf,
  writeConfiguration,
  type Json,
  type RecordedConfiguration,
  type RecordedProxy,
} from '../record/comparison/configuration-file.js';
import { deprecationsIn } from './deprecations.js';
import { normaliseConfiguration, type Names } from './normalise-configuration.js';
import { hasProxy, namesFor, objectsOf, workloadOf } from './proxy-names.js';

/**
 * Asks every proxy of a mesh for its configuration, and writes all of them, by meaning, to `proxy-configuration/<topology>.json` below
 * the folder `dir` of a report, together with what the mesh uses that is deprecated. A proxy that cannot be asked is named in the file with its reason. Throws where a cluster does not
 * answer at all, or the file cannot be written.
 */
export async function recordConfigurations(
  clusters: readonly ClusterHandle[],
  dir: string,
  topology: string,
): Promise<void> {
  const objects = await Promise.all(clusters.map(objectsOf));
  // an answer has one to two megabytes, which the processors of a small machine take a while to write
  const limit = pLimit(2);
  const values: Record<string, Json> = {};
  const notAsked: RecordedConfiguration['notAsked'] = [];
  const asked = objects.flatMap(({ cluster, pods }) => {
    const handle = clusters.find(({ name }) => name === cluster)!;
    const names = namesFor(cluster, objects);
    return pods.filter(hasProxy).map((pod) =>
      limit(async () => {
        const { namespace, name } = pod.metadata as { namespace: string; name: string };
        const own = { cluster, namespace, workload: workloadOf(pod) };
        try {
          const text = await askProxy(handle, { namespace, workload: name }, 'config_dump?include_eds');
          return { ...own, ...keep(text, names, values) };
        } catch (error) {
          notAsked.push({ proxy: `${cluster}/${namespace}/${name}`, reason: (error as Error).message.split('\n')[0]! });
          return undefined;
        }
      }),
    );
  });
  const proxies = (await Promise.all(asked)).filter((one) => one !== undefined);
  const deprecations = await Promise.all(clusters.map((cluster) => deprecationsIn(cluster)));
  await writeConfiguration(dir, {
    schemaVersion: 1,
    topology,
    proxies: together(proxies),
    notAsked,
    deprecations: {
      found: deprecations.flatMap(({ found }) => found),
      unknown: deprecations.flatMap(({ unknown }) => unknown),
    },
    values,
  });
}

/** Adds the resources of a dump to the values, and returns their hashes. */
function keep(text: string, names: Names, values: Record<string, Json>): Pick<RecordedProxy, 'digest' | 'resources'> {
  const resources: Record<string, string> = {};
  for (const [key, value] of normaliseConfiguration(JSON.parse(text), names)) {
    const own = redactJson(value);
    const hash = hashOf(own);
    values[hash] ??= own;
    resources[key] = hash;
  }
  return { digest: hashOf(resources), resources };
}

/** Pods of one workload with one configuration are one entry. */
function together(proxies: readonly Omit<RecordedProxy, 'pods'>[]): RecordedProxy[] {
  const all = new Map<string, RecordedProxy>();
  for (const proxy of proxies) {
    const key = `${proxy.cluster}/${proxy.namespace}/${proxy.workload} ${proxy.digest}`;
    all.set(key, { ...proxy, pods: (all.get(key)?.pods ?? 0) + 1 });
  }
  return [...all].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, proxy]) => proxy);
}
