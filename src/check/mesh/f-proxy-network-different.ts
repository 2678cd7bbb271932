import { defineCheck } from '../define-check.js';
import { toldOtherwise } from '../told-otherwise.js';

export default defineCheck({
  id: 'F-PROXY-NETWORK-DIFFERENT',
  title: 'proxies have a different network than their cluster',
  hop: 'endpoint',
  reads: ['pods'],
  applies: ({ features }) => features['multi-network'],
  look: (mesh) =>
    toldOtherwise(
      mesh,
      'ISTIO_META_NETWORK',
      ({ network }) => network,
      (cluster, found, pods) => ({
        says: `proxies of ${cluster.name} have network ${found || '(none)'}, but their cluster is in ${cluster.network}: ${pods.join(', ')}`,
        value: 'values.global.network',
      }),
    ),
});
