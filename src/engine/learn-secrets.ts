import { learnSecrets } from '../kube/cluster-secrets.js';
import { secretsOfPlan } from '../plan/plan-secrets.js';
import { rememberSecrets } from '../kernel/secrets/known-secrets.js';
import type { MeshState } from '../mesh/mesh-state.js';
import { sampleNamespace } from '../topology/mesh-names.js';

/**
 * Learns the secrets of a mesh as it is now, from its plan and its clusters. Returns a sentence for each cluster whose Secrets
 * are not all known, for the report.
 */
export function learnSecretsOf({ plan, clusters }: Pick<MeshState, 'plan' | 'clusters'>): Promise<string[]> {
  rememberSecrets(secretsOfPlan(plan));
  const namespaces = new Set([...clusters.map(({ istio }) => istio.namespace), sampleNamespace]);
  return learnSecrets(clusters, [...namespaces]);
}
