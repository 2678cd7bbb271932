import { read } from '../kube/api.js';
import type { Target } from '../kube/kubectl.js';
import { orUndetermined } from '../kernel/undetermined.js';

/** What decides whether Services of several clusters are one service of the mesh. */
export interface ServiceShape {
  /** Port number to port name. */
  ports: Record<string, string>;
  selector: Record<string, string>;
}

/** A Service as it is in one cluster; undefined where there is none. */
export async function serviceShape(
  cluster: Target,
  namespace: string,
  name: string,
  signal?: AbortSignal,
): Promise<ServiceShape | undefined> {
  const service = await orUndetermined(`reading service ${namespace}/${name}`, cluster.name, () =>
    read<Service>(cluster, `/api/v1/namespaces/${namespace}/services/${name}`, { signal }),
  );
  if (!service) return undefined;
  return shapeOf(service.spec);
}

/** The shape of a Service, by its spec. */
export function shapeOf({ ports = [], selector = {} }: Service['spec']): ServiceShape {
  return { ports: Object.fromEntries(ports.map(({ port, name = '' }) => [port, name])), selector };
}

/** The address that a load balancer has given to a Service; undefined where there is none. */
export async function loadBalancerAddress(
  cluster: Target,
  { namespace, name }: { namespace: string; name: string },
  signal?: AbortSignal,
): Promise<string | undefined> {
  const service = await orUndetermined(`reading service ${namespace}/${name}`, cluster.name, () =>
    read<Service>(cluster, `/api/v1/namespaces/${namespace}/services/${name}`, { signal }),
  );
  const ingress = service?.status?.loadBalancer?.ingress?.[0];
  return ingress?.ip ?? ingress?.hostname;
}

interface Service {
  status?: { loadBalancer?: { ingress?: { ip?: string; hostname?: string }[] } };
  spec: { ports?: { port: number; name?: string }[]; selector?: Record<string, string> };
}

/** What keeps Services of two clusters from being one service of the mesh; of two ports of one number, their names. */
export type ShapeDifference =
  | { kind: 'no service'; missing: 'here' | 'there' }
  | { kind: 'no port'; port: number; missing: 'here' | 'there' }
  | { kind: 'port name'; port: number; here: string; there: string }
  | { kind: 'selector'; here: string; there: string };

/** What keeps the Service of another cluster from being the same one as the Service here; empty when they merge. */
export function shapeDifferences(here: ServiceShape | undefined, there: ServiceShape | undefined): ShapeDifference[] {
  if (!here || !there) return here === there ? [] : [{ kind: 'no service', missing: here ? 'there' : 'here' }];
  const numbers = [...new Set([...Object.keys(here.ports), ...Object.keys(there.ports)])];
  const ports = numbers.flatMap((number): ShapeDifference[] => {
    const [own, other] = [here.ports[number], there.ports[number]];
    const port = Number(number);
    if (own === other) return [];
    if (own === undefined) return [{ kind: 'no port', port, missing: 'here' }];
    if (other === undefined) return [{ kind: 'no port', port, missing: 'there' }];
    return [{ kind: 'port name', port, here: own, there: other }];
  });
  const [own, other] = [labelsOf(here), labelsOf(there)];
  return own === other ? ports : [...ports, { kind: 'selector', here: own, there: other }];
}

/** A difference in words, as seen from a cluster: `port 5000 is named http-web in cluster2, http here`. */
export function differenceText(difference: ShapeDifference, there: string): string {
  switch (difference.kind) {
    case 'no service':
      return `the service is missing ${difference.missing === 'there' ? `in ${there}` : 'here'}`;
    case 'no port':
      return difference.missing === 'there'
        ? `port ${difference.port} is here, not in ${there}`
        : `port ${difference.port} is in ${there}, not here`;
    case 'port name':
      return `port ${difference.port} is named ${difference.there || '(nothing)'} in ${there}, ${difference.here || '(nothing)'} here`;
    case 'selector':
      return `the selector is ${difference.there || 'empty'} in ${there}, ${difference.here || 'empty'} here`;
  }
}

function labelsOf({ selector }: ServiceShape): string {
  return Object.entries(selector)
    .map(([key, value]) => `${key}=${value}`)
    .sort()
    .join(',');
}
