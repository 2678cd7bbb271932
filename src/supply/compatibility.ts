import { compatibility } from './compatibility-data.js';
import { compareVersions, isBuildOf, minorOf, minorsAhead } from '../topology/version.js';

/** What the Istio project says of an Istio on a Kubernetes, as a sentence without its full stop; `fits` is undefined where the table has no such Istio. */
export function kubernetesSupport(istio: string, kubernetes: string): { fits?: boolean; says: string } {
  const { page, read, kubernetes: table } = compatibility.istio;
  const known = table[minorOf(istio)];
  const source = `(${page}, read ${read})`;
  if (!known)
    return {
      says: `the supported Kubernetes versions of Istio ${minorOf(istio)} are not in meshproof's table ${source}`,
    };
  const [first, last] = known;
  const minor = `${minorOf(kubernetes)}.0`;
  const fits = compareVersions(minor, `${first}.0`) >= 0 && compareVersions(minor, `${last}.0`) <= 0;
  const but = fits ? '' : `, and this is ${kubernetes}`;
  return { fits, says: `Istio ${minorOf(istio)} supports Kubernetes ${first} to ${last}${but} ${source}` };
}

/** What a reader must know of an Istio on a Kubernetes, as one sentence; undefined where Istio supports it. */
export function istioOnKubernetes(istio: string, kubernetes: string): string | undefined {
  const { fits, says } = kubernetesSupport(istio, kubernetes);
  return fits ? undefined : `warning: ${says}.`;
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
