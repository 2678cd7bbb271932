import type { V1ConfigMap } from '@kubernetes/client-node';
import { parse } from 'yaml';
import { read, Refused } from '../kube/api.js';
import { writeState } from './state-file.js';
import { settleAll } from '../kernel/cancellation.js';
import type { MeshState } from './mesh-state.js';
import { exitCode, MeshproofError } from '../kernel/errors.js';
import { isRegistryOnly } from '../topology/features.js';
import type { Features } from '../topology/plan-types.js';
import { meshConfigName } from '../topology/istio-names.js';
import type { ClusterHandle } from '../provider/cluster-handle.js';

/** The features that are the mesh's own settings, and no matter of its clusters. */
export type MeshSettings = Pick<Features, 'registry-only' | 'strict-mtls'>;

/** A policy of Istio, which holds for the mesh when it is in the root namespace and selects no workload. */
interface Policy {
  metadata: { creationTimestamp?: string };
  spec?: {
    selector?: { matchLabels?: object };
    workloadSelector?: { labels?: object };
    mtls?: { mode?: string };
    outboundTrafficPolicy?: { mode?: string };
  };
}

/**
 * Brings the features of a mesh that somebody else installed up to date: its settings are its owner's, who may change them while a
 * run is kept. Those of our own meshes follow from their topologies. Returns what a reader of the report must know, as sentences.
 * `unknown` says why the user may not read the settings; the features are unchanged then. Throws (exit 4) where they cannot be
 * read for any other reason.
 */
export async function refreshSettings(state: MeshState): Promise<{ notes: string[]; unknown?: string }> {
  const { plan, clusters } = state;
  if (!plan.attach) return { notes: [] };
  const primaries = clusters.filter(({ role }) => role === 'primary');
  const settings = await readMeshSettings(primaries).catch(noRight);
  if (typeof settings === 'string') return { notes: [`the mesh settings are unknown: ${settings}`], unknown: settings };
  state.plan = { ...plan, features: { ...plan.features, ...featuresOf(settings) } };
  writeState(state);
  const notes = (['registry-only', 'strict-mtls'] as const).flatMap((name) => {
    const having = primaries.filter((_, i) => settings[i]![name]).map((primary) => primary.name);
    if (having.length === 0 || having.length === primaries.length) return [];
    const others = 'behaviours that need it do not apply to any cluster';
    return [`the primaries differ in ${name}: ${having.join(', ')} only; ${others}`];
  });
  return { notes };
}

/** What an API server said that does not let this user read; any other error is thrown. */
function noRight(error: unknown): string {
  if (error instanceof Refused && (error.status === 401 || error.status === 403)) return error.text();
  throw error;
}

/** A setting of some primaries counts: what it rules out does not hold for the whole mesh. */
export function featuresOf(settings: readonly MeshSettings[]): MeshSettings {
  const some = (name: keyof MeshSettings): boolean => settings.some((one) => one[name]);
  return { 'registry-only': some('registry-only'), 'strict-mtls': some('strict-mtls') };
}

/**
 * Reads the settings of a mesh that is up from its primaries, which take its configuration; in their order. Changes nothing; throws
 * (exit 4) where they cannot be read.
 */
export function readMeshSettings(primaries: readonly ClusterHandle[]): Promise<MeshSettings[]> {
  return settleAll(primaries.map(settingsOf));
}

async function settingsOf(primary: ClusterHandle): Promise<MeshSettings> {
  const { namespace } = primary.istio;
  const path = `/api/v1/namespaces/${namespace}/configmaps/${meshConfigName(primary.istio)}`;
  const configMap = await read<V1ConfigMap>(primary, path);
  const mesh = meshConfigOf(primary, configMap?.data?.['mesh'] ?? '');
  const rootNamespace = typeof mesh['rootNamespace'] === 'string' ? mesh['rootNamespace'] : namespace;
  const policies = async (group: string, plural: string): Promise<Policy[]> => {
    const list = `/apis/${group}.istio.io/v1/namespaces/${rootNamespace}/${plural}`;
    // a mesh has no such type where it was installed without it
    return (await read<{ items: Policy[] }>(primary, list))?.items ?? [];
  };
  const [authentications, sidecars] = await Promise.all([
    policies('security', 'peerauthentications'),
    policies('networking', 'sidecars'),
  ]);
  // of a Sidecar for the mesh its own policy goes before the mesh config's
  const registryOnly = isRegistryOnly(forTheMesh(sidecars)?.spec) ?? isRegistryOnly(mesh) ?? false;
  return { 'registry-only': registryOnly, 'strict-mtls': forTheMesh(authentications)?.spec?.mtls?.mode === 'STRICT' };
}

function meshConfigOf({ name, istio }: ClusterHandle, text: string): Record<string, unknown> {
  try {
    return (parse(text) ?? {}) as Record<string, unknown>;
  } catch (error) {
    throw new MeshproofError(`the mesh config is not valid YAML: ${(error as Error).message}`, exitCode.environment, {
      where: `${name}/${istio.namespace}/configmap/${meshConfigName(istio)}`,
      expected: 'valid YAML in the key mesh',
      remedy: 'correct it, then try again',
    });
  }
}

/** Of several that select no workload, Istio obeys the oldest. */
function forTheMesh(policies: readonly Policy[]): Policy | undefined {
  const selects = ({ spec }: Policy): boolean =>
    Object.keys(spec?.selector?.matchLabels ?? {}).length > 0 ||
    Object.keys(spec?.workloadSelector?.labels ?? {}).length > 0;
  const age = ({ metadata }: Policy): string => metadata.creationTimestamp ?? '';
  return policies.filter((policy) => !selects(policy)).sort((a, b) => age(a).localeCompare(age(b)))[0];
}
