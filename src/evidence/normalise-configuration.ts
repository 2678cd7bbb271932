import { escapeRegExp } from '../kernel/text.js';
import { X509Certificate } from 'node:crypto';
import type { Json } from '../record/comparison/configuration-file.js';
import { canonical } from '../record/comparison/configuration-file.js';

/** Names for what is different in every mesh: addresses of pods, services and gateways, names of pods. */
export interface Names {
  /** By address. */
  addresses: ReadonlyMap<string, string>;
  /** Workloads by the names of their pods. */
  pods: ReadonlyMap<string, string>;
}

type Fields = { [key: string]: Json | undefined };

/** What Envoy says of the history of a resource, and of time. */
const dropped = new Set(['version_info', 'last_updated', 'expiration_time', 'valid_from', 'days_until_expiration']);

/** Lists whose order means nothing to Envoy. That of routes, filters and protocols does. */
const sets = new Set([
  'domains',
  'endpoints',
  'filter_chains',
  'lb_endpoints',
  'match_subject_alt_names',
  'match_typed_subject_alt_names',
  'prefix_ranges',
  'server_names',
  'services',
  'source_prefix_ranges',
  'virtual_hosts',
]);

/**
 * The resources of Envoy's `config_dump?include_eds`, by kind and name, without what differs between two meshes that do the same:
 * versions, times, the order of sets, addresses, names of pods. Keys are never in it, of certificates only who has signed them.
 */
export function normaliseConfiguration(dump: unknown, names: Names): Map<string, Json> {
  const resources = new Map<string, Json>();
  const name = namer(names);
  const add = (kind: string, given: unknown, value: unknown): void => {
    const key = name(`${kind} ${typeof given === 'string' ? given : 'without a name'}`);
    const own = normalise(value as Json, name);
    const known = resources.get(key);
    // listeners of several addresses that have one name, or none
    resources.set(key, known === undefined || canonical(known) === canonical(own) ? own : sorted([known, own].flat()));
  };
  for (const section of lists(dump, 'configs')) {
    for (const { cluster, error_state } of both(section, 'static_clusters', 'dynamic_active_clusters')) {
      if (error_state) add('refused', `cluster ${nameOf(cluster)}`, error_state['details'] ?? '');
      if (cluster) add('cluster', cluster['name'], cluster);
    }
    for (const { name: own, active_state, warming_state, error_state } of lists(section, 'dynamic_listeners')) {
      const listener = fields((fields(active_state) ?? fields(warming_state))?.['listener']);
      if (error_state) add('refused', `listener ${String(own)}`, fields(error_state)?.['details'] ?? '');
      if (listener) add('listener', listener['name'], listener);
    }
    for (const { route_config } of lists(section, 'dynamic_route_configs'))
      add('route', nameOf(route_config), route_config);
    for (const { endpoint_config } of both(section, 'dynamic_endpoint_configs')) {
      const name = endpoint_config?.['cluster_name'];
      // the hosts of an inbound cluster are the connections of that moment
      if (endpoint_config && !String(name).startsWith('inbound|')) add('endpoints', name, endpoint_config);
    }
    for (const { secret } of both(section, 'dynamic_active_secrets'))
      if (secret) add('certificate', secret['name'], signersOf(secret));
  }
  return resources;
}

function lists(of: unknown, key: string): Fields[] {
  const list = fields(of as Json)?.[key];
  return Array.isArray(list) ? (list.filter((one) => fields(one) !== undefined) as Fields[]) : [];
}

function both(of: Fields, ...keys: string[]): Record<string, Fields | undefined>[] {
  return keys
    .flatMap((key) => lists(of, key))
    .map((one) => Object.fromEntries(Object.entries(one).map(([key, value]) => [key, fields(value)])));
}

function fields(value: Json | undefined): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
}

function nameOf(value: Json | Fields | undefined): string {
  return String(fields(value as Json)?.['name'] ?? '');
}

function normalise(value: Json, name: (text: string) => string, key = ''): Json {
  if (typeof value === 'string') return name(value);
  if (Array.isArray(value)) {
    const all = value.map((one) => normalise(one, name));
    return sets.has(key) ? sorted(all) : all;
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([own]) => !dropped.has(own))
      .map(([own, one]) => [name(own), normalise(one, name, own)]),
  );
}

function sorted(list: Json[]): Json[] {
  return list.sort((a, b) => (canonical(a) < canonical(b) ? -1 : 1));
}

const ipv4 = /(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.])/g;

/** Puts names in the place of addresses and of pods in a text. */
function namer({ addresses, pods }: Names): (text: string) => string {
  const ipv6 = [...addresses.keys()].filter((address) => address.includes(':'));
  const words = [...pods.keys(), ...ipv6].sort((a, b) => b.length - a.length);
  const known = words.length > 0 ? new RegExp(words.map(escapeRegExp).join('|'), 'g') : undefined;
  return (text) => {
    const named = known ? text.replace(known, (word) => pods.get(word) ?? `<${addresses.get(word)}>`) : text;
    return named.replace(ipv4, (address) => {
      const own = addresses.get(address);
      if (own !== undefined) return `<${own}>`;
      return isGeneral(address) ? address : '<address>';
    });
  };
}

/** Addresses that mean the same everywhere: this host, any host, those of a range, the link's own. */
function isGeneral(address: string): boolean {
  return /^(0|127|255)\.|^169\.254\.|\.0$/.test(address);
}

/** Who has signed a workload's certificate, or whom it trusts. Its own certificate is another one every day. */
function signersOf(secret: Fields): Json {
  const chain = certificatesIn(fields(fields(secret['tls_certificate'])?.['certificate_chain']));
  const trusted = certificatesIn(fields(fields(secret['validation_context'])?.['trusted_ca']));
  const [own, ...signers] = chain;
  return {
    ...(own && { issuer: own.issuer, signers: signers.map(nameOfCertificate) }),
    ...(trusted.length > 0 && { roots: trusted.map(nameOfCertificate).sort() }),
  };
}

function certificatesIn(source: Fields | undefined): X509Certificate[] {
  const text = source?.['inline_bytes'];
  if (typeof text !== 'string') return [];
  const pem = Buffer.from(text, 'base64').toString();
  const found = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  return found.flatMap((one) => {
    try {
      return [new X509Certificate(one)];
    } catch {
      return [];
    }
  });
}

function nameOfCertificate({ subject, fingerprint256 }: X509Certificate): string {
  return `${subject.replaceAll('\n', ', ')}, sha256 ${fingerprint256.replaceAll(':', '').slice(0, 16).toLowerCase()}`;
}
