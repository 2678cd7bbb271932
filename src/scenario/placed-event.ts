import { anyCluster } from './load/answer.js';

/** What an event is about, as far as paths are concerned. */
export type Place = 'client' | 'server' | 'gateway' | 'istiod' | 'node' | 'configuration' | 'change';

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
}

/** What is known of the clusters that decides which events lie on a path. */
export interface MeshShape {
  networkOf: Readonly<Record<string, string>>;
  /** The cluster whose control plane configures the proxies of a cluster. */
  primaryOf: Readonly<Record<string, string>>;
}

/** Whether an event lies on a path, as one of its clients uses it. */
export function isOnPath(
  { place, cluster = '', client }: PlacedEvent,
  path: { from: string; to: string },
  caller: string,
  { networkOf, primaryOf }: MeshShape,
): boolean {
  const any = path.to === anyCluster;
  switch (place) {
    case 'change':
      return true;
    case 'client':
      return client === caller;
    case 'server':
      return any || cluster === path.to;
    case 'gateway':
      // calls within a network do not cross one; those that leave it enter the other by its gateway
      return (any || cluster === path.to) && networkOf[path.from] !== networkOf[cluster];
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
 * The nearest to the first lost call comes first. None is invented where there is none.
 */
export function causesOf(
  events: readonly PlacedEvent[],
  onset: { from: number; to: number; firstEnd: number },
  onPath: (event: PlacedEvent) => boolean,
): (PlacedEvent & { distanceMs: number })[] {
  return events
    .filter(({ at }) => at >= onset.from - slackMs && at <= onset.firstEnd + slackMs)
    .filter(onPath)
    .map((event) => ({ ...event, distanceMs: Math.round(Math.abs(event.at - onset.to)) }))
    .sort((a, b) => a.distanceMs - b.distanceMs);
}
