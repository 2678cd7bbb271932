import { readFileSync } from 'node:fs';
import type { FakeCluster, KubeRequest } from './kubernetes.js';
import type { Answer, Call } from './stubs.js';

/** A kubectl command, taken apart. */
export interface KubectlCall {
  cluster: FakeCluster;
  /** Words without options: `get`, `pods`, `name`. */
  words: string[];
  /** Options by their long names: namespace, selector, output, context, raw. */
  options: Record<string, string>;
  /** What follows `--`. */
  command: string[];
  stdin: string;
}

const longNames: Record<string, string> = {
  '-n': 'namespace',
  '-l': 'selector',
  '-o': 'output',
  '-c': 'container',
  '-f': 'filename',
  '-p': 'patch',
};
const switches = ['-A', '-i', '-w', '--all', '--all-namespaces', '--overwrite', '--minify', '--flatten', '--client'];

/** The version of environment `public`, which a kubectl must fit. */
const kubernetes = /^kubernetes: (\S+)/m.exec(
  readFileSync(new URL('../../environments/public.yaml', import.meta.url), 'utf8'),
)![1]!;

/** Where kubectl finds the objects of a type. */
const apis: Record<string, string> = {
  deployments: '/apis/apps/v1',
  statefulsets: '/apis/apps/v1',
  daemonsets: '/apis/apps/v1',
  replicasets: '/apis/apps/v1',
  endpointslices: '/apis/discovery.k8s.io/v1',
  customresourcedefinitions: '/apis/apiextensions.k8s.io/v1',
  leases: '/apis/coordination.k8s.io/v1',
};
const groups: Record<string, string> = {
  deployments: 'deployment.apps',
  customresourcedefinitions: 'customresourcedefinition.apiextensions.k8s.io',
};
const unnamespaced = ['namespaces', 'nodes', 'customresourcedefinitions'];

/** Takes a command apart; undefined where its kubeconfig leads to none of the clusters. */
export function readKubectl({ args, stdin, env }: Call, clusters: readonly FakeCluster[]): KubectlCall | undefined {
  const words: string[] = [];
  const options: Record<string, string> = {};
  const end = args.indexOf('--');
  const own = end < 0 ? args : args.slice(0, end);
  for (let i = 0; i < own.length; i++) {
    const word = own[i]!;
    const [name = '', value] = word.split(/=(.*)/s);
    if (switches.includes(word)) options[word.replace(/^-+/, '')] = 'true';
    else if (!word.startsWith('-')) words.push(word);
    else if (value !== undefined) options[name.replace(/^-+/, '')] = value;
    else options[longNames[name] ?? name.replace(/^-+/, '')] = own[++i] ?? '';
  }
  const config = options['kubeconfig'] ?? env['KUBECONFIG'];
  const cluster = clusters.find(({ url }) => (config ? textOf(config).includes(url) : false)) ?? clusters[0];
  return cluster && { cluster, words, options, command: end < 0 ? [] : args.slice(end + 1), stdin };
}

/** Answers what can be answered from the objects of the cluster: version, config view, get, delete. */
export function answerKubectl({ cluster, words, options }: KubectlCall): Answer | undefined {
  const [verb = '', types = '', name] = words;
  if (verb === 'version') return `clientVersion:\n  gitVersion: v${kubernetes}\n`;
  if (verb === 'config' && types === 'view') return viewOf(options);
  const ask = (method: string, path: string, query: Record<string, string> = {}): Answer => {
    const request: KubeRequest = { method, path, query, body: '' };
    const { status, body } = cluster.handle(request);
    if (status < 300) return typeof body === 'string' ? body : JSON.stringify(body);
    const { message = '' } = body as { message?: string };
    return { stderr: `Error from server (${status}): ${message}\n`, exit: 1 };
  };
  if (verb === 'get' && options['raw']) {
    const [path = '', query = ''] = options['raw'].split('?');
    return ask('GET', path, Object.fromEntries(new URLSearchParams(query)));
  }
  if (verb !== 'get' || types === '') return undefined;
  const all = options['A'] !== undefined || options['all-namespaces'] !== undefined;
  const query = options['selector'] ? { labelSelector: options['selector'] } : undefined;
  const answers = types.split(',').map((type) => {
    const plural = pluralOf(type);
    const namespace = unnamespaced.includes(plural) || all ? '' : `/namespaces/${options['namespace'] ?? 'default'}`;
    return {
      plural,
      answer: ask('GET', `${apis[plural] ?? '/api/v1'}${namespace}/${plural}${name ? `/${name}` : ''}`, query),
    };
  });
  const failed = answers.find(({ answer }) => typeof answer !== 'string');
  if (failed) return failed.answer;
  if (options['output'] === 'name') {
    const lines = answers.flatMap(({ plural, answer }) =>
      itemsOf(answer as string).map((item) => `${groups[plural] ?? plural.replace(/s$/, '')}/${item.metadata.name}\n`),
    );
    return lines.join('');
  }
  if (name || answers.length === 1) return answers[0]!.answer;
  return JSON.stringify({ kind: 'List', items: answers.flatMap(({ answer }) => itemsOf(answer as string)) });
}

interface Item {
  metadata: { name: string };
}

function itemsOf(text: string): Item[] {
  const parsed = JSON.parse(text) as { items?: Item[] } & Item;
  return parsed.items ?? [parsed];
}

function pluralOf(type: string): string {
  const name = type.split('.')[0]!;
  const short: Record<string, string> = {
    ns: 'namespaces',
    svc: 'services',
    deploy: 'deployments',
    crd: 'customresourcedefinitions',
  };
  return short[name] ?? (name.endsWith('s') ? name : `${name}s`);
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

interface Kubeconfig {
  clusters: { name: string }[];
  users: { name: string }[];
  contexts: { name: string; context: { cluster: string; user: string } }[];
}

/** The context alone, as `config view --minify --flatten` prints it; JSON is YAML as well. */
function viewOf({ kubeconfig = '', context }: Record<string, string>): Answer {
  const config = JSON.parse(textOf(kubeconfig) || '{"contexts":[]}') as Kubeconfig;
  const found = config.contexts.find(({ name }) => name === context);
  if (!found) return { stderr: `error: cannot locate context ${context}\n`, exit: 1 };
  return JSON.stringify({
    ...config,
    'current-context': context,
    contexts: [found],
    clusters: config.clusters.filter(({ name }) => name === found.context.cluster),
    users: config.users.filter(({ name }) => name === found.context.user),
  });
}
