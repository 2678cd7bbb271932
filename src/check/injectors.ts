import type { ClusterView } from './cluster-view.js';
import { picks, type Webhook } from './object-kinds.js';

/** The label by which a namespace asks for a revision. */
export const revisionLabel = 'istio.io/rev';

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
