import type { ClusterView } from './cluster-view.js';
import { declaredKinds, type ListedObject, type ManifestObject } from './declared.js';
import type { MeshView } from './mesh-view.js';
import type { Kind } from './object-kinds.js';

/** A declared object with what the cluster has in its place. */
interface Found {
  declared: ManifestObject;
  object?: ListedObject;
  /** Other namespaces with an object of this kind and name. */
  elsewhere: string[];
}

/** The objects that were declared for a cluster, of the kinds that are compared. */
export async function declaredObjects(mesh: MeshView, cluster: ClusterView): Promise<Found[]> {
  const own = mesh.declared.objects.filter((one) => one.cluster === cluster.name).map(({ object }) => object);
  const found = own.map(async (declared): Promise<Found[]> => {
    const kind = (Object.keys(declaredKinds) as Kind[]).find((one) => declaredKinds[one] === declared.kind);
    const { name, namespace = '' } = declared.metadata;
    if (!kind) return [];
    const named = ((await cluster.listIn(kind, mesh.configured(cluster))) as ListedObject[]).filter(
      ({ metadata }) => metadata?.name === name,
    );
    const object = named.find(({ metadata }) => metadata?.namespace === namespace);
    const elsewhere = named.flatMap(({ metadata }) => metadata?.namespace ?? []).filter((other) => other !== namespace);
    return [{ declared, object, elsewhere }];
  });
  return (await Promise.all(found)).flat();
}

/** Checks that say what is wrong with an object, where that can be said; that it differs follows. */
export const specificMistakes = [
  'F-TLS-DISABLED',
  'F-POLICY-SELECTOR',
  'F-PORT-LEVEL-MTLS',
  'F-AUTHZ-EMPTY-RULE',
  'F-NO-OUTLIER-DETECTION',
  'F-OUTLIER-DETECTION-UNASKED',
  'F-SERVICE-ENTRY-TOO-WIDE',
  'F-FAILOVER-REGION',
  'F-RULE-FOR-MESH',
  'F-SERVICE-PORT-NAME',
  'F-SERVICE-PORT-NUMBER',
  'F-SERVICE-SELECTOR',
] as const;
