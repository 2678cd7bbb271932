import { createHash } from 'node:crypto';
import { run } from '../kernel/run-program.js';
import { kubectl } from '../kube/kubectl.js';
import { whichIstiods, type Istioctl } from '../probe/proxy.js';
import type { ClusterHandle } from '../provider/cluster-handle.js';
import { injectorName } from '../topology/istio-names.js';
import { notReady } from './pods-not-ready.js';
import { certificates } from './public-certificates.js';

export interface EvidenceContext {
  cluster: ClusterHandle;
  istioNamespace: string;
  /** Where workloads of the mesh run. */
  namespaces: string[];
  istioctl: Istioctl;
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
  const revision = whichIstiods({ ...istioctl, namespace: 'istio-system' });
  const get = (name: string, ...args: string[]): EvidenceItem => kubectlItem(name, cluster, args, timeout);
  const istio = (name: string, ...args: string[]): EvidenceItem => ({
    name,
    question: ['istioctl', ...args].join(' '),
    ask: () =>
      run(istioctl.program, ['--kubeconfig', cluster.kubeconfig, ...args], { ...options, cluster: cluster.name }),
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
      ask: () => notReady(cluster, timeout),
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
    istio('proxy-status', 'proxy-status', '-i', istioNamespace, ...revision),
    istio('remote-clusters', 'remote-clusters', '-i', istioNamespace, ...revision),
    get('istio-config', ...istioConfig),
    // the injector's template beside it has three thousand lines that are the same everywhere
    get(
      'istio-mesh-config',
      'get',
      'configmap',
      '-n',
      istioNamespace,
      '-l',
      'istio.io/rev',
      '--field-selector',
      `metadata.name!=${injectorName(cluster.istio)}`,
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
      ask: () => certificates(cluster, istioNamespace, timeout),
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

/** A CA bundle is two thousand characters of base64; whether two are the same is all that a reader asks of it. */
export function shortenBundles(yaml: string): string {
  return yaml.replace(/(caBundle: )([A-Za-z0-9+/=]{40,})/g, (_, key: string, bundle: string) => {
    const bytes = Buffer.from(bundle, 'base64');
    return `${key}${bytes.length} bytes, sha256 ${createHash('sha256').update(bytes).digest('hex').slice(0, 16)}`;
  });
}
