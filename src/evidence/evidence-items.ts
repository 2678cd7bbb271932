import { createHash, X509Certificate } from 'node:crypto';
import { run } from '../kernel/run-program.js';
import { kubectl, kubectlJson } from '../kube/kubectl.js';
import type { ClusterHandle } from '../provider/cluster-handle.js';

export interface EvidenceContext {
  cluster: ClusterHandle;
  istioNamespace: string;
  /** Where workloads of the mesh run. */
  namespaces: string[];
  /** Path or name of the program. */
  istioctl: string;
  /** Seconds for each command. */
  timeout: number;
}

/** One file of evidence: what is asked, as a reader would type it, and how the answer is got. */
export interface EvidenceItem {
  name: string;
  question: string;
  ask(): Promise<string>;
}

const istioKinds = [
  'gateways.networking',
  'virtualservices.networking',
  'destinationrules.networking',
  'serviceentries.networking',
  'sidecars.networking',
  'peerauthentications.security',
  'authorizationpolicies.security',
  'requestauthentications.security',
].map((kind) => `${kind}.istio.io`);

/** The configuration in force, of all namespaces. */
const istioConfig = ['get', istioKinds.join(','), '-A', '-o', 'yaml'];

const injector = 'metadata.name!=istio-sidecar-injector';

const logOptions = ['--all-containers', '--prefix', '--timestamps', '--ignore-errors', '--max-log-requests=40'];

/** What is asked of one cluster about a behaviour that has just failed; `namespaces` are its own. */
export function sceneItems(cluster: ClusterHandle, namespaces: readonly string[], timeout: number): EvidenceItem[] {
  const get = (...args: string[]): EvidenceItem => kubectlItem(args.join(' '), cluster, args, timeout);
  return [
    get(...istioConfig),
    ...namespaces.flatMap((namespace) => [
      get('get', 'pods,services,endpointslices', '-n', namespace, '-o', 'wide', '--show-labels'),
      get('get', 'events', '-n', namespace, '--sort-by=.lastTimestamp'),
      get('logs', '-n', namespace, '-l', 'app', '--tail=100', ...logOptions),
    ]),
  ];
}

// evidence is taken after Ctrl-C as well: it is what the run leaves behind
function kubectlItem(name: string, cluster: ClusterHandle, args: readonly string[], timeout: number): EvidenceItem {
  const ask = () => kubectl(cluster, args, { timeout, uninterruptible: true });
  return { name, question: `kubectl ${args.join(' ')}`, ask };
}

/** Everything that is asked of one cluster, in the order of the files. */
export function evidenceItems(context: EvidenceContext): EvidenceItem[] {
  const { cluster, istioNamespace, namespaces, istioctl, timeout } = context;
  const options = { timeout, uninterruptible: true };
  const get = (name: string, ...args: string[]): EvidenceItem => kubectlItem(name, cluster, args, timeout);
  const istio = (name: string, ...args: string[]): EvidenceItem => ({
    name,
    question: ['istioctl', ...args].join(' '),
    ask: () => run(istioctl, ['--kubeconfig', cluster.kubeconfig, ...args], { ...options, cluster: cluster.name }),
  });
  return [
    get('pods', 'get', 'pods', '-A', '-o', 'wide', '--show-labels'),
    get('nodes', 'get', 'nodes', '-o', 'wide', '--show-labels'),
    get('namespaces', 'get', 'namespaces', '--show-labels'),
    get('events', 'get', 'events', '-A', '--sort-by=.lastTimestamp'),
    get('services', 'get', 'services,endpointslices', '-A', '-o', 'wide'),
    {
      name: 'services-loadbalancer',
      question: 'kubectl get services -A --field-selector spec.type=LoadBalancer -o yaml',
      ask: () =>
        kubectl(
          cluster,
          ['get', 'services', '-A', '--field-selector', 'spec.type=LoadBalancer', '-o', 'yaml'],
          options,
        ),
    },
    {
      name: 'pods-not-ready',
      question: 'kubectl describe, and logs of the container before, of each pod that is not ready',
      ask: () => notReady(context),
    },
    get('logs-istiod', 'logs', '-n', istioNamespace, '-l', 'app=istiod', '--tail=2000', ...logOptions),
    get(
      'logs-gateways',
      'logs',
      '-n',
      istioNamespace,
      '-l',
      'istio in (eastwestgateway, ingressgateway, egressgateway)',
      '--tail=2000',
      ...logOptions,
    ),
    ...namespaces.map((namespace) =>
      get(`logs-${namespace}`, 'logs', '-n', namespace, '-l', 'app', '--tail=500', ...logOptions),
    ),
    ...namespaces.flatMap((namespace) =>
      ['endpoints', 'clusters', 'listeners'].map((what) =>
        istio(
          `proxy-${what}-${namespace}`,
          'proxy-config',
          what,
          'deploy/sleep',
          '-n',
          namespace,
          '-i',
          istioNamespace,
        ),
      ),
    ),
    istio('proxy-status', 'proxy-status', '-i', istioNamespace),
    istio('remote-clusters', 'remote-clusters', '-i', istioNamespace),
    get('istio-config', ...istioConfig),
    // the injector's template beside it has three thousand lines that are the same everywhere
    get(
      'istio-mesh-config',
      'get',
      'configmap',
      '-n',
      istioNamespace,
      '-l',
      'release=istio',
      '--field-selector',
      injector,
      '-o',
      'yaml',
    ),
    {
      name: 'webhooks',
      question: 'kubectl get mutatingwebhookconfigurations,validatingwebhookconfigurations -o yaml',
      ask: async () =>
        shortenBundles(
          await kubectl(
            cluster,
            ['get', 'mutatingwebhookconfigurations,validatingwebhookconfigurations', '-o', 'yaml'],
            options,
          ),
        ),
    },
    {
      name: 'secrets',
      question: `names, types, keys, labels and annotations of the Secrets in ${istioNamespace}; never their values`,
      ask: () =>
        kubectl(cluster, ['get', 'secrets', '-n', istioNamespace, '-o', `go-template=${secretNames}`], options),
    },
    {
      name: 'certificates',
      question: `public certificates in ${istioNamespace}: Secret cacerts, ConfigMap istio-ca-root-cert`,
      ask: () => certificates(context),
    },
  ];
}

