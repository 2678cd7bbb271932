import { afterEach, beforeEach, expect, test } from 'vitest';
import { Harness } from './harness/harness.js';
import type { FakeMesh } from './harness/mesh.js';

const topology = `description: a mesh that is there already
provider: existing
attach: true
clusters:
  - { name: c1, network: n1, context: c1 }
  - { name: c2, network: n2, context: c2 }
`;

let harness: Harness;
let mesh: FakeMesh;
/** Images that no node gets. */
let refused: string[];
beforeEach(async () => {
  harness = await Harness.start();
  mesh = await harness.mesh(topology);
  refused = [];
  for (const cluster of mesh.clusters) {
    cluster.answer = ({ method, path }) => {
      const own = /^\/api\/v1\/namespaces\/own-[0-9a-f]+\/(pods|serviceaccounts\/default)$/.exec(path);
      if (method !== 'GET' || !own) return undefined;
      if (own[1] !== 'pods') return { status: 200, body: { metadata: { name: 'default' } } };
      // as a kubelet would tell of them
      const items = cluster.list(path).map((pod) => {
        const { containers } = pod['spec'] as { containers: { name: string; image: string }[] };
        const containerStatuses = containers.map(({ name, image }) =>
          refused.some((word) => image.includes(word))
            ? { name, image, imageID: '', state: { waiting: { reason: 'ImagePullBackOff' } } }
            : { name, image, imageID: 'sha256:1', state: { terminated: { reason: 'StartError' } } },
        );
        return { ...pod, status: { containerStatuses } };
      });
      return { status: 200, body: { items } };
    };
  }
});
afterEach(() => harness.close());

test('what behaviours need and do not get is told once, and only those that need it are undetermined', async () => {
  const { echo } = mesh.plan['images'] as { echo: string };
  refused = [echo];
  const [, second] = mesh.clusters;
  second!.put('/api/v1/nodes', { metadata: { name: 'small' }, spec: {}, status: { allocatable: { cpu: '1m' } } });
  const { code, stderr } = await harness.run('test', mesh.runId, '--only', 'LB-1,LB-4,LB-9');
  expect(`${code} ${stderr}`).toMatch(/^4 /);
  const noImage = `cannot pull image ${echo} (ImagePullBackOff)`;
  expect(stderr).toMatch(/some behaviours cannot run: c[12]: node unknown cannot pull image /);
  expect(stderr).toContain(noImage);
  const noRoom = /c2: no node has room for a pod that requests 0\.\d\d CPUs; free: small 0\.00/;
  expect(stderr).toMatch(noRoom);
  const { behaviours } = harness.record().topologies[0]!;
  expect(behaviours).toMatchObject([
    { id: 'LB-1', verdict: 'passed' },
    { id: 'LB-4', verdict: 'undetermined', reason: expect.stringMatching(noRoom) as string },
    { id: 'LB-9', verdict: 'undetermined', reason: expect.stringContaining(noImage) as string },
  ]);
  // at once, and not after the wait for a workload
  for (const { id, durationMs } of behaviours.slice(1)) expect([id, durationMs < 15_000]).toEqual([id, true]);
  for (const cluster of mesh.clusters)
    expect(cluster.list('/api/v1/namespaces').filter(({ metadata: { name } }) => name.startsWith('own-'))).toEqual([]);
});

test('without the right to ask anything no behaviour is begun', async () => {
  mesh.clusters[1]!.denied = ['create pods/exec'];
  const { code, stderr } = await harness.run('test', mesh.runId, '--only', 'LB-1');
  expect(code).toBe(4);
  expect(stderr).toContain('the user has missing rights: create pods/exec in c2');
  expect(harness.record().topologies).toMatchObject([{ verdict: 'undetermined', behaviours: [] }]);
  expect(harness.stubs.said('kubectl').filter((call) => call.includes(' exec '))).toEqual([]);
});
