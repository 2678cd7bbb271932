import type {
  FaultFilter,
  FilterChain,
  Listener,
  Percentage,
  Route,
  RouteConfiguration,
  VirtualHost,
  WeightedClusters,
} from '../../probe/envoy-types.js';

/** Where a proxy sends what it takes up: clusters by their part of the calls, 0 to 1. */
export interface Sends {
  clusters: { name: string; share: number }[];
  /** The name of the route configuration that says so; undefined where the listener itself does. */
  by?: string;
}

/** The listener that takes up what goes to an address and port: one for the address, else one for the port. */
export function listenerFor(listeners: readonly Listener[], addresses: readonly string[], port: number) {
  const at = (address: string) =>
    listeners.find(
      ({ address: own }) => own?.socket_address?.address === address && own.socket_address.port_value === port,
    );
  const own = addresses.map(at).find((one) => one !== undefined);
  return own ?? at('0.0.0.0') ?? at('::');
}

/** What a listener makes of HTTP: the route configuration, or the clusters of a TCP proxy. */
export function handling(listener: Listener): { http?: { name?: string; inline?: RouteConfiguration }; tcp?: Sends } {
  const chains = [
    ...(listener.filter_chains ?? []),
    ...(listener.default_filter_chain ? [listener.default_filter_chain] : []),
  ];
  const plain = chains.filter(
    ({ filter_chain_match: match }) => match?.transport_protocol !== 'tls' && !match?.server_names,
  );
  for (const chain of plain) {
    const manager = filterOf(chain, 'http_connection_manager');
    if (manager) return { http: { name: manager.rds?.route_config_name, inline: manager.route_config } };
  }
  const proxy = plain.map((chain) => filterOf(chain, 'tcp_proxy')).find((one) => one !== undefined);
  return proxy ? { tcp: { clusters: sharesOf(proxy) } } : {};
}

/** The configuration of a filter of a chain, by the end of its name. */
export function filterOf({ filters = [] }: FilterChain, name: string) {
  return filters.find((one) => one.name.endsWith(name))?.typed_config;
}

/** The host of a route configuration that a name belongs to; `*` comes last. */
export function virtualHost(
  { virtual_hosts = [] }: RouteConfiguration,
  names: readonly string[],
): VirtualHost | undefined {
  const has = (test: (domain: string) => boolean) => virtual_hosts.find(({ domains = [] }) => domains.some(test));
  return (
    has((domain) => names.includes(domain)) ??
    has(
      (domain) => domain.length > 1 && domain.startsWith('*') && names.some((name) => name.endsWith(domain.slice(1))),
    ) ??
    has((domain) => domain === '*')
  );
}

/** The first route of a host that a GET of a path takes; a route that asks for headers or parameters is not taken. */
export function routeFor({ routes = [] }: VirtualHost, path: string): Route | undefined {
  return routes.find(({ match }) => {
    const asks = (match?.headers ?? []).some(({ name }) => name !== ':method');
    return match !== undefined && !asks && !match.query_parameters?.length && takes(match, path);
  });
}

function takes(match: NonNullable<Route['match']>, path: string): boolean {
  const { prefix, path: exact, path_separated_prefix: separated, safe_regex: regex } = match;
  if (exact !== undefined) return path === exact;
  if (separated !== undefined) return path === separated || path.startsWith(`${separated}/`);
  if (regex?.regex !== undefined) return matchesWhole(regex.regex, path);
  return path.startsWith(prefix ?? '/');
}

/** Whether an expression of RE2's matches all of a text; one that this language does not know matches nothing. */
export function matchesWhole(regex: string, text: string): boolean {
  try {
    return new RegExp(`^(?:${regex})$`).test(text);
  } catch {
    return false;
  }
}

/** Clusters with their shares. */
export function sharesOf(sends: { cluster?: string; weighted_clusters?: WeightedClusters }): Sends['clusters'] {
  if (sends.cluster !== undefined) return [{ name: sends.cluster, share: 1 }];
  const weighted = sends.weighted_clusters?.clusters ?? [];
  const sum = weighted.reduce((total, { weight = 0 }) => total + weight, 0);
  return weighted.filter(({ weight = 0 }) => weight > 0).map(({ name, weight = 0 }) => ({ name, share: weight / sum }));
}

/** The part of the calls that a route's fault ends with an error of its own, 0 to 1, and the status that they get. */
export function abortOf({
  typed_per_filter_config: filters = {},
}: Route): { share: number; status: number } | undefined {
  const fault = (filters['envoy.filters.http.fault'] ?? {}) as FaultFilter;
  if (!fault.abort) return undefined;
  return { share: partOf(fault.abort.percentage), status: fault.abort.http_status ?? 503 };
}

const denominators: Record<string, number> = { HUNDRED: 100, TEN_THOUSAND: 10_000, MILLION: 1_000_000 };

function partOf({ numerator = 0, denominator = 'HUNDRED' }: Percentage = {}): number {
  return numerator / (denominators[denominator] ?? 100);
}

/** `VirtualService sample/helloworld`, out of what istiod says of where a part of the configuration comes from. */
export function ownerOf(config: string | undefined): string | undefined {
  const [, namespace, kind, name] = /\/namespaces\/([^/]+)\/([^/]+)\/([^/]+)$/.exec(config ?? '') ?? [];
  const kinds: Record<string, string> = { 'virtual-service': 'VirtualService', 'destination-rule': 'DestinationRule' };
  return kind === undefined ? undefined : `${kinds[kind] ?? kind} ${namespace}/${name}`;
}
