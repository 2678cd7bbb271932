import type { V1ObjectMeta } from '@kubernetes/client-node';
import type { Kind } from './object-kinds.js';

/** An object as a manifest has it. */
export interface ManifestObject {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string; annotations?: Record<string, string> };
  [field: string]: unknown;
}

/** What a behaviour has made in its clusters, and what it has changed on purpose: neither is a cause of its failure. */
export interface Declared {
  objects: readonly { cluster: string; object: ManifestObject }[];
  /** `cluster1 deployment/istio-system/istiod` */
  intended: ReadonlySet<string>;
}

export const nothingDeclared: Declared = { objects: [], intended: new Set() };

/** An object out of a list of the API server's. */
export interface ListedObject {
  metadata?: V1ObjectMeta;
  spec?: unknown;
}

/** The kinds that are held against what was declared. */
export const declaredKinds: Partial<Record<Kind, string>> = {
  services: 'Service',
  gateways: 'Gateway',
  virtualservices: 'VirtualService',
  destinationrules: 'DestinationRule',
  serviceentries: 'ServiceEntry',
  sidecars: 'Sidecar',
  envoyfilters: 'EnvoyFilter',
  peerauthentications: 'PeerAuthentication',
  authorizationpolicies: 'AuthorizationPolicy',
  requestauthentications: 'RequestAuthentication',
};

/** `DestinationRule sample/helloworld`, as texts name an object. */
export function titleOf(kind: string, { namespace, name }: { namespace?: string; name?: string } = {}): string {
  return `${kind} ${namespace ? `${namespace}/` : ''}${name}`;
}

/** `destinationrule/sample/helloworld`, as findings name an object. */
export function objectOf(kind: string, { namespace = '', name }: { namespace?: string; name?: string } = {}): string {
  return `${kind.toLowerCase()}/${namespace}/${name}`;
}

/** The declared object that an object of a cluster is. */
export function declarationOf(
  { objects }: Declared,
  cluster: string,
  kind: string,
  { namespace, name }: V1ObjectMeta = {},
): ManifestObject | undefined {
  return objects.find(
    ({ cluster: where, object }) =>
      where === cluster &&
      object.kind === kind &&
      object.metadata.name === name &&
      (object.metadata.namespace ?? namespace) === namespace,
  )?.object;
}

/** Whether an object is just as it was declared. */
export function isAsDeclared(declared: Declared, cluster: string, kind: Kind, object: ListedObject): boolean {
  const found = declarationOf(declared, cluster, declaredKinds[kind] ?? kind, object.metadata);
  return found !== undefined && differences(found, object).length === 0;
}

/** A field that is not as it was declared. */
export interface Difference {
  path: string;
  declared?: unknown;
  found?: unknown;
}

/**
 * How an object differs from what was declared: in its spec, and in the annotations that were declared. The API server adds fields
 * to a Service and to nothing of Istio's.
 */
export function differences(declared: ManifestObject, { metadata, spec }: ListedObject): Difference[] {
  const more = declared.kind === 'Service';
  const wanted = Object.entries(declared.metadata.annotations ?? {});
  const annotations = wanted
    .filter(([key, value]) => metadata?.annotations?.[key] !== value)
    .map(([key, value]) => ({
      path: `metadata.annotations.${key}`,
      declared: value,
      found: metadata?.annotations?.[key],
    }));
  return [...annotations, ...compare('spec', declared['spec'], spec, more)];
}

function compare(path: string, declared: unknown, found: unknown, more: boolean): Difference[] {
  if (isMap(declared) && isMap(found)) {
    const keys = new Set([...Object.keys(declared), ...(more ? [] : Object.keys(found))]);
    return [...keys].flatMap((key) => compare(`${path}.${key}`, declared[key], found[key], more));
  }
  if (Array.isArray(declared) && Array.isArray(found) && declared.length === found.length)
    return declared.flatMap((item, i) => compare(`${path}[${i}]`, item, found[i], more));
  return JSON.stringify(declared) === JSON.stringify(found) ? [] : [{ path, declared, found }];
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `spec.http[1].route[0].weight is 50, declared 80` */
export function differenceText({ path, declared, found }: Difference): string {
  const word = (value: unknown): string =>
    value === undefined ? 'missing' : (JSON.stringify(value) ?? '').slice(0, 120);
  return `${path} is ${word(found)}, ${declared === undefined ? 'and not declared' : `declared ${word(declared)}`}`;
}
