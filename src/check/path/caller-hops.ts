import { BlockList, isIP } from 'node:net';
import type { V1Pod } from '@kubernetes/client-node';
import { listedIn, sidecarAnnotation } from '../annotations.js';
import { readyEndpoints } from '../gateway-facts.js';
import { proxyOf } from '../object-kinds.js';
import { podText, stepsOf, type PathScene } from './path-scene.js';
import type { Step } from './path-types.js';

/** Whether the caller's proxy takes the call up. */
export function captured({ pod, caller, called, services }: PathScene): Step {
  const { ok, broken, unknown } = stepsOf('capture', caller.cluster, podText(pod));
  const { annotations = {} } = pod.metadata ?? {};
  if (annotations['ambient.istio.io/redirection'] === 'enabled')
    return unknown('ztunnel intercepts its calls; meshproof cannot read its configuration');
  if (pod.spec?.hostNetwork)
    return broken("it uses its node's network, where no sidecar intercepts calls", 'run it without hostNetwork');
  const proxy = proxyOf(pod);
  if (!proxy)
    return broken(
      'it has no sidecar, so its calls bypass the mesh',
      `kubectl label namespace ${caller.namespace} istio-injection=enabled --overwrite, then restart the workload`,
    );
  const words = (name: string) => listedIn(pod.metadata, sidecarAnnotation(name)) ?? [];
  if (words('excludeOutboundPorts').includes(String(called.port)))
    return broken(
      `its annotation ${sidecarAnnotation('excludeOutboundPorts')} excludes port ${called.port}`,
      'remove the port from the annotation and restart the workload',
    );
  const address = services.get(caller.cluster)?.spec?.clusterIP ?? '';
  const included = words('includeOutboundIPRanges').filter((word) => word !== '' && word !== '*');
  if (
    inRanges(address, words('excludeOutboundIPRanges')) ||
    (included.length > 0 && isIP(address) && !inRanges(address, included))
  )
    return broken(
      `its annotations for outbound addresses exclude ${address}`,
      `correct ${sidecarAnnotation('includeOutboundIPRanges')} and ${sidecarAnnotation('excludeOutboundIPRanges')}, then restart the workload`,
    );
  if (!proxyIsReady(pod))
    return broken('its sidecar is not ready', `kubectl -n ${caller.namespace} logs ${caller.pod} -c istio-proxy`);
  return ok('its sidecar intercepts the call');
}

/** Whether the proxy's own container is ready. */
export function proxyIsReady({ status }: V1Pod): boolean {
  const containers = [...(status?.containerStatuses ?? []), ...(status?.initContainerStatuses ?? [])];
  return containers.find(({ name }) => name === 'istio-proxy')?.ready ?? true;
}

function inRanges(address: string, ranges: readonly string[]): boolean {
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
  const list = new BlockList();
  for (const range of ranges) {
    const [base = '', bits] = range.split('/');
    if (isIP(base) !== isIP(address) || !isIP(base)) continue;
    list.addSubnet(base, Number(bits ?? (family === 'ipv4' ? 32 : 128)), family);
  }
  return isIP(address) !== 0 && list.check(address, family);
}

/** Whether the caller gets an address for the name. */
export async function resolved({ pod, home, called, host, services }: PathScene): Promise<Step> {
  const { ok, broken } = stepsOf('dns', home.name, `name ${host}`);
  const own = services.get(home.name);
  const env = proxyOf(pod)?.env ?? [];
  const proxied = env.some(({ name, value }) => name === 'ISTIO_META_DNS_CAPTURE' && value === 'true');
  if (!own && proxied) return ok('its sidecar resolves names of other clusters');
  if (!own)
    return broken(
      `${home.name} has no Service ${called.namespace}/${called.name}, and its sidecars do not resolve names of other clusters`,
      `apply the Service in ${home.name} too, in the same namespace, or set ISTIO_META_DNS_CAPTURE in the mesh's proxy config`,
    );
  const dns = (await home.list('services', 'kube-system')).find(
    ({ metadata }) => metadata?.labels?.['k8s-app'] === 'kube-dns',
  );
  if (!proxied && dns && (await readyEndpoints(home, 'kube-system', dns.metadata!.name!)) === 0)
    return broken(
      `${home.name} has no DNS: Service kube-system/${dns.metadata!.name} has no endpoint`,
      'kubectl -n kube-system get deployments,pods -l k8s-app=kube-dns',
    );
  if (own.spec?.type === 'ExternalName') return ok(`it is an alias of ${own.spec.externalName}`);
  return ok(own.spec?.clusterIP === 'None' ? 'it is headless: the addresses of its pods' : `${own.spec?.clusterIP}`);
}
