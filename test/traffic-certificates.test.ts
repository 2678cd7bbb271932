import 'reflect-metadata';
import { X509CertificateGenerator, SubjectAlternativeNameExtension } from '@peculiar/x509';
import { webcrypto, X509Certificate } from 'node:crypto';
import { expect, test } from 'vitest';
import { createIntermediate, createRoot, type CaCerts } from '../src/mesh/certificates.js';
import { readCertificate } from '../src/probe/workload-certificates.js';

const identity = 'spiffe://cluster.local/ns/sample/sa/sleep';
const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', modulusLength: 2048 };
const hour = 3_600_000;

/** A workload's certificate by the authority of `files`, in the way that istiod issues it. */
async function workload(files: CaCerts): Promise<string> {
  const { subtle } = webcrypto;
  const der = Buffer.from(files['ca-key.pem'].replace(/-----[^-]+-----|\s/g, ''), 'base64');
  const signingKey = await subtle.importKey('pkcs8', der, algorithm, false, ['sign']);
  const usages = ['sign', 'verify'] as const;
  // of another kind than istiod's, because it is made in no time
  const keys = await subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, usages);
  const certificate = await X509CertificateGenerator.create({
    subject: '',
    issuer: new X509Certificate(files['ca-cert.pem']).subject.split('\n').join(', '),
    notBefore: new Date(Date.now() - hour),
    notAfter: new Date(Date.now() + 2 * hour),
    signingAlgorithm: algorithm,
    publicKey: keys.publicKey,
    signingKey,
    extensions: [new SubjectAlternativeNameExtension([{ type: 'url', value: identity }], true)],
  });
  return `${certificate.toString('pem')}\n`;
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const dump = (chain: string, root: string): string =>
  JSON.stringify({
    configs: [
      { name: 'default', secret: { tls_certificate: { certificate_chain: { inline_bytes: base64(chain) } } } },
      { name: 'ROOTCA', secret: { validation_context: { trusted_ca: { inline_bytes: base64(root) } } } },
    ],
  });
const fingerprint = (pem: string): string => new X509Certificate(pem).fingerprint256;

test('a chain is followed from the workload to a root that it trusts', async () => {
  const [root, other] = await Promise.all([createRoot(), createRoot()]);
  const files = await createIntermediate(root, 'cluster1');
  const leaf = await workload(files);
  const [rootPem, otherPem] = [files['root-cert.pem'], other.certificate.toString('pem')];
  const chain = leaf + files['cert-chain.pem'];
  const known = { identity, signer: fingerprint(files['ca-cert.pem']), lifetime: 3 * hour };

  expect(readCertificate(dump(chain, rootPem))).toEqual({ ...known, roots: [fingerprint(rootPem)] });
  // of the same name, but another key
  expect(readCertificate(dump(chain, otherPem))).toEqual({
    ...known,
    roots: [fingerprint(otherPem)],
    broken: 'no trusted CA has signed O=Istio, CN=Root CA',
  });
  expect(readCertificate(dump(leaf, rootPem))).toMatchObject({
    signer: 'unknown',
    broken: `no trusted CA has signed URI:${identity}`,
  });
  expect(() => readCertificate('{}')).toThrow('no workload certificate');
});
