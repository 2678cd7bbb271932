import { z } from 'zod';
import { configSchema, versionOptions } from '../supply/environment-schema.js';
import type { InstallerName } from '../topology/topology-types.js';
import type { ProjectCheck } from '../check/project-checks.js';
import { hops } from '../check/hops.js';
import type { ProjectFault } from '../fault/project-faults.js';

const path = z.string().min(1, { error: 'is not a valid path; allowed: a path relative to this file' });

const faultSchema = z.custom<ProjectFault>(
  (value) => {
    const {
      id,
      title,
      finding,
      names,
      fails,
      passes,
      break: breaks,
      manifests,
    } = (value ?? {}) as Partial<ProjectFault>;
    const named = typeof id === 'string' && /^[a-z0-9]+(-[a-z0-9]+)*$/.test(id) && typeof title === 'string';
    const acts = typeof breaks === 'function' || Array.isArray(manifests);
    const found = names === 'none yet' || isFindingId(finding);
    return named && found && acts && typeof fails === 'function' && Array.isArray(passes);
  },
  {
    error:
      'is not a valid fault; allowed: what defineFault returns, with an id of small letters, digits and "-", a title, a finding or names, break or manifests, fails and passes',
  },
);

const checkSchema = z.custom<ProjectCheck>(
  (value) => {
    const { id, title, hop, reads, look } = (value ?? {}) as Partial<ProjectCheck>;
    const known = (hops as readonly unknown[]).includes(hop) && Array.isArray(reads);
    return isFindingId(id) && typeof title === 'string' && known && typeof look === 'function';
  },
  {
    error:
      'is not a valid check; allowed: what defineCheck returns, with an id such as F-SHOP-CERTIFICATE, a title, hop, reads and look',
  },
);

function isFindingId(id: unknown): boolean {
  return typeof id === 'string' && /^F-[A-Z0-9]+(-[A-Z0-9]+)*$/.test(id);
}

const scale = z
  .number({ error: 'is not a number; allowed: 0.1 to 100' })
  .min(0.1, { error: 'is too small; allowed: 0.1 to 100' })
  .max(100, { error: 'is too large; allowed: 0.1 to 100' });

/** What meshproof.config may export. */
export const projectSchema = configSchema.extend({
  topologies: path.optional(),
  behaviours: path.optional(),
  faults: z.array(faultSchema).optional(),
  checks: z.array(checkSchema).optional(),
  reports: path.optional(),
  installer: versionOptions.installer.optional(),
  knownIssues: path.optional(),
  timeouts: z.strictObject({ scale: scale.optional() }).optional(),
});

/** The configuration of a user's project: `meshproof.config.ts`, `.mts`, `.js` or `.mjs`. Paths are relative to that file. */
export interface ProjectConfig {
  /** Folder of topology files, which are then known by their bare names. Default: `./topologies`, where it exists. */
  topologies?: string;
  /** Folder of behaviours: `<ID>.spec.ts`, each with its manifest `<ID>.yaml`. Default: `./behaviours`, where it exists. */
  behaviours?: string;
  /** Faults beside meshproof's own. */
  faults?: readonly ProjectFault[];
  /** Checks beside meshproof's own: named causes, which are looked for when a behaviour fails. */
  checks?: readonly ProjectCheck[];
  /** Folder of all reports. Default: `reports` in the folder where a command is given. */
  reports?: string;
  /** File of failures that are accepted until a day. */
  knownIssues?: string;
  timeouts?: {
    /** Every time limit is longer by this factor: 2 for a machine that is half as fast. Default 1. */
    scale?: number;
  };
  /** Where programs and images come from: `public`, `lab`, or the path of a file. */
  environment?: string;
  /** Takes every image from this registry instead. */
  registry?: string;
  /** Downloads programs and manifests below this address instead. */
  mirror?: string;
  /** A YAML file of role: image, for single images from elsewhere. */
  images?: string;
  /** Version of Istio. */
  istio?: string;
  /** Version of Kubernetes, perhaps with the digest of its node image. */
  kubernetes?: string;
  /** Registry and path of Istio's own images. */
  hub?: string;
  /** Tag of Istio's own images. */
  tag?: string;
  /** What installs Istio, where a cluster of the topology says nothing else. */
  installer?: InstallerName;
  /** Path of the istioctl to use. */
  istioctl?: string;
}
