import { defineFault } from '../fault.js';
import { kubectl } from '../../kube/kubectl.js';
import { createIntermediate, createRoot } from '../../mesh/certificates.js';
import { pods } from '../../probe/control-plane.js';
import { restart } from '../breakage.js';
import { replaceCaCerts } from '../change-trust.js';
import { istiodName } from '../../topology/istio-names.js';

export default defineFault({
  id: 'intermediate-expired',
  title: 'the intermediate certificate of an istiod has expired',
  finding: 'F-INTERMEDIATE-EXPIRED',
  async break({ two, primaryOf }, breakage) {
    const cluster = primaryOf(two);
    const aMonthAgo = new Date(Date.now() - 30 * 24 * 60 * 60 * 1000);
    const expired = await createIntermediate(await createRoot(), cluster.name, { from: aMonthAgo, days: 10 });
    breakage.afterwards(`${cluster.name}: istiod has not started`, () =>
      restart(cluster, cluster.istio.namespace, `deployment/${istiodName(cluster.istio)}`),
    );
    await replaceCaCerts(cluster, breakage, { ...expired });
    await kubectl(cluster, [
      '-n',
      cluster.istio.namespace,
      'rollout',
      'restart',
      `deployment/${istiodName(cluster.istio)}`,
    ]);
    await breakage.until('an istiod that does not start', async () =>
      (await pods(cluster, 'app=istiod', cluster.istio.namespace)).some(({ ready, ip }) => !ready && ip !== ''),
    );
  },
  fails: ({ two, primaryOf }) => ({ 'CP-1': [primaryOf(two).name] }),
  // certificates that were issued before are good for a day
  passes: ['LB-1'],
});
