import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { fetch } from 'undici';
import { letTimePassUntil } from '../kernel/let-time-pass.js';
import { answerIn, connectionTo, refused, Refused } from './api.js';
import type { Target } from './kubectl.js';

/** An object as a watch tells it. */
export interface Watched {
  metadata: {
    name: string;
    namespace?: string;
    uid?: string;
    resourceVersion?: string;
    generation?: number;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
    deletionTimestamp?: string;
  };
}

/** What is told of an object: as it was, where it was known, and as it is; `after` is missing of one that is gone. */
export type Change<T> = { before?: T; after?: T; at: number };

const metadata = ';as=PartialObjectMetadata;g=meta.k8s.io;v=v1';
const metadataList = ';as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';

/**
 * Follows a list of an API server until `signal` aborts. Calls `tell` at every change with its time of arrival, but not
 * for the initial objects. Resolves when the first list is known, with a promise of the end. Throws `Refused` if the
 * list may not be read or the type does not exist.
 */
export async function followList<T extends Watched>(
  cluster: Target,
  path: string,
  options: { metadataOnly?: boolean; signal: AbortSignal },
  tell: (change: Change<T>) => void,
): Promise<void> {
  const known = new Map<string, T>();
  const key = ({ metadata: { namespace, name } }: T): string => `${namespace}/${name}`;
  const get = async (query: string, list: boolean) => {
    const { server, agent, headers } = await connectionTo(cluster);
    const form = options.metadataOnly ? (list ? metadataList : metadata) : '';
    const init = {
      dispatcher: agent,
      headers: { ...headers, accept: `application/json${form}` },
      signal: options.signal,
    };
    return fetch(`${server}${path}${path.includes('?') ? '&' : '?'}${query}`, init);
  };
  const takeList = async (first: boolean): Promise<string> => {
    const response = await get('limit=0', true);
    const text = await response.text();
    if (!response.ok) throw refused(cluster, `GET ${path}`, response.status, text);
    const list = answerIn<{ metadata: { resourceVersion: string }; items: T[] | null }>(cluster, `GET ${path}`, text);
    const items = list.items ?? [];
    const at = Date.now();
    const there = new Set(items.map(key));
    for (const [name, before] of known)
      if (!there.has(name)) {
        known.delete(name);
        tell({ before, at });
      }
    for (const after of items) {
      const before = known.get(key(after));
      known.set(key(after), after);
      if (!first && before?.metadata.resourceVersion !== after.metadata.resourceVersion) tell({ before, after, at });
    }
    return list.metadata.resourceVersion;
  };
  const watch = async (since: string): Promise<void> => {
    const response = await get(`watch=true&timeoutSeconds=240&resourceVersion=${since}`, false);
    if (!response.ok || !response.body) return;
    for await (const line of createInterface({ input: Readable.fromWeb(response.body as never) })) {
      const { type, object } = JSON.parse(line) as { type: string; object: T };
      const at = Date.now();
      // the history that it asked for is over, or a sign of life
      if (type === 'ERROR') return;
      if (type === 'BOOKMARK') continue;
      const before = known.get(key(object));
      if (type === 'DELETED') known.delete(key(object));
      else known.set(key(object), object);
      tell(type === 'DELETED' ? { before: object, at } : { before, after: object, at });
    }
  };
  let since = await takeList(true);
  void (async () => {
    while (!options.signal.aborted) {
      try {
        await watch(since);
        if (!options.signal.aborted) since = await takeList(false);
      } catch (error) {
        if (options.signal.aborted) return;
        // stop when the list may no longer be read; continue when the API server is away
        if (error instanceof Refused && error.status !== 429 && error.status < 500) return;
        await letTimePassUntil(options.signal, 500);
      }
    }
  })();
}
