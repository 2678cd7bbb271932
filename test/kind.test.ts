import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { kindConfig } from '../src/provider/kind/kind-cluster.js';
import { readEnvironment } from '../src/supply/read-environment.js';
import { readTopology } from '../src/topology/parse-topology.js';
import { makePlan } from '../src/plan/make-plan.js';

const [cluster] = makePlan(readTopology('single'), readEnvironment('lab'), { runId: 'abcde12345' }).clusters;

/** The kubelet's settings in the configuration for a version of Kubernetes. */
function kubeletSettings(kubernetes: string): unknown {
  const { kubeadmConfigPatches } = parse(kindConfig(cluster!, 'node', kubernetes)) as {
    kubeadmConfigPatches: string[];
  };
  const patches = kubeadmConfigPatches.map((patch) => parse(patch) as { kind: string });
  return patches.find(({ kind }) => kind === 'KubeletConfiguration');
}

test.each(['1.35.0-rc.1', '1.35.0', '1.36.3'])(
  'the kubelet of Kubernetes %s is told to start on cgroup v1',
  (version) => {
    expect(kubeletSettings(version)).toMatchObject({ failCgroupV1: false });
  },
);

test.each(['1.33.13', '1.34.4'])('the kubelet of Kubernetes %s starts there by itself', (version) => {
  expect(kubeletSettings(version)).toBeUndefined();
});

test('a region named no stays a text for programs that read YAML 1.1', () => {
  const config = kindConfig({ ...cluster!, region: 'no' }, 'node', '1.34.4');
  expect(config).toContain('topology.kubernetes.io/region: "no"');
});
