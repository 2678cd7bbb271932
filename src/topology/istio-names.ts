/** What tells a control plane from others in its cluster; the names of Istio's objects follow from it. */
export interface IstioNames {
  namespace: string;
  revision: string;
}

/** The revision whose objects have names without a revision. */
export const defaultRevision = 'default';

function suffix({ revision }: Pick<IstioNames, 'revision'>): string {
  return revision === defaultRevision ? '' : `-${revision}`;
}

/** Name of istiod's Deployment and Service, and of its Role. */
export function istiodName(names: Pick<IstioNames, 'revision'>): string {
  return `istiod${suffix(names)}`;
}

/** Name of the ConfigMap with the mesh config. */
export function meshConfigName(names: Pick<IstioNames, 'revision'>): string {
  return `istio${suffix(names)}`;
}

/** Name of the ConfigMap with what is injected; of its webhook too, where the namespace is istio-system. */
export function injectorName(names: Pick<IstioNames, 'revision'>): string {
  return `istio-sidecar-injector${suffix(names)}`;
}

/** Name of istiod's ClusterRole. */
export function istiodClusterRole(names: IstioNames): string {
  return `istiod-clusterrole${suffix(names)}-${names.namespace}`;
}

/** Name of the webhook that validates configuration. */
export function validatorName(names: IstioNames): string {
  return `istio-validator${suffix(names)}-${names.namespace}`;
}

/** What lets a namespace that has such labels already follow another control plane: a merge patch of its labels. */
export function injectionChange(dataPlane: string): Record<string, string | null> {
  return { 'istio-injection': null, 'istio.io/rev': null, ...injectionLabels(dataPlane) };
}

/** Labels of a namespace whose pods get sidecars: by the default control plane, or by a revision or tag. */
export function injectionLabels(dataPlane: string): Record<string, string> {
  return dataPlane === defaultRevision ? { 'istio-injection': 'enabled' } : { 'istio.io/rev': dataPlane };
}

/** The version as Istio's programs report it: the image tag without the name of an image variant. */
export function reportedVersion({ tag }: { tag: string }): string {
  return tag.replace(/-(distroless|debug)$/, '');
}
