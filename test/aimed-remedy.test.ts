import { expect, test } from 'vitest';
import { aimedAt } from '../src/check/aimed-remedy.js';

test('the commands of a remedy go to the cluster that it is about, each once', () => {
  const options = '--kubeconfig runs/x/cluster2.yaml';
  expect(aimedAt('kubectl -n sample scale deployment a --replicas=1', options)).toBe(
    'kubectl --kubeconfig runs/x/cluster2.yaml -n sample scale deployment a --replicas=1',
  );
  const twice = aimedAt(aimedAt('remove it, or: kubectl delete a; kubectl get b', options), options);
  expect(twice.match(/--kubeconfig/g)).toHaveLength(2);
  expect(aimedAt('istioctl x | kubectl --kubeconfig other apply -f -', options)).toContain(
    'kubectl --kubeconfig other',
  );
  expect(aimedAt('set mtls.mode to STRICT', options)).toBe('set mtls.mode to STRICT');
  expect(aimedAt('kubectl get pods', '--context east')).toBe('kubectl --context east get pods');
});
