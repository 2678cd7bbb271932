import type { V1EndpointSlice, V1Node, V1Pod } from '@kubernetes/client-node';
import type { Change, Watched } from '../kube/follow-list.js';
import { saysReady } from '../kube/ready-condition.js';

/** What an event says; the watcher knows its place. */
export interface Told {
  kind: string;
  says: string;
}

/** What has happened to a pod. */
export function podEvents({ before, after }: Change<V1Pod & Watched>): Told[] {
  const name = (after ?? before)!.metadata.name;
  if (!after) return [{ kind: 'pod-deleted', says: `pod ${name} is gone` }];
  if (!before) return [{ kind: 'pod-created', says: `pod ${name} was created` }];
  const told: Told[] = [];
  if (after.metadata.deletionTimestamp && !before.metadata.deletionTimestamp)
    told.push({ kind: 'pod-terminating', says: `pod ${name} began to terminate` });
  if (saysReady(after) !== saysReady(before))
    told.push(
      saysReady(after)
        ? { kind: 'pod-ready', says: `pod ${name} became ready` }
        : { kind: 'pod-not-ready', says: `pod ${name} is no longer ready` },
    );
  const all = ({ status }: V1Pod) => [...(status?.containerStatuses ?? []), ...(status?.initContainerStatuses ?? [])];
  for (const { name: container, restartCount, state } of all(after)) {
    const was = all(before).find((one) => one.name === container);
    if (was && restartCount > was.restartCount)
      told.push({ kind: 'container-restarted', says: `container ${container} of pod ${name} was started again` });
    else if (was?.state?.running && state?.terminated)
      told.push({ kind: 'container-ended', says: `container ${container} of pod ${name} has ended` });
  }
  return told;
}

/** Which endpoints of a service came and went. */
export function endpointEvents({ before, after }: Change<V1EndpointSlice & Watched>): Told[] {
  const service = (after ?? before)!.metadata.labels?.['kubernetes.io/service-name'] ?? 'a service';
  const ready = (slice?: V1EndpointSlice): string[] =>
    (slice?.endpoints ?? [])
      .filter(({ conditions }) => conditions?.ready !== false)
      .flatMap(({ addresses, targetRef }) => targetRef?.name ?? addresses);
  const [was, is] = [ready(before), ready(after)];
  return [
    ...was
      .filter((one) => !is.includes(one))
      .map((one) => ({ kind: 'endpoint-gone', says: `${one} is no longer an endpoint of ${service}` })),
    ...is
      .filter((one) => !was.includes(one))
      .map((one) => ({ kind: 'endpoint-added', says: `${one} is an endpoint of ${service}` })),
  ];
}

/** Whether a node became ready or not ready. */
export function nodeEvents({ before, after }: Change<V1Node & Watched>): Told[] {
  const name = (after ?? before)!.metadata.name;
  if (!after) return [{ kind: 'node-gone', says: `node ${name} is gone` }];
  if (!before) return [{ kind: 'node-added', says: `node ${name} was added` }];
  const told: Told[] = [];
  if (saysReady(after) !== saysReady(before))
    told.push({
      kind: saysReady(after) ? 'node-ready' : 'node-not-ready',
      says: `node ${name} is ${saysReady(after) ? 'ready' : 'no longer ready'}`,
    });
  if (after.spec?.unschedulable && !before.spec?.unschedulable)
    told.push({ kind: 'node-cordoned', says: `node ${name} accepts no new pods` });
  return told;
}

/** That an object was made, changed or removed; `what` names it, such as `mesh config istio`. */
export function objectEvents({ before, after }: Change<Watched>, kind: string, what: string): Told[] {
  const name = (after ?? before)!.metadata.name;
  const labels = after?.metadata.labels ?? {};
  const tag = labels['istio.io/tag'] && ` (tag ${labels['istio.io/tag']} of revision ${labels['istio.io/rev']})`;
  const verb = !after ? 'removed' : !before ? 'made' : 'changed';
  const generation = after?.metadata.generation;
  // a change of status keeps the generation; every write changes an object without one
  if (
    verb === 'changed' &&
    generation !== undefined &&
    generation === before?.metadata.generation &&
    sameLabels(before, after!)
  )
    return [];
  return [{ kind: `${kind}-${verb}`, says: `${what} ${name} was ${verb}${tag ?? ''}` }];
}

function sameLabels(before: Watched, after: Watched): boolean {
  return JSON.stringify(before.metadata.labels) === JSON.stringify(after.metadata.labels);
}
