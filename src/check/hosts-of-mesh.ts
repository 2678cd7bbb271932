import type { ClusterView } from './cluster-view.js';
import type { MeshView } from './mesh-view.js';
import type { Objects } from './object-kinds.js';

/** A host of a rule by its full name: a short one is of the rule's own namespace. */
export function fullHost(host: string, namespace = ''): string {
  if (host.includes('*') || host.split('.').length > 2) return host;
  const [name, other] = host.split('.');
  return `${name}.${other ?? namespace}.svc.cluster.local`;
}

/** `helloworld.sample.svc.cluster.local` of a Service. */
export function hostOfService({ metadata }: Objects['services']): string {
  return `${metadata?.name}.${metadata?.namespace}.svc.cluster.local`;
}

/** Whether a host of a rule, which may begin with `*`, is for a host. */
export function isFor(rule: string, host: string): boolean {
  return rule === host || (rule.startsWith('*') && host.endsWith(rule.slice(1)));
}

/** The Services that are looked at, of the clusters that a primary serves or reads, by their hosts. */
export async function knownHosts(mesh: MeshView): Promise<Set<string>> {
  const all = await Promise.all(mesh.clusters.map((cluster) => cluster.listIn('services', mesh.workloadNamespaces)));
  return new Set(all.flat().map(hostOfService));
}

/** The destinations of the rules for sidecars that count for a primary, with the rule that names each. */
export async function destinationsOf(mesh: MeshView, primary: ClusterView) {
  const rules = await mesh.unexpected(primary, 'virtualservices');
  return rules
    .filter(({ spec }) => (spec?.gateways ?? ['mesh']).includes('mesh'))
    .flatMap((rule) =>
      (rule.spec?.http ?? [])
        .flatMap(({ route = [] }) => route)
        .flatMap(({ destination, weight = 100 }) =>
          destination?.host && weight > 0
            ? [{ rule, host: fullHost(destination.host, rule.metadata.namespace), subset: destination.subset }]
            : [],
        ),
    );
}
