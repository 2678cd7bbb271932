import type { V1Pod, V1Service } from '@kubernetes/client-node';
import type { ClusterView } from '../cluster-view.js';
import type { MeshView } from '../mesh-view.js';
import { isAlive, isReady, proxyOf, selects } from '../object-kinds.js';
import type { Called, Caller, PathHop, Step } from './path-types.js';

/** What is known of a call before its way is followed. */
export interface PathScene {
  mesh: MeshView;
  caller: Caller;
  called: Called;
  /** The cluster of the caller. */
  home: ClusterView;
  pod: V1Pod;
  /** `helloworld.sample.svc.cluster.local` */
  host: string;
  /** The Service in each cluster that has it. */
  services: Map<string, V1Service>;
}

/** Makes the steps of one thing that was looked at. */
export function stepsOf(hop: PathHop, cluster: string, at: string) {
  return {
    ok: (says: string, facts?: Step['facts']): Step => ({ hop, cluster, at, is: 'ok', says, facts }),
    broken: (says: string, remedy: string, facts?: Step['facts'], remedyFor?: string): Step => ({
      ...{ hop, cluster, at, is: 'broken', says, remedy, facts },
      ...(remedyFor !== undefined && { remedyFor }),
    }),
    unknown: (says: string): Step => ({ hop, cluster, at, is: 'cannot tell', says }),
  };
}

/** `pod sample/sleep-7b6f` */
export function podText({ metadata }: V1Pod): string {
  return `pod ${metadata?.namespace}/${metadata?.name}`;
}

/** Full name of a service: the domain is that of the caller's proxy. */
export function hostOf(pod: V1Pod, { namespace, name }: Pick<Called, 'namespace' | 'name'>): string {
  const args = proxyOf(pod)?.args ?? [];
  const domain = args[args.indexOf('--domain') + 1] ?? '';
  const suffix = /\.(svc\..+)$/.exec(domain)?.[1] ?? 'svc.cluster.local';
  return `${name}.${namespace}.${suffix}`;
}

/** The names under which a service is called. */
export function namesOf(host: string, { namespace, name }: Called): string[] {
  return [host, `${name}.${namespace}.svc`, `${name}.${namespace}`];
}

/** The pods of a service in a cluster that live; ready ones first. */
export async function podsOfService(cluster: ClusterView, service: V1Service | undefined): Promise<V1Pod[]> {
  const selector = service?.spec?.selector ?? {};
  if (!service || Object.keys(selector).length === 0) return [];
  const pods = await cluster.list('pods', service.metadata!.namespace!);
  const own = pods.filter((pod) => isAlive(pod) && selects(selector, pod.metadata?.labels));
  return [...own.filter(isReady), ...own.filter((pod) => !isReady(pod))];
}

/** The container's port behind a port of a service. */
export function targetPort(service: V1Service | undefined, port: number, pod: V1Pod | undefined): number {
  const target = service?.spec?.ports?.find((one) => one.port === port)?.targetPort ?? port;
  if (typeof target === 'number') return target;
  if (/^\d+$/.test(target)) return Number(target);
  const ports = (pod?.spec?.containers ?? []).flatMap(({ ports: own = [] }) => own);
  return ports.find(({ name }) => name === target)?.containerPort ?? port;
}
