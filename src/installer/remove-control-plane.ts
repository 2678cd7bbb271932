import { settleAll } from '../kernel/cancellation.js';
import { converge } from '../kernel/converge.js';
import { selecting, read } from '../kube/api.js';
import { endDeployments, removeSelected } from '../kube/labelled-objects.js';
import type { ControlPlane } from '../topology/plan-types.js';
import { installedFor } from './installed-labels.js';
import type { InstallContext } from './installer.js';
import { installerOf } from './installers.js';

/**
 * Removes one control plane of a cluster that has others, by the labels of the run: what the others need stays. Ends when its
 * istiod is gone. Being gone already is fine.
 */
export async function removeControlPlane(
  { plan, cluster: { handle } }: InstallContext,
  what: ControlPlane,
): Promise<void> {
  const { runId } = plan;
  const installer = installerOf(what);
  const picked = installedFor(runId).map(({ selector, is }) => ({
    selector,
    own: (object: Parameters<typeof is>[0]): boolean => is(object) && installer.owns(plan, what, object),
  }));
  // an istiod that serves remotes would go on for 30 s
  await settleAll(picked.map(({ selector, own }) => endDeployments(handle, selector, own)));
  for (const { selector, own } of picked) await removeSelected(handle, selector, own);
  const istiods = `/api/v1/namespaces/${what.namespace}/pods${selecting(`app=istiod,istio.io/rev=${what.revision}`)}`;
  await converge(
    async () => (await read<{ items: { metadata: { name: string } }[] }>(handle, istiods))?.items ?? [],
    (pods) =>
      pods.length === 0
        ? { ok: true }
        : {
            ok: false,
            expected: `no istiod of revision ${what.revision} in ${handle.name}`,
            got: pods.map(({ metadata }) => metadata.name).join(', '),
          },
    { timeout: 60_000, interval: 250, backoff: 1 },
  );
}
