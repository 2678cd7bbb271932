import { among } from '../check.js';
import { isAlive, isReady, selects } from '../object-kinds.js';
import { defineCheck } from '../define-check.js';

/** Seconds that an istiod takes to start, at most, on a busy machine. */
const start = 30;

export default defineCheck({
  id: 'F-ISTIOD-NOT-READY',
  title: 'an istiod is running but not ready',
  hop: 'control plane',
  reads: ['pods', 'istiod'],
  needs: ['F-ISTIOD-DOWN', 'F-SECRETS-FORBIDDEN', 'F-INTERMEDIATE-EXPIRED', 'F-ROOT-EXPIRED', 'F-POD-TROUBLE'],
  look: (mesh) =>
    among(mesh.primaries, async (primary) => {
      const { namespace, labels } = primary.istiod;
      const pods = (await primary.list('pods', namespace)).filter(
        (pod) => isAlive(pod) && selects(labels, pod.metadata?.labels) && !isReady(pod),
      );
      const late = pods.filter(
        ({ metadata }) => Date.now() - Number(new Date(metadata!.creationTimestamp!)) > start * 1000,
      );
      if (late.length === 0) return [];
      const lastError = await primary.istiodTrouble();
      return late.map(({ metadata }) => ({
        cluster: primary.name,
        object: `pod/${namespace}/${metadata!.name}`,
        facts: { pod: `${namespace}/${metadata!.name}`, lastError: lastError ?? null },
        says: `istiod ${metadata!.name} of ${primary.name} is not ready${lastError ? `; its last error: ${lastError}` : ''}`,
        remedy: `kubectl -n ${namespace} logs ${metadata!.name}`,
      }));
    }),
});
