import { relative } from 'node:path';
import { stringify } from 'yaml';
import { columns } from '../kernel/text-table.js';
import type { Plan } from '../topology/plan-types.js';

/** The plan as text for people, without colours; ends without a line break. */
export function describePlan(plan: Plan): string {
  const { docker, istio, environment, clusters, controlPlanes } = plan;
  const versions = [...new Set(controlPlanes.map(({ version }) => version))];
  const facts: [string, string][] = [
    ['topology', `${plan.topology} (${relative('', plan.topologyFile)})`],
    ['environment', `${environment.name} (${environment.file}), Kubernetes ${environment.kubernetes}`],
    ['istio', `${versions.join(' and ')}, mesh ${istio.meshID}, trust domain ${istio.trustDomain}`],
    ...settings('values', istio.values),
    ...settings('meshConfig', istio.meshConfig),
    ['features', featureList(plan)],
    ['run', `${plan.runId}, different in each run`],
  ];
  if (plan.provider === 'kind')
    facts.push(['Docker network', `${docker.network}, ${docker.subnet}, nodes in ${docker.nodeRange}`]);
  else
    facts.push([
      'clusters',
      `existing ones, of ${plan.kubeconfig ?? 'KUBECONFIG or ~/.kube/config'}${plan.attach ? ', with its existing mesh' : ''}`,
    ]);
  const header = [
    'cluster',
    'role',
    'network',
    'region/zone',
    'nodes',
    'pods',
    'services',
    'load balancer',
    'helloworld',
  ];
  const rows = clusters.map((c) => [
    c.name,
    c.role === 'remote' ? `remote of ${c.primary}` : 'primary',
    c.network,
    `${c.region}/${c.zone}`,
    plan.provider === 'kind' ? String(c.workers + 1) : '',
    c.podCIDR,
    c.serviceCIDR,
    plan.provider === 'kind' ? `${c.loadBalancerRange.first}-${c.loadBalancerRange.last}` : '',
    c.helloworld.join(', ') || 'none',
  ]);
  return [
    plan.description,
    section('', table(facts)),
    section('clusters', table([header, ...rows])),
    section('control planes', table(planeRows(plan))),
    section('images', table(imageRows(plan))),
    section('steps, each as soon as the steps before it have ended', table(stepRows(plan))),
    ...(environment.notes.length > 0
      ? [section('notes', environment.notes.map((note) => `- ${note}`).join('\n'))]
      : []),
  ].join('\n\n');
}

/** What the topology adds to Istio's settings, on one line; nothing where that is nothing. */
function settings(name: string, given: Record<string, unknown>): [string, string][] {
  if (Object.keys(given).length === 0) return [];
  return [[`istio ${name}`, stringify(given, { collectionStyle: 'flow', lineWidth: 0 }).trim()]];
}

function section(title: string, body: string): string {
  return title ? `${title}\n${body.replace(/^/gm, '  ')}` : body;
}

function featureList({ features }: Plan): string {
  const flags = (
    ['flat', 'multi-network', 'multi-primary', 'primary-remote', 'registry-only', 'strict-mtls'] as const
  ).filter((flag) => features[flag]);
  return [
    ...flags,
    `${features.clusters} cluster${features.clusters === 1 ? '' : 's'}`,
    `${features.regions} region${features.regions === 1 ? '' : 's'}`,
  ].join(', ');
}

function planeRows({ controlPlanes, clusters }: Plan): string[][] {
  const header = ['cluster', 'revision', 'version', 'installer', 'namespace', 'images', ''];
  const rows = controlPlanes.map((one) => {
    const { id, cluster, revision, version, installer, namespace, hub, tag, tags, cni, servedBy } = one;
    const own = clusters.find(({ name }) => name === cluster)!;
    const more = [
      servedBy && `served by ${servedBy}`,
      tags.length > 0 && `tags ${tags.join(', ')}`,
      cni && 'istio-cni',
      own.controlPlane === (servedBy ?? id) && `the data plane follows it as ${own.dataPlane}`,
    ];
    return [cluster, revision, version, installer, namespace, `${hub}/*:${tag}`, more.filter(Boolean).join('; ')];
  });
  return [header, ...rows];
}

/** The images by role; Istio's own of every version. */
function imageRows({ images, controlPlanes }: Plan): [string, string][] {
  return Object.entries(images).flatMap(([role, image]): [string, string][] => {
    if (!role.startsWith('istio-')) return [[role, image]];
    const used = controlPlanes.filter(({ cni }) => role !== 'istio-cni' || cni);
    const own = used.map((one) => one.images[role as keyof typeof one.images]);
    return [...new Set(own)].map((name) => [role, name]);
  });
}

function stepRows({ steps }: Plan): string[][] {
  const number = (id: string): number => steps.findIndex((step) => step.id === id) + 1;
  const header = ['', 'step', 'cluster', 'after', ''];
  const rows = steps.map(({ kind, cluster = '', title, after }, i) => {
    const before = after.map(number).sort((a, b) => a - b);
    return [String(i + 1), kind, cluster, before.join(', '), title];
  });
  return [header, ...rows];
}

/** Without the columns that are empty in every row below the first. */
function table(rows: readonly (readonly string[])[]): string {
  const used = (i: number): boolean => rows.length < 2 || rows.slice(1).some((row) => row[i] !== '');
  return columns(rows.map((row) => row.filter((_, i) => used(i)))).join('\n');
}
