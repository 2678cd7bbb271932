import type { Lane } from '../record/change-record.js';
import { anyCluster } from './load/answer.js';
import type { OwnCall } from './own-calls.js';

/** Who calls whom, and how. */
export interface JudgedPath {
  /** Clusters; `to` may be any of them, or a service of the user's. */
  from: string;
  to: string;
  lane: Lane;
  /** Only of a path of the user's: its service may have pods in any cluster. */
  own?: OwnCall;
}

/** What an event is about, as far as paths are concerned. */
export type Place =
  'client' | 'server' | 'callee' | 'gateway' | 'ingress' | 'istiod' | 'node' | 'configuration' | 'change';

/** Something that happened to a mesh, with where on a path it matters. */
export interface PlacedEvent {
  /** Milliseconds since the epoch, when this machine heard of it. */
  at: number;
  cluster?: string;
  kind: string;
  /** `namespace/name` */
  object?: string;
  says: string;
  place: Place;
  /** Of a client's pod or proxy: `cluster1/a`. */
  client?: string;
  /** Of what serves calls of the user's: `cart.shop`. */
  service?: string;
}

/** What is known of the clusters that decides which events lie on a path. */
export interface MeshShape {
  networkOf: Readonly<Record<string, string>>;
  /** The cluster whose control plane configures the proxies of a cluster. */
  primaryOf: Readonly<Record<string, string>>;
}

/** Whether an event lies on a path, as one of its clients uses it. */
export function isOnPath(
  { place, cluster = '', client, service }: PlacedEvent,
  path: Pick<JudgedPath, 'from' | 'to' | 'own'> & Partial<Pick<JudgedPath, 'lane'>>,
  caller: string,
  { networkOf, primaryOf }: MeshShape,
): boolean {
  const any = path.to === anyCluster || path.own !== undefined;
  switch (place) {
    case 'change':
      return true;
    case 'client':
      return client === caller;
    case 'server':
      return path.own === undefined && (any || cluster === path.to);
    case 'callee':
      return path.own !== undefined && path.own.service === service;
    case 'gateway':
      // calls within a network do not cross one; those that leave it enter the other by its gateway
      return (any || cluster === path.to) && networkOf[path.from] !== networkOf[cluster];
    case 'ingress':
      // of the load: nothing else goes through it
      return path.lane === 'ingress' && cluster === path.from;
    case 'node':
      return any || cluster === path.from || cluster === path.to;
    case 'istiod':
    case 'configuration':
      return any || [path.from, path.to, primaryOf[path.from], primaryOf[path.to]].includes(cluster);
  }
}

/** The watch hears of an event a moment after it has happened; more than that lies between an event and its loss rarely. */
const slackMs = 250;

/**
 * The events that may be the cause of a loss: on its path, and within its onset, which ends when the first lost call had ended.
 * The nearest to the first lost call comes first. None is invented where there is none. A pod that terminates is one event for as long
 * as that lasts: a proxy drains first, and ends its connections seconds later.
 */
export function causesOf(
  events: readonly PlacedEvent[],
  onset: { from: number; to: number; firstEnd: number },
  onPath: (event: PlacedEvent) => boolean,
): (PlacedEvent & { distanceMs: number })[] {
  const first = onset.from - slackMs;
  const last = onset.firstEnd + slackMs;
  return events
    .filter(onPath)
    .flatMap((event) => {
      const distanceMs = Math.round(Math.abs(event.at - onset.to));
      if (event.at >= first && event.at <= last) return [{ ...event, distanceMs }];
      const gone = event.kind === 'pod-terminating' ? goneAt(event, events) : undefined;
      if (gone === undefined || event.at > last || gone < first) return [];
      const says = event.says.replace('began to terminate', 'was terminating');
      return [{ ...event, says, distanceMs: Math.min(distanceMs, Math.round(Math.abs(gone - onset.to))) }];
    })
    .sort((a, b) => a.distanceMs - b.distanceMs);
}

/** When a pod that began to terminate was gone; undefined where that was not heard. */
function goneAt({ at, cluster, object }: PlacedEvent, events: readonly PlacedEvent[]): number | undefined {
  return events.find(
    (one) => one.kind === 'pod-deleted' && one.cluster === cluster && one.object === object && one.at >= at,
  )?.at;
}
