import { afterAll, beforeAll, expect, test } from 'vitest';
import { Harness } from './harness/harness.js';

let harness: Harness;
beforeAll(async () => void (harness = await Harness.start()));
afterAll(() => harness.close());

/** A topology of this many clusters, each in a network of its own, with a version of its own. */
const topology = (clusters: number, name = 'c'): string => {
  const names = Array.from({ length: clusters }, (_, i) => i + 1);
  const entry = (n: number): string => `  - name: ${name}${n}\n    network: n${n}\n    helloworld: [v${n}]\n`;
  return `description: ${clusters} clusters\nclusters:\n${names.map(entry).join('')}`;
};

test('six clusters pass: what is more than a command may send is sent in parts', async () => {
  const { runId } = await harness.mesh(topology(6));
  const counts = new Map<string, number[]>();
  const { http } = harness.traffic;
  let last = '';
  harness.traffic.http = (call) => {
    const batch = `${call.cluster} ${call.count}`;
    if (batch !== last) counts.set(call.cluster, [...(counts.get(call.cluster) ?? []), call.count]);
    last = batch;
    return http(call);
  };
  const { code, stdout, stderr } = await harness.run('test', runId, '--only', 'LB-1');
  harness.traffic.http = http;
  expect(`${code} ${stdout}${stderr}`).toMatch(/^0 /);
  expect([...counts.values()]).toEqual(Array(6).fill([23, 278, 277]));
});

test('an answer that cannot be read, and pods that cannot run, say nothing about the mesh; a wrong answer does', async () => {
  const unread = await harness.mesh();
  const wrong = await harness.mesh(topology(2));
  const stuck = await harness.mesh(topology(2, 'd'));
  stuck.clusters[1]!.put('/api/v1/namespaces/sample/pods', {
    metadata: { name: 'helloworld-v2-0', labels: { app: 'helloworld', version: 'v2' } },
    spec: { containers: [{ name: 'helloworld' }] },
    status: {
      containerStatuses: [
        { name: 'helloworld', image: 'own/helloworld:2', state: { waiting: { reason: 'ImagePullBackOff' } } },
      ],
    },
  });
  const { http } = harness.traffic;
  harness.traffic.http = (call) => (call.cluster.startsWith('d') ? { version: 'v1' } : http(call));
  const policy = (lb_policy: string): string => JSON.stringify({ configs: [{ cluster: { lb_policy } }] });
  harness.traffic.admin = ({ cluster }) =>
    cluster === 'c1' ? policy('RANDOM') : cluster.startsWith('d') ? policy('ROUND_ROBIN') : '';
  const ended = await Promise.all(
    [unread, wrong, stuck].map(({ runId }) => harness.run('test', runId, '--only', 'LB-2')),
  );
  expect(ended.map(({ code }) => code)).toEqual([4, 1, 4]);

  const [behaviour] = harness.record(unread.runId).topologies[0]!.behaviours;
  expect(behaviour).toMatchObject({ id: 'LB-2', verdict: 'undetermined', failures: [] });
  const said = 'the proxy of sample/deploy/sleep answers config_dump with nothing, not with JSON';
  for (const cluster of ['cluster1', 'cluster2']) expect(behaviour!.reason).toContain(`${cluster}: ${said}`);
  expect(ended[0]!.stderr).toContain(`cluster1: ${said}`);

  const [kept] = harness.record(stuck.runId).topologies[0]!.behaviours;
  expect(kept).toMatchObject({ verdict: 'undetermined', failures: [] });
  expect(kept!.reason).toMatch(
    /^d2\/sample: pod helloworld-v2-0 cannot pull image own\/helloworld:2 \(ImagePullBackOff\)/,
  );

  const [failed] = harness.record(wrong.runId).topologies[0]!.behaviours;
  // nothing of Istio is on these clusters
  expect(failed).toMatchObject({
    verdict: 'failed',
    failures: [{ cluster: 'c1', got: 'RANDOM' }],
  });
  expect(failed!.failures[0]!.findings!.slice(0, 2)).toMatchObject([
    { check: 'F-ISTIOD-DOWN', cluster: 'c1' },
    { check: 'F-REMOTE-SECRET-MISSING', cluster: 'c1' },
  ]);
  expect(harness.record(wrong.runId).topologies[0]!.findings).toMatchObject([
    { check: 'F-ISTIOD-DOWN', behaviours: ['LB-2'] },
  ]);
  expect(ended[1]!.stdout).toContain('cause of LB-2: F-ISTIOD-DOWN: no istiod runs in c1');
});
