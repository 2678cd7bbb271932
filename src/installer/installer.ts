import type { V1ObjectMeta } from '@kubernetes/client-node';
import type { LiveCluster } from '../provider/cluster-source.js';
import type { Programs } from '../supply/program-paths.js';
import type { Environment } from '../topology/environment-types.js';
import type { ControlPlane, Needs, Plan } from '../topology/plan-types.js';
import type { InstallerName } from '../topology/topology-types.js';

/** Where something is installed, and with what. */
export interface InstallContext {
  plan: Plan;
  cluster: LiveCluster;
  programs: Programs;
}

/** What a cluster is given, for the report. */
export interface Rendered {
  /** `istio-base` */
  name: string;
  text: string;
}

/** An installation whose control plane serves already. */
export interface Begun {
  /** Ends when the rest of it is there. */
  rest: Promise<void>;
}

/**
 * Puts control planes and east-west gateways on a cluster, and others of another version in their place: all of it can be done
 * again. A whole mesh is removed by its labels, without an installer.
 */
export interface Installer {
  name: InstallerName;
  /** The gateway that follows a control plane of the same cluster comes with it, in one installation. */
  gatewayWithIstiod: boolean;
  /** What it needs beside the images; supplied and looked for before anything is made. */
  needs(environment: Environment, version: string): Needs;
  /** What `begin` gives to the cluster. Pure. `primaryAddress` is the gateway of a remote's primary. */
  render(plan: Plan, what: ControlPlane, primaryAddress?: string): Rendered[];
  /** What `gateway` gives to the cluster. Pure. */
  renderGateway(plan: Plan, what: ControlPlane): Rendered[];
  /** Installs a control plane; ends when new pods get sidecars of it. Of a remote: when all of it is there. */
  begin(context: InstallContext, what: ControlPlane, primaryAddress?: string): Promise<Begun>;
  /** Installs the east-west gateway of the cluster, where that is an installation of its own; ends when it is ready. */
  gateway(context: InstallContext, what: ControlPlane): Promise<void>;
  /** Whether an object of the run came with a control plane, and no other control plane of the cluster needs it. */
  owns(plan: Plan, what: ControlPlane, object: V1ObjectMeta): boolean;
}
