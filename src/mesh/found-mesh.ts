import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { V1ConfigMap } from '@kubernetes/client-node';
import { parse } from 'yaml';
import { exitCode, MeshproofError } from '../kernel/errors.js';
import { connectionTo, read } from '../kube/api.js';
import type { ClusterHandle } from '../provider/cluster-handle.js';
import { copyContext } from '../provider/existing/copy-context.js';
import { features } from '../topology/features.js';
import { meshConfigName } from '../topology/istio-names.js';
import type { ControlPlane, Plan } from '../topology/plan-types.js';
import { findCluster, mostOf, type FoundCluster } from './found-cluster.js';
import { featuresOf, readMeshSettings } from './mesh-settings.js';
import type { MeshState } from './mesh-state.js';

/** A mesh that meshproof knows by its clusters alone. */
export interface FoundMesh {
  state: MeshState;
  /** Services that are in several clusters, or have pods with sidecars in one. */
  services: { namespace: string; name: string; port: number }[];
  /** By cluster a pod with a sidecar, from which things are asked. */
  clients: Record<string, { namespace: string; workload: string }>;
  /** What a reader must know of how it was read. */
  notes: string[];
  /** Removes the copies of the contexts. */
  close(): void;
}

/**
 * Reads a mesh out of its clusters, by contexts of a kubeconfig: which are primaries, which network each is in, which revision serves
 * the namespaces that are asked about. Changes nothing. Throws (exit 3) where a context cannot be used or has no Istio.
 */
export async function findMesh(
  contexts: readonly string[],
  namespaces: readonly string[],
  kubeconfig?: string,
): Promise<FoundMesh> {
  const folder = mkdtempSync(path.join(tmpdir(), 'meshproof-'));
  chmodSync(folder, 0o700);
  const close = (): void => rmSync(folder, { recursive: true, force: true });
  process.once('exit', close);
  try {
    return { ...(await readMesh(contexts, namespaces, folder, kubeconfig)), close };
  } catch (error) {
    close();
    throw error;
  }
}

async function readMesh(
  contexts: readonly string[],
  namespaces: readonly string[],
  folder: string,
  kubeconfig?: string,
): Promise<Omit<FoundMesh, 'close'>> {
  const opened = await Promise.all(
    contexts.map(async (context, i) => {
      const target = await copyContext(context, context, path.join(folder, `${i}.yaml`), kubeconfig);
      // what it takes to load a client is nothing that an API server should be late by
      await connectionTo({ name: context, ...target });
      return { context, target, found: await findCluster({ name: context, ...target }, namespaces) };
    }),
  );
  const notes: string[] = [];
  const names = opened.map(({ context, found }) => {
    const same = opened.filter((one) => one.found.name === found.name).length > 1;
    if (same) notes.push(`several contexts have the cluster name ${found.name}, so each is shown by its context`);
    return same ? context : found.name;
  });
  const others = new Set(opened.flatMap(({ found }) => found.reads));
  for (const { found } of opened) others.delete(found.name);
  if (others.size > 0)
    notes.push(`no context names these clusters of the mesh, which are left out: ${[...others].join(', ')}`);
  const primaries = opened.filter(({ found }) => found.istiods.length > 0).map(({ found }) => found);
  if (primaries.length === 0)
    throw new MeshproofError('none of these clusters runs an istiod', exitCode.preflight, {
      where: contexts.join(', '),
      expected: 'the contexts of all clusters of a mesh, including its primaries',
      remedy: 'also add the context of the cluster in which istiod runs: --context',
    });
  const serving = ({ name }: FoundCluster): string =>
    names[
      opened.findIndex(({ found }) => found === (primaries.find(({ reads }) => reads.includes(name)) ?? primaries[0]))
    ]!;
  const clusters = opened.map(({ context, target, found }, i): ClusterHandle => {
    const role = found.istiods.length > 0 ? 'primary' : 'remote';
    const { network, region, zone, namespace, revision, gateway } = found;
    const server = role === 'remote' ? serving(found) : undefined;
    return {
      ...target,
      // the copies of the contexts are gone when the mesh has been read
      reachBy: [`--context ${quoted(context)}`, ...(kubeconfig ? [`--kubeconfig ${quoted(kubeconfig)}`] : [])].join(
        ' ',
      ),
      ...{ name: names[i]!, network, region, zone, role, gateway, helloworld: [] },
      ...{ kindName: context, context, loadBalancerRange: { first: '', last: '' } },
      ...{ podCIDR: '', serviceCIDR: '', workers: 0 },
      ...{ primary: server, controlPlane: `${server ?? names[i]!}/${revision}`, dataPlane: revision },
      istio: {
        namespace: found.istiods.find((one) => one.revision === revision)?.namespace ?? namespace,
        revision,
      },
    };
  });
  const planes = opened.flatMap(({ found: { istiods } }, i) => istiods.map((one) => foundPlane(names[i]!, one)));
  const meshID = mostOf(opened.map(({ found }) => found.meshID).filter(Boolean)) ?? '';
  const state = await stateOf(clusters, planes, meshID);
  const clients = Object.fromEntries(
    opened.flatMap(({ found: { client } }, i) => (client ? [[names[i]!, client]] : [])),
  );
  return { state, clients, services: sharedServices(opened.map(({ found }) => found)), notes: [...new Set(notes)] };
}

