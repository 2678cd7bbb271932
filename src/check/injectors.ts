import type { ClusterView } from './cluster-view.js';
import { picks, type Webhook } from './object-kinds.js';

/** The label by which a namespace asks for a revision. */
export const revisionLabel = 'istio.io/rev';

/** The revision of a primary's istiod, and the tags that are other names of it. */
export async function revisionsOf(primary: ClusterView): Promise<string[]> {
  const { revision } = primary.handle.istio;
  const webhooks = await primary.list('mutatingwebhookconfigurations');
  const tags = webhooks
    .filter(({ metadata }) => metadata.labels?.[revisionLabel] === revision)
    .flatMap(({ metadata }) => metadata.labels?.['istio.io/tag'] ?? []);
  return [revision, ...tags];
}

/** The revision of an object that no istiod of these revisions reads; undefined where it is for all, or for one of them. */
export function otherRevision(
  { metadata }: { metadata: { labels?: Record<string, string> } },
  revisions: readonly string[],
): string | undefined {
  const revision = metadata.labels?.[revisionLabel];
  return revision !== undefined && revisions.includes(revision) ? undefined : revision;
}

/** A webhook that injects sidecars, with the name of its configuration. */
export interface Injector {
  configuration: string;
  webhook: Webhook;
}

/** The webhooks of a cluster that inject sidecars; what a default tag has replaced stays, with a selector that nothing matches. */
export async function injectorsOf(cluster: ClusterView): Promise<Injector[]> {
  const found = await cluster.list('mutatingwebhookconfigurations');
  return found
    .filter(({ metadata }) => metadata.labels?.['app'] === 'sidecar-injector')
    .flatMap(({ metadata, webhooks = [] }) =>
      webhooks
        .filter(({ namespaceSelector }) => namespaceSelector?.matchLabels?.['istio.io/deactivated'] === undefined)
        .map((webhook) => ({ configuration: metadata.name!, webhook })),
    );
}

/** The labels of a namespace; undefined where there is none. */
export async function labelsOf(cluster: ClusterView, namespace: string): Promise<Record<string, string> | undefined> {
  const found = (await cluster.list('namespaces')).find(({ metadata }) => metadata?.name === namespace);
  return found && (found.metadata?.labels ?? {});
}

/** Whether some webhook takes pods without labels of their own in a namespace with these labels. */
export function isInjected(injectors: readonly Injector[], labels: Readonly<Record<string, string>>): boolean {
  return injectors.some(
    ({ webhook: { namespaceSelector, objectSelector } }) =>
      picks(namespaceSelector, labels) && picks(objectSelector, {}),
  );
}

/** What must hold for pods to be injected. */
export const injectionWorks = [
  'F-NOT-INJECTED',
  'F-REVISION-GONE',
  'F-WEBHOOK-UNREACHABLE',
  'F-WEBHOOK-FAILS-OPEN',
] as const;
