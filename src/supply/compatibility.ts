import { compatibility } from './compatibility-data.js';
import { compareVersions, isBuildOf, minorOf, minorsAhead } from '../topology/version.js';

/** What a reader must know of an Istio on a Kubernetes, as one sentence; undefined where Istio supports it. */
export function istioOnKubernetes(istio: string, kubernetes: string): string | undefined {
  const { page, read, kubernetes: table } = compatibility.istio;
  const known = table[minorOf(istio)];
  const source = `(${page}, read ${read})`;
  if (!known)
    return `warning: which Kubernetes Istio ${minorOf(istio)} supports is not in the table of this project ${source}.`;
  const [first, last] = known;
  const minor = `${minorOf(kubernetes)}.0`;
  if (compareVersions(minor, `${first}.0`) >= 0 && compareVersions(minor, `${last}.0`) <= 0) return undefined;
  return `warning: Istio ${minorOf(istio)} supports Kubernetes ${first} to ${last}, and this is ${kubernetes} ${source}.`;
}

/** The same of the version that istioctl says it has. */
export function istioctlForIstio(istioctl: string, istio: string): string | undefined {
  if (isBuildOf(istioctl, istio)) return undefined;
  const { page, read } = compatibility.istioctl;
  return `warning: istioctl is ${istioctl} and Istio ${istio}; both should have the same version (${page}, read ${read}).`;
}

/** Whether a kubectl works with an API server: what it supports is in minors. Unknown versions are not supported. */
export function kubectlSupports(kubectl: string, kubernetes: string): boolean {
  const ahead = minorsAhead(kubectl, kubernetes);
  return ahead !== undefined && Math.abs(ahead) <= compatibility.kubectl.minors;
}