/** A word as a shell takes it. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** A state as one of a run would be, as far as checks read it. */
async function stateOf(clusters: ClusterHandle[], controlPlanes: ControlPlane[], meshID: string): Promise<MeshState> {
  const primaries = clusters.filter(({ role }) => role === 'primary');
  const [settings, trustDomain] = await Promise.all([
    readMeshSettings(primaries)
      .then(featuresOf)
      .catch(() => ({})),
    trustDomainOf(primaries[0]!).catch(() => 'cluster.local'),
  ]);
  const plan = {
    version: 1,
    runId: '',
    topology: nameOf(clusters),
    topologyFile: '',
    provider: 'existing',
    attach: true,
    clusters,
    controlPlanes,
    features: { ...features({ clusters, controlPlanes: [] }), ...settings },
    istio: { meshID, trustDomain },
  } as unknown as Plan;
  return { version: 2, runId: '', phase: 'up', createdAt: '', plan, clusters, timings: [] };
}

/** A control plane as far as it can be seen. */
function foundPlane(cluster: string, { namespace, revision, version }: FoundCluster['istiods'][number]): ControlPlane {
  const seen = { id: `${cluster}/${revision}`, cluster, namespace, revision, version, tag: version, tags: [] };
  return { ...seen, installer: 'unknown', values: {}, meshConfig: {} } as unknown as ControlPlane;
}

/** A name that folders and files can have, the same for the same clusters. */
function nameOf(clusters: readonly ClusterHandle[]): string {
  const names = clusters.map(({ name }) => name.replaceAll(/[^\w.-]+/g, '-'));
  return `found-${names.join('+')}`.slice(0, 100);
}

/** The trust domain that a primary gives to its workloads: the others are held against it. */
async function trustDomainOf(primary: ClusterHandle): Promise<string> {
  const { namespace } = primary.istio;
  const map = await read<V1ConfigMap>(
    primary,
    `/api/v1/namespaces/${namespace}/configmaps/${meshConfigName(primary.istio)}`,
  );
  const config = parse(map?.data?.['mesh'] ?? '') as { trustDomain?: string } | null;
  return config?.trustDomain ?? 'cluster.local';
}

/** Services of several clusters; where there are none, those of one. */
function sharedServices(found: readonly FoundCluster[]): FoundMesh['services'] {
  const all = found.flatMap(({ services }) => services);
  const key = ({ namespace, name }: FoundMesh['services'][number]): string => `${namespace}/${name}`;
  const count = (one: FoundMesh['services'][number]): number => all.filter((other) => key(other) === key(one)).length;
  const several = all.filter((one) => count(one) > 1);
  return [...new Map((several.length > 0 ? several : all).map((one) => [key(one), one])).values()];
}
