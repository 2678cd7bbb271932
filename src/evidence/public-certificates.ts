import { X509Certificate } from 'node:crypto';
import { kubectl, type Target } from '../kube/kubectl.js';

/** The public certificates in the namespace of a control plane. `timeout` in seconds for each command. */
export async function certificates(cluster: Target, istioNamespace: string, timeout: number): Promise<string> {
  const options = { timeout, uninterruptible: true };
  const keys = ['root-cert.pem', 'ca-cert.pem', 'cert-chain.pem'];
  const path = (key: string) => `{.data.${key.replace('.', '\\.')}}`;
  const questions = [
    ...keys.map((key) => ({
      from: `Secret cacerts ${key}`,
      args: ['secret', 'cacerts', '-o', `jsonpath=${path(key)}`],
      base64: true,
    })),
    {
      from: 'ConfigMap istio-ca-root-cert',
      args: ['configmap', 'istio-ca-root-cert', '-o', `jsonpath=${path('root-cert.pem')}`],
      base64: false,
    },
  ];
  const answers = questions.map(async ({ from, args, base64 }) => {
    try {
      const text = await kubectl(cluster, ['get', '-n', istioNamespace, ...args], options);
      return `${from}\n${describeCertificates(base64 ? Buffer.from(text, 'base64').toString('utf8') : text)}`;
    } catch (error) {
      return `${from}\n  ${error instanceof Error ? error.message : String(error)}`;
    }
  });
  return (await Promise.all(answers)).join('\n\n');
}

/** Subject, issuer, validity and fingerprint of each certificate of a PEM text. */
export function describeCertificates(pem: string): string {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [];
  if (blocks.length === 0) return '  no certificate';
  return blocks.map(describeCertificate).join('\n');
}

function describeCertificate(pem: string): string {
  try {
    const certificate = new X509Certificate(pem);
    const name = (text: string | undefined) => (text ?? '').replaceAll('\n', ', ');
    return [
      `  subject ${name(certificate.subject)}`,
      `    issuer  ${name(certificate.issuer)}`,
      `    valid   ${certificate.validFrom} to ${certificate.validTo}`,
      `    sha256  ${certificate.fingerprint256}`,
    ].join('\n');
  } catch (error) {
    return `  not a certificate: ${error instanceof Error ? error.message : String(error)}`;
  }
}
