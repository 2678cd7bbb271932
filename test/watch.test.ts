import { afterEach, beforeEach, expect, test } from 'vitest';
import { spans } from '../src/kernel/spans.js';
import { buildMesh } from '../src/mesh/build-mesh.js';
import { KindClusters } from '../src/provider/kind/kind-clusters.js';
import type { Steps } from '../src/kernel/steps.js';
import { ClusterWatch } from '../src/kube/cluster-watch.js';
import { readEnvironment } from '../src/supply/read-environment.js';
import { readTopology } from '../src/topology/parse-topology.js';
import { makePlan } from '../src/plan/make-plan.js';
import { FakeApiServer } from './helpers/api-server.js';

let api: FakeApiServer;
beforeEach(async () => {
  api = await FakeApiServer.start();
  api.answer = (url) => ({
    status: 200,
    body: url.includes('watch=') ? '' : { metadata: { resourceVersion: '1' }, items: [] },
  });
});
afterEach(() => api.stop());

test('a wait that ends in vain is recorded as one that failed', async () => {
  const watch = new ClusterWatch(api.cluster);
  await expect(watch.until('sample', 'vain', 0, () => 'is not there')).rejects.toThrow('vain is not there after 0 s');
  await watch.until('sample', 'good', 1, () => undefined);
  const exits = spans.filter(({ command }) => /^wait for (vain|good)$/.test(command)).map(({ exit }) => exit);
  expect(exits).toEqual([1, 0]);
});

test('a watch that was stopped does not begin again', async () => {
  const watch = new ClusterWatch(api.cluster);
  await watch.start();
  // every watch ends at once, and begins again 500 ms later
  await new Promise((resolve) => setTimeout(resolve, 300));
  await watch.stop();
  const asked = api.seen.length;
  await new Promise((resolve) => setTimeout(resolve, 700));
  expect(api.seen.slice(asked).map(({ url }) => url)).toEqual([]);
});

test('clusters are not given up before everything that was begun has ended', async () => {
  const plan = makePlan(readTopology('single'), readEnvironment('lab'), { runId: 'aaaaaaaaaa' });
  let baked = false;
  const steps = {
    note: () => {},
    step: async (name: string) => {
      if (name === 'Docker network') throw new Error('no network');
      await new Promise((resolve) => setTimeout(resolve, 200));
      baked = true;
    },
  } as unknown as Steps;
  const options = { programs: { kind: 'kind', istioctl: {} }, replaceMesh: false, removable: false };
  const build = async (): Promise<void> => {
    for await (const { step } of buildMesh(plan, new KindClusters('kind'), options, steps))
      throw new Error(`${step.id} has ended`);
  };
  await expect(build()).rejects.toThrow('no network');
  expect(baked).toBe(true);
});
