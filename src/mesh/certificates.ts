import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import {
  BasicConstraintsExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  AuthorityKeyIdentifierExtension,
  X509CertificateGenerator,
  type Extension,
  type X509Certificate,
} from '@peculiar/x509';
import { secretsOfText } from '../kernel/secrets/secret-words.js';
import { rememberSecrets } from '../kernel/secrets/known-secrets.js';

type CryptoKeyPair = webcrypto.CryptoKeyPair;

const algorithm = {
  name: 'RSASSA-PKCS1-v1_5',
  hash: 'SHA-256',
  publicExponent: new Uint8Array([1, 0, 1]),
  modulusLength: 2048,
};
const day = 24 * 60 * 60 * 1000;

/** A certificate authority in memory; its key is never written to a file. */
export interface Authority {
  certificate: X509Certificate;
  keys: CryptoKeyPair;
}

/** The files of the Secret `cacerts` as istiod reads them; the values are PEM. */
export interface CaCerts {
  'ca-cert.pem': string;
  'ca-key.pem': string;
  'root-cert.pem': string;
  'cert-chain.pem': string;
}

/** A self-signed root; the intermediates of all clusters of a mesh must come from one. Valid for 10 years by default. */
export async function createRoot(name = 'Root CA', validDays = 3650): Promise<Authority> {
  const keys = (await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as CryptoKeyPair;
  const usages = KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign | KeyUsageFlags.digitalSignature;
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: `O=Istio, CN=${name}`,
    notBefore: new Date(Date.now() - day),
    notAfter: new Date(Date.now() + validDays * day),
    signingAlgorithm: algorithm,
    keys,
    extensions: [
      new BasicConstraintsExtension(true, undefined, true),
      new KeyUsagesExtension(usages, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificate, keys };
}

/** A server's certificate for a DNS name (a wildcard as well), signed by `root`; both PEM. */
export async function createServer(root: Authority, name: string): Promise<{ certificate: string; key: string }> {
  const keys = (await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as CryptoKeyPair;
  const certificate = await X509CertificateGenerator.create({
    subject: `O=Istio, CN=${name}`,
    issuer: root.certificate.subject,
    notBefore: new Date(Date.now() - day),
    notAfter: new Date(Date.now() + 30 * day),
    signingAlgorithm: algorithm,
    publicKey: keys.publicKey,
    signingKey: root.keys.privateKey,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new SubjectAlternativeNameExtension([{ type: 'dns', value: name }]),
      await AuthorityKeyIdentifierExtension.create(root.keys.publicKey),
    ],
  });
  const key = PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey), 'PRIVATE KEY');
  rememberSecrets(secretsOfText(key, `key of ${name}`));
  return { certificate: `${certificate.toString('pem')}\n`, key: `${key}\n` };
}

/** The intermediate of one cluster, as the Secret `cacerts` holds it. `namespace` is the control plane's; validity in days, from `from` (default: yesterday). */
export async function createIntermediate(
  root: Authority,
  cluster: string,
  { namespace = 'istio-system', ...validity }: { namespace?: string; from?: Date; days?: number } = {},
): Promise<CaCerts> {
  const keys = (await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as CryptoKeyPair;
  const from = validity.from ?? new Date(Date.now() - day);
  const usages =
    KeyUsageFlags.digitalSignature |
    KeyUsageFlags.nonRepudiation |
    KeyUsageFlags.keyEncipherment |
    KeyUsageFlags.keyCertSign;
  const extensions: Extension[] = [
    new BasicConstraintsExtension(true, 0, true),
    new KeyUsagesExtension(usages, true),
    new SubjectAlternativeNameExtension([{ type: 'dns', value: `istiod.${namespace}.svc` }]),
    await SubjectKeyIdentifierExtension.create(keys.publicKey),
    await AuthorityKeyIdentifierExtension.create(root.keys.publicKey),
  ];
  const certificate = await X509CertificateGenerator.create({
    // the cluster's name in L, as Istio's own certificate tools have it: it tells which cluster signed a workload
    subject: `O=Istio, CN=Intermediate CA, L=${cluster}`,
    issuer: root.certificate.subject,
    notBefore: from,
    notAfter: new Date(from.getTime() + (validity.days ?? 730) * day),
    signingAlgorithm: algorithm,
    publicKey: keys.publicKey,
    signingKey: root.keys.privateKey,
    extensions,
  });
  const pem = certificate.toString('pem');
  const rootPem = root.certificate.toString('pem');
  const key = PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey), 'PRIVATE KEY');
  rememberSecrets(secretsOfText(key, `key of the intermediate CA of ${cluster}`));
  return {
    'ca-cert.pem': `${pem}\n`,
    'ca-key.pem': `${key}\n`,
    'root-cert.pem': `${rootPem}\n`,
    'cert-chain.pem': `${pem}\n${rootPem}\n`,
  };
}
