import type { Filters } from './selection.js';

/** Where programs and images come from, and of which versions, as a user asks for them. */
export interface EnvironmentOptions {
  environment?: string;
  /** The file that names the environment, when no option does. */
  environmentFrom?: string;
  registry?: string;
  images?: string;
  /** Versions that are asked for, see VersionRequest. */
  istio?: string;
  installer?: string;
  kubernetes?: string;
  hub?: string;
  tag?: string;
  istioctl?: string;
  mirror?: string;
}

/** What a user allows on clusters that are not the run's own, and asks of the behaviours. */
export interface MeshFlags {
  replaceMesh: boolean;
  allowDisruptive: boolean;
  /** The documents' own times instead of short ones. */
  long: boolean;
  /** Whether the report keeps what each proxy was told when the last behaviour was decided. */
  recordConfiguration?: boolean;
  /** Whether the report keeps Playwright's blobs, which can be merged with those of other runs. */
  blobs?: boolean;
  /** Topologies that are proven side by side, which share the processors. */
  lanes?: number;
}

/** When a command ends, and which failures it accepts. */
export interface LimitOptions {
  /** Milliseconds after which nothing new begins, and what runs is ended in order. */
  maxTime?: number;
  /** File of known issues. */
  knownIssues?: string;
}

/** How a run goes. */
export interface RunFlags extends Filters, MeshFlags, LimitOptions {
  /** New clusters for every topology. */
  fresh: boolean;
  /** How many topologies may be proven side by side. */
  parallel: number;
}

export interface RunOptions extends EnvironmentOptions, RunFlags {
  /** Leaves the last mesh when the run ends. */
  keep?: boolean;
}
