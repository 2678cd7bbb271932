import { REDACTED, redactJson } from '../kernel/secrets/redact.js';
import { isSecretKey, leavesOf, wordsOf } from '../kernel/secrets/secret-words.js';
import type { KnownSecret } from '../kernel/secrets/known-secrets.js';
import type { Plan } from '../topology/plan-types.js';

/** Keys that name a secret, or say how one is used, and do not hold it: `secretName`, `imagePullSecrets`, `tokenTTL`. */
const reference =
  /(?:names?|refs?|namespaces?|audiences?|polic(?:y|ies)|paths?|files?|providers?|types?|ttl|enabled|pullSecrets?)$/i;
/** Headers in which a credential stands. */
const header = /^(?:(?:proxy-)?authorization|(?:set-)?cookie|x-api-key)$/i;

function holdsSecret(key: string): boolean {
  return header.test(key) || (isSecretKey(key) && !reference.test(key));
}

/** The secrets among Istio's settings in a topology and its environment: what stands under a key that says so. */
export function secretsOfPlan({ istio, controlPlanes, topology, environment }: Plan): KnownSecret[] {
  const given = [istio, ...controlPlanes].flatMap(({ values, meshConfig }) => [values, meshConfig]);
  const leaves = [...given, environment.values].flatMap((settings) => leavesOf(settings));
  const words = leaves.filter(({ key }) => holdsSecret(key)).flatMap(({ value }) => wordsOf(value, true));
  return words.map((word) => ({ word, source: `Istio's settings in topology ${topology}` }));
}

/** A plan that may be printed: without the secrets among Istio's settings. */
export function planWithoutSecrets(plan: Plan): Plan {
  // also what single clusters and revisions have of their own
  const istio = without(plan.istio);
  const controlPlanes = plan.controlPlanes.map((one) => without(one));
  const environment = { ...plan.environment, values: without(plan.environment.values) };
  return redactJson({ ...plan, istio, controlPlanes, environment });
}

function without<T>(node: T, key = ''): T {
  const walk = (value: unknown, own: string): unknown => {
    if (typeof value === 'string' || typeof value === 'number') return holdsSecret(own) ? REDACTED : value;
    if (Array.isArray(value)) return value.map((item: unknown) => walk(item, own));
    if (typeof value !== 'object' || value === null) return value;
    const { name, value: named } = value as Record<string, unknown>;
    const pair = typeof name === 'string' && named !== undefined;
    const entries = Object.entries(value as Record<string, unknown>);
    return Object.fromEntries(entries.map(([k, item]) => [k, walk(item, pair && k === 'value' ? name : k)]));
  };
  return walk(node, key) as T;
}
