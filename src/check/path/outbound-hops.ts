import type { ProxyFacts } from '../../probe/proxy-facts.js';
import type { Listener } from '../../probe/envoy-types.js';
import { percent } from './path-words.js';
import { namesOf, podText, stepsOf, type PathScene } from './path-scene.js';
import type { Step, Trace } from './path-types.js';
import { abortOf, handling, listenerFor, ownerOf, routeFor, sharesOf, virtualHost, type Sends } from './proxy-route.js';

/** Where the caller's proxy sends the call, the steps until there, and the part of the calls that it ends itself. */
export interface Outbound {
  steps: Step[];
  sends: Sends['clusters'];
  ended: Trace[];
}

/** What the caller's proxy makes of the call: its listener and its route. */
export function outboundOf(scene: PathScene, facts: ProxyFacts): Outbound {
  const { caller, called, services, host, pod } = scene;
  const at = podText(pod);
  const { ok, broken } = stepsOf('listener', caller.cluster, at);
  const stop = (step: Step, ...before: Step[]): Outbound => ({ steps: [...before, step], sends: [], ended: [] });
  const spec = services.get(caller.cluster)?.spec;
  const addresses = (spec?.clusterIPs ?? [spec?.clusterIP ?? '']).filter((one) => one !== '' && one !== 'None');
  const show = `istioctl proxy-config listeners ${caller.pod}.${caller.namespace} --port ${called.port}`;
  const refused = facts.listeners.find((one) => one.refused !== undefined);
  if (refused?.refused)
    return stop(
      broken(
        `Envoy has refused the newest listener: ${refused.refused.slice(0, 200)}`,
        `correct the named resource: ${show}`,
      ),
    );
  const known = facts.listeners.flatMap(({ listener }) => listener ?? []);
  const listener = listenerFor(known, addresses, called.port);
  const unknown = (what: string): Outbound =>
    stop(
      broken(
        `its proxy has ${what} for ${host}:${called.port}: the call leaves as unknown traffic`,
        `find the Sidecar, exportTo or discovery selector that hides the service from ${caller.namespace}: ${show}`,
      ),
    );
  if (!listener) return unknown('no listener');
  const { http, tcp } = handling(listener);
  const taken = ok(`listener ${listener.name}`);
  if (tcp) {
    const past = tcp.clusters.find(({ name }) => isUnknown(name));
    return past ? unknown('no listener') : { steps: [taken], sends: tcp.clusters, ended: [] };
  }
  if (!http) return stop(broken(`listener ${listener.name} has no destination`, show));
  const config = http.inline ?? facts.routes.find(({ name }) => name === http.name);
  return routed(scene, taken, config, http.name ?? listener.name);
}

/** Clusters of Envoy's for what the mesh does not know. */
function isUnknown(cluster: string): boolean {
  return cluster === 'PassthroughCluster' || cluster === 'BlackHoleCluster' || cluster.startsWith('InboundPassthrough');
}

function routed(
  scene: PathScene,
  taken: Step,
  config: ProxyFacts['routes'][number] | undefined,
  name: string,
): Outbound {
  const { caller, called, host, pod } = scene;
  const { ok, broken } = stepsOf('route', caller.cluster, podText(pod));
  const show = `istioctl proxy-config routes ${caller.pod}.${caller.namespace} --name ${name} -o yaml`;
  const stop = (step: Step): Outbound => ({ steps: [taken, step], sends: [], ended: [] });
  if (!config) return stop(broken(`its proxy has no routes named ${name}`, show));
  const own = virtualHost(config, namesOf(host, called));
  if (!own || own.name === 'allow_any' || own.name === 'block_all') {
    const ends = own?.name === 'block_all' ? 'is refused with 502' : 'leaves as unknown traffic';
    return stop(
      broken(
        `its proxy has no route for ${host}: the call ${ends}`,
        `find the Sidecar, exportTo or discovery selector that hides the service from ${caller.namespace}: ${show}`,
      ),
    );
  }
  const route = routeFor(own, called.path);
  const all = (own.routes ?? []).length;
  if (!route) {
    const owner = ownerOf(own.routes?.[0]?.metadata?.filter_metadata?.istio?.config);
    return stop(
      broken(
        `none of ${all} routes matches GET ${called.path}: it ends with 404${owner ? `, by ${owner}` : ''}`,
        `add a route without a match as the last one of ${owner ?? 'its VirtualService'}`,
      ),
    );
  }
  const owner = ownerOf(route.metadata?.filter_metadata?.istio?.config);
  const by = owner ? `, by ${owner}` : '';
  if (route.direct_response)
    return stop(broken(`the proxy itself answers with ${route.direct_response.status}${by}`, `correct ${owner}`));
  if (route.redirect)
    return stop(broken(`the proxy redirects the call${by}`, `call the target of the redirect, or correct ${owner}`));
  const sends = sharesOf(route.route ?? {});
  if (sends.length === 0)
    return stop(broken(`the route has no destination with a weight above 0${by}`, `correct the weights of ${owner}`));
  const past = sends.find(({ name: to }) => isUnknown(to));
  if (past) return stop(broken(`the route leads to ${past.name}${by}`, show));
  const abort = abortOf(route);
  const rest = 1 - (abort?.share ?? 0);
  const ended: Trace[] =
    abort && abort.share > 0
      ? [
          {
            endpoint: 'its own proxy',
            share: abort.share,
            endpoints: 1,
            steps: [
              broken(
                `an injected fault aborts ${percent(abort.share)} of the calls with ${abort.status}${by}`,
                `remove fault.abort from ${owner}`,
              ),
            ],
          },
        ]
      : [];
  const shares = sends.map(({ name: to, share }) => ({ name: to, share: share * rest }));
  const text = shares.map(({ name: to, share }) => (shares.length > 1 ? `${percent(share)} to ${to}` : to)).join(', ');
  return { steps: [taken, ok(`${text}${by}`)], sends: shares, ended };
}

/** Names of listeners and routes that are asked of a proxy for a port. */
export function questionFor(port: number): { listeners: string; routes: string } {
  return { listeners: `^.*_${port}$`, routes: `^(.*:)?${port}$` };
}

/** The listeners among what a proxy said. */
export function listenersIn({ listeners }: ProxyFacts): Listener[] {
  return listeners.flatMap(({ listener }) => listener ?? []);
}
