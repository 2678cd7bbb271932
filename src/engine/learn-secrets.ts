import { learnSecrets } from '../kube/cluster-secrets.js';
import { secretsOfPlan } from '../plan/plan-secrets.js';
import { rememberSecrets } from '../kernel/secrets/known-secrets.js';
import type { MeshState } from '../mesh/mesh-state.js';
import { sampleNamespace } from '../topology/mesh-names.js';

/**
 * Learns the secrets of a mesh as it is now, from its plan and its clusters; `from` are namespaces that evidence is taken from. Returns a sentence for each cluster whose Secrets
 * are not all known, for the report.
 */
export function learnSecretsOf(
  { plan, clusters }: Pick<MeshState, 'plan' | 'clusters'>,
  from: readonly string[] = [sampleNamespace],
): Promise<string[]> {
  rememberSecrets(secretsOfPlan(plan));
  const namespaces = new Set([...clusters.map(({ istio }) => istio.namespace), ...from]);
  return learnSecrets(clusters, [...namespaces]);
}
