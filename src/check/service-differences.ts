import type { V1Service } from '@kubernetes/client-node';
import { shapeDifferences, shapeOf, type ShapeDifference } from '../probe/service-shape.js';
import { among, type Outcome, type Problem } from './check.js';
import type { ClusterView } from './cluster-view.js';
import { isAsDeclared } from './declared.js';
import type { MeshView } from './mesh-view.js';

/** A difference between a Service here and the one of its name in another cluster. */
export interface Compared<D> {
  here: ClusterView;
  there: ClusterView;
  /** `helloworld.sample` */
  service: string;
  object: string;
  difference: D;
}

type OfKind<K extends ShapeDifference['kind']> = Extract<ShapeDifference, { kind: K }>;

/**
 * Differences of one kind between the Services of the first cluster that has them and those of the others. Services that a behaviour
 * has made just so in both are meant to differ. Those of different types differ by nature: F-SERVICE-TYPE.
 */
export function servicesThatDiffer<K extends ShapeDifference['kind']>(
  mesh: MeshView,
  kind: K,
  problem: (compared: Compared<OfKind<K>>) => Problem,
): Promise<Outcome> {
  return among(mesh.workloadNamespaces, async (namespace) => {
    const all = await Promise.all(
      mesh.clusters.map(async (cluster) => ({ cluster, services: await cluster.list('services', namespace) })),
    );
    const names = new Set(all.flatMap(({ services }) => services.map(({ metadata }) => metadata!.name!)));
    return [...names].flatMap((name) => {
      const found = all.map(({ cluster, services }) => ({
        cluster,
        service: services.find(({ metadata }) => metadata?.name === name),
      }));
      const first = found.find(({ service }) => service)!;
      return found
        .filter((other) => other !== first && !(isMeant(mesh, first) && isMeant(mesh, other)))
        .filter(({ service }) => !service || typeOf(service) === typeOf(first.service!))
        .flatMap((other) =>
          shapeDifferences(shape(first.service), shape(other.service))
            .filter((difference): difference is OfKind<K> => difference.kind === kind)
            .map((difference) =>
              problem({
                here: first.cluster,
                there: other.cluster,
                service: `${name}.${namespace}`,
                object: `service/${namespace}/${name}`,
                difference,
              }),
            ),
        );
    });
  });
}

/** What tells services of one name apart: a load balancer or a port of nodes makes no difference inside a mesh. */
export function typeOf({ spec }: V1Service): 'headless' | 'ExternalName' | 'ClusterIP' {
  if (spec?.type === 'ExternalName') return 'ExternalName';
  return spec?.clusterIP === 'None' ? 'headless' : 'ClusterIP';
}

function isMeant(mesh: MeshView, { cluster, service }: { cluster: ClusterView; service?: V1Service }): boolean {
  return service !== undefined && isAsDeclared(mesh.declared, cluster.name, 'services', service);
}

function shape(service: V1Service | undefined) {
  return service && shapeOf(service.spec ?? {});
}
