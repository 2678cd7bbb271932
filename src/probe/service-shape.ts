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
  const { spec } = service;
  const ports = (spec.ports ?? []).map(({ port, name: portName = '' }) => [port, portName] as const);
  return { ports: Object.fromEntries(ports), selector: spec.selector ?? {} };
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

/**
 * In words, what keeps the Service of another cluster from being the same one as the Service here:
 * `port 5000 is named http-web in cluster2, http here`. Empty when they merge.
 */
export function shapeDifferences(
  here: ServiceShape | undefined,
  there: ServiceShape | undefined,
  where: string,
): string[] {
  if (!here || !there) return here === there ? [] : [`there is no such service ${here ? `in ${where}` : 'here'}`];
  const numbers = [...new Set([...Object.keys(here.ports), ...Object.keys(there.ports)])];
  const ports = numbers.flatMap((number) => {
    const [own, other] = [here.ports[number], there.ports[number]];
    if (own === other) return [];
    if (own === undefined) return [`port ${number} is in ${where}, not here`];
    if (other === undefined) return [`port ${number} is here, not in ${where}`];
    return [`port ${number} is named ${other || '(nothing)'} in ${where}, ${own || '(nothing)'} here`];
  });
  const labels = ({ selector }: ServiceShape): string =>
    Object.entries(selector)
      .map(([key, value]) => `${key}=${value}`)
      .sort()
      .join(',');
  if (labels(here) === labels(there)) return ports;
  return [...ports, `the selector is ${labels(there) || 'empty'} in ${where}, ${labels(here) || 'empty'} here`];
}
