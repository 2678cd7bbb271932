import { X509Certificate } from 'node:crypto';
import type { V1ConfigMap, V1Secret } from '@kubernetes/client-node';
import { read } from '../kube/api.js';
import type { Target } from '../kube/kubectl.js';
import { askProxy, type ProxyOf } from './proxy.js';
import { orUndetermined, Undetermined } from '../kernel/undetermined.js';

/** What a workload shows others, and whom it believes. Certificates only: Envoy itself blots out the key before it tells. */
export interface WorkloadCertificate {
  /** `spiffe://...` */
  identity: string;
  /** sha256 of the certificate that signed the workload's. */
  signer: string;
  /** sha256 of the roots that it trusts. */
  roots: string[];
  /** Milliseconds from the first to the last moment at which it is valid. */
  lifetime: number;
  /** Why the chain does not lead from the workload to one of the roots; undefined when it does. */
  broken?: string;
}

/** The certificate that a workload's proxy has got from istiod, and the roots that it checks others against; by one exec. */
export async function workloadCertificate(cluster: Target, proxy: ProxyOf): Promise<WorkloadCertificate> {
  const text = await askProxy(cluster, proxy, 'config_dump?resource=dynamic_active_secrets');
  return orUndetermined(`reading the certificate of ${proxy.namespace}/${proxy.workload}`, cluster.name, async () =>
    readCertificate(text),
  );
}

/** Reads Envoy's `config_dump?resource=dynamic_active_secrets`. Exported for its test. */
export function readCertificate(text: string): WorkloadCertificate {
  const { chain, roots } = heldCertificates(text);
  const [leaf, ...above] = chain;
  if (!leaf || roots.length === 0) throw new Error('the proxy has no workload certificate, or no root');
  const signer = [...above, ...roots].find((one) => leaf.verify(one.publicKey));
  return {
    identity: identityOf(leaf),
    signer: signer?.fingerprint256 ?? 'unknown',
    roots: roots.map(({ fingerprint256 }) => fingerprint256),
    lifetime: Date.parse(leaf.validTo) - Date.parse(leaf.validFrom),
    broken: brokenAt(chain, roots),
  };
}

/** The certificates that a proxy shows, its own first, and the roots that it believes. */
export interface HeldCertificates {
  chain: X509Certificate[];
  roots: X509Certificate[];
}

/** The certificates in Envoy's `config_dump?resource=dynamic_active_secrets`; empty where it holds none. */
export function heldCertificates(text: string): HeldCertificates {
  const { configs = [] } = JSON.parse(text) as SecretsDump;
  const secret = (name: string): SecretDump | undefined => configs.find((config) => config.name === name)?.secret;
  return {
    chain: certificates(secret('default')?.tls_certificate?.certificate_chain?.inline_bytes),
    roots: certificates(secret('ROOTCA')?.validation_context?.trusted_ca?.inline_bytes),
  };
}

/** `spiffe://cluster.local/ns/sample/sa/sleep` */
export function identityOf({ subjectAltName = '' }: X509Certificate): string {
  return /URI:([^,\s]+)/.exec(subjectAltName)?.[1] ?? '';
}

/** Follows the signatures upwards until one is by a root; what is wrong where none is. */
export function brokenAt([one, ...above]: X509Certificate[], roots: readonly X509Certificate[]): string | undefined {
  if (!one || roots.some((root) => one.verify(root.publicKey))) return undefined;
  const name = one.subject?.replaceAll('\n', ', ') || one.subjectAltName;
  if (!above[0] || !one.verify(above[0].publicKey)) return `no trusted CA has signed ${name}`;
  return brokenAt(above, roots);
}

/** The certificates of a cluster's own authority. */
export interface Authority {
  /** sha256 of the certificate that signs workloads. */
  signer: string;
  /** sha256 of the root. */
  root: string;
}

/** A certificate as far as it is told of. */
export interface CertificateFacts {
  subject: string;
  /** sha256 */
  fingerprint: string;
  /** Milliseconds since 1970. */
  until: number;
}

/** What a cluster's istiod signs with, and what it tells workloads to trust. */
export interface CaCertificates {
  /** The Secret that it is in; undefined where there is none, as in a remote. */
  secret?: string;
  signer?: CertificateFacts;
  root?: CertificateFacts;
  /** The roots in the ConfigMap `istio-ca-root-cert`. */
  published: CertificateFacts[];
}

/** The Secret that istiod signs with: one that it was given, or the one that it made itself. Of what is in it, its key too, the certificates alone are kept. */
export async function authorityOf(cluster: Target, istioNamespace: string): Promise<Authority> {
  const { signer, root } = await caCertificates(cluster, istioNamespace);
  // what istiod made itself is its own root
  if (signer) return { signer: signer.fingerprint, root: (root ?? signer).fingerprint };
  throw new Undetermined(
    `${cluster.name}: ${istioNamespace} has no Secret with the certificate that istiod signs with`,
  );
}

/** The certificates of a cluster's authority and the roots that it publishes. */
export async function caCertificates(
  cluster: Target,
  istioNamespace: string,
  signal?: AbortSignal,
): Promise<CaCertificates> {
  const path = `/api/v1/namespaces/${istioNamespace}`;
  const map = await orUndetermined('reading the published root certificate', cluster.name, () =>
    read<V1ConfigMap>(cluster, `${path}/configmaps/istio-ca-root-cert`, { signal }),
  );
  const published = certificatesIn(map?.data?.['root-cert.pem']).map(factsOf);
  for (const secret of ['cacerts', 'istio-ca-secret']) {
    const found = await orUndetermined(`reading the certificates of ${secret}`, cluster.name, () =>
      read<V1Secret>(cluster, `${path}/secrets/${secret}`, { signal }),
    );
    const [signer, root] = ['ca-cert.pem', 'root-cert.pem'].map((file) => certificates(found?.data?.[file])[0]);
    if (signer) return { secret, signer: factsOf(signer), root: root && factsOf(root), published };
  }
  return { published };
}

function factsOf({ subject, fingerprint256, validTo }: X509Certificate): CertificateFacts {
  return { subject: subject.replaceAll('\n', ', '), fingerprint: fingerprint256, until: Date.parse(validTo) };
}

/** The certificates of a PEM file in base64. */
function certificates(base64 = ''): X509Certificate[] {
  return certificatesIn(Buffer.from(base64, 'base64').toString('utf8'));
}

function certificatesIn(pem = ''): X509Certificate[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  return blocks.map((block) => new X509Certificate(block));
}

interface SecretDump {
  tls_certificate?: { certificate_chain?: { inline_bytes?: string } };
  validation_context?: { trusted_ca?: { inline_bytes?: string } };
}

interface SecretsDump {
  configs?: { name: string; secret?: SecretDump }[];
}
