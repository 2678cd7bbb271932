import type { InstallerName } from '../topology/topology-types.js';
import { helm } from './helm/helm-installer.js';
import type { Installer } from './installer.js';
import { istioctlInstaller } from './istioctl/istioctl-installer.js';

/** Every installer, by its name in topologies. */
const installers: Readonly<Record<InstallerName, Installer>> = { istioctl: istioctlInstaller, helm };

export function installerOf({ installer }: { installer: InstallerName }): Installer {
  return installers[installer];
}
