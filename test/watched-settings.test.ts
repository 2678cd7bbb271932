import { expect, test } from 'vitest';
import { isMeshConfig } from '../src/scenario/watch-mesh.js';

const leader = { 'control-plane.alpha.kubernetes.io/leader': '{"holderIdentity":"istiod-1"}' };

test.each([
  ['istio', undefined, true],
  ['istio-1-31-0', undefined, true],
  ['istio-sidecar-injector', undefined, true],
  ['istio-ca-root-cert', undefined, true],
  // locks of istiods: none of them explains a loss
  ['istio-leader', leader, false],
  ['istio-namespace-controller-election', leader, false],
  ['kube-root-ca.crt', undefined, false],
])('a change of ConfigMap %s may explain a loss: %s', (name, annotations, may) => {
  expect(isMeshConfig({ metadata: { name, annotations } })).toBe(may);
});