/** The annotation of `kubectl apply` holds the whole object. */
const secretNames = [
  '{{range .items}}{{.metadata.name}}  {{.type}}{{"\\n"}}',
  '{{range $k, $v := .data}}  key {{$k}}{{"\\n"}}{{end}}',
  '{{range $k, $v := .metadata.labels}}  label {{$k}}={{$v}}{{"\\n"}}{{end}}',
  '{{range $k, $v := .metadata.annotations}}{{if ne $k "kubectl.kubernetes.io/last-applied-configuration"}}',
  '  annotation {{$k}}={{$v}}{{"\\n"}}{{end}}{{end}}{{end}}',
].join('');

interface PodList {
  items: {
    metadata: { name: string; namespace: string };
    status: {
      phase?: string;
      conditions?: { type: string; status: string }[];
      containerStatuses?: { name: string; restartCount: number }[];
    };
  }[];
}

async function notReady({ cluster, timeout }: EvidenceContext): Promise<string> {
  const options = { timeout, uninterruptible: true };
  const pods = (await kubectlJson<PodList>(cluster, ['get', 'pods', '-A'], options)).items.filter(
    ({ status }) =>
      status.phase !== 'Succeeded' &&
      !status.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True'),
  );
  if (pods.length === 0) return 'every pod is ready';
  // one cause often has many pods; twenty show it
  const texts = pods.slice(0, 20).map(async ({ metadata: { name, namespace }, status }) => {
    const parts = [kubectl(cluster, ['describe', 'pod', '-n', namespace, name], options)];
    for (const container of status.containerStatuses ?? []) {
      if (container.restartCount === 0) continue;
      parts.push(
        kubectl(cluster, ['logs', '-n', namespace, name, '-c', container.name, '--previous', '--tail=200'], options),
      );
    }
    const done = await Promise.allSettled(parts);
    return done.map((part) => (part.status === 'fulfilled' ? part.value : String(part.reason))).join('\n');
  });
  return (await Promise.all(texts)).join('\n\n');
}

async function certificates({ cluster, istioNamespace, timeout }: EvidenceContext): Promise<string> {
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

/** A CA bundle is two thousand characters of base64; whether two are the same is all that a reader asks of it. */
export function shortenBundles(yaml: string): string {
  return yaml.replace(/(caBundle: )([A-Za-z0-9+/=]{40,})/g, (_, key: string, bundle: string) => {
    const bytes = Buffer.from(bundle, 'base64');
    return `${key}${bytes.length} bytes, sha256 ${createHash('sha256').update(bytes).digest('hex').slice(0, 16)}`;
  });
}
