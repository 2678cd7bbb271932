import type { KubeObject } from './kubernetes.js';

/** Where an object is kept. */
export interface Place {
  /** `/api/v1` or `/apis/<group>/<version>` */
  api: string;
  plural: string;
  namespace?: string;
  name?: string;
}

/** What discovery tells of: the kinds that meshproof applies. */
export const resources: Record<string, string[]> = {
  '/api/v1': ['Namespace', 'Node', 'Pod', 'Service', 'ServiceAccount', 'Secret', 'ConfigMap', 'Endpoints'],
  '/apis/apps/v1': ['Deployment', 'StatefulSet', 'DaemonSet'],
  '/apis/discovery.k8s.io/v1': ['EndpointSlice'],
  '/apis/networking.istio.io/v1': ['Gateway', 'VirtualService', 'DestinationRule', 'ServiceEntry', 'Sidecar'],
  '/apis/security.istio.io/v1': ['PeerAuthentication', 'AuthorizationPolicy', 'RequestAuthentication'],
  '/apis/telemetry.istio.io/v1': ['Telemetry'],
};

export function resourceOf(kind: string): { name: string; kind: string; namespaced: boolean } {
  const name = kind.toLowerCase().replace(/y$/, 'ie').replace(/s$/, '') + 's';
  return { name, kind, namespaced: kind !== 'Namespace' && kind !== 'Node' };
}

export function placeOf(path: string): Place | undefined {
  const [, api = '', rest = ''] = /^(\/api\/v1|\/apis\/[^/]+\/[^/]+)\/(.+?)\/?$/.exec(path) ?? [];
  const parts = rest.split('/');
  if (parts[0] === '') return undefined;
  if (parts[0] === 'namespaces' && parts.length > 2)
    return { api, namespace: parts[1], plural: parts[2]!, name: parts[3] };
  return { api, plural: parts[0]!, name: parts[1] };
}

export function pathOf({ api, plural }: Place, { metadata: { name, namespace } }: KubeObject): string {
  return `${api}${namespace ? `/namespaces/${namespace}` : ''}/${plural}/${name}`;
}

export const keyOf = ({ api, plural, namespace = '', name }: Place): string => [api, plural, namespace, name].join(' ');

export function isIn(place: Place, wanted: Place): boolean {
  return (
    place.api === wanted.api &&
    place.plural === wanted.plural &&
    (wanted.namespace === undefined || place.namespace === wanted.namespace) &&
    (wanted.name === undefined || place.name === wanted.name)
  );
}

/** Label selectors of the forms a=b, a==b, a!=b, a in (b,c), a, !a; field selectors of metadata.name. */
export function selects(
  { labelSelector = '', fieldSelector = '' }: Record<string, string>,
  object: KubeObject,
): boolean {
  const labels = object.metadata.labels ?? {};
  const name = /^metadata\.name=(.*)$/.exec(fieldSelector)?.[1];
  return (
    (name === undefined || object.metadata.name === name) &&
    labelSelector
      .split(/,(?![^(]*\))/)
      .filter(Boolean)
      .every((term) => {
        const [, set, values] = /^(\S+) in \((.*)\)$/.exec(term) ?? [];
        if (set !== undefined) return values!.split(',').includes(labels[set] ?? '');
        const [, not, key = '', operator, value] = /^(!?)([^=!]+)(?:(!=|==?)(.*))?$/.exec(term) ?? [];
        if (operator === undefined) return key in labels === (not === '');
        return (labels[key] === value) === (operator !== '!=');
      })
  );
}

/** JSON merge patch: null removes. */
export function merge(old: unknown, change: unknown): unknown {
  if (!isObject(change)) return change;
  const result: Record<string, unknown> = isObject(old) ? { ...old } : {};
  for (const [key, value] of Object.entries(change)) {
    if (value === null) delete result[key];
    else result[key] = merge(result[key], value);
  }
  return result;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
