import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { notOurs } from '../src/mesh/existing-mesh.js';
import { endDeployments } from '../src/kube/labelled-objects.js';
import { installedFor } from '../src/installer/installed-labels.js';
import { removeInstalled } from '../src/installer/remove-installed.js';
import type { ClusterHandle } from '../src/provider/cluster-handle.js';
import { removeNamespaces } from '../src/mesh/remove-namespaces.js';
import { runSelector } from '../src/run/object-labels.js';
import { FakeCluster } from './harness/kubernetes.js';

const runId = 'kaaaaaaaa1';
const run = { 'app.kubernetes.io/managed-by': 'meshproof', 'meshproof.dev/run': runId };
const other = { 'app.kubernetes.io/managed-by': 'meshproof', 'meshproof.dev/run': 'kaaaaaaaa2' };
/** As istioctl labels what it applies. */
const installed = {
  'operator.istio.io/component': 'Pilot',
  'install.operator.istio.io/owning-resource': `meshproof-${runId}-base`,
};
const gateway = { ...installed, 'install.operator.istio.io/owning-resource': `meshproof-${runId}-gateway` };
const foreign = { ...installed, 'install.operator.istio.io/owning-resource': 'installed-state' };

const namespaces = '/api/v1/namespaces';
const deployments = '/apis/apps/v1/deployments';
const pods = '/api/v1/pods';
const secrets = '/api/v1/secrets';
const roles = '/apis/rbac.authorization.k8s.io/v1/clusterroles';
const webhooks = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations';
const types = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const virtualServices = '/apis/networking.istio.io/v1/virtualservices';
const type = (plural: string) => ({
  spec: {
    group: 'networking.istio.io',
    names: { plural },
    versions: [
      { name: 'v1', served: true, storage: false },
      { name: 'v1alpha3', served: true, storage: true },
    ],
  },
});
const storedAs = (kind: string): string => kind.replace('/v1/', '/v1alpha3/');
const deployment = (app: string) => ({ spec: { selector: { matchLabels: { app } } } });

let fake: FakeCluster;
let folder: string;
let target: ClusterHandle;
beforeEach(async () => {
  fake = await FakeCluster.start('cluster1');
  for (const { metadata } of fake.list(namespaces)) fake.remove(`${namespaces}/${metadata.name}`);
  folder = mkdtempSync(path.join(tmpdir(), 'meshproof-owned-'));
  const istio = { namespace: 'istio-system', revision: 'default' };
  target = { name: 'cluster1', kubeconfig: path.join(folder, 'kubeconfig'), istio } as ClusterHandle;
  writeFileSync(target.kubeconfig, JSON.stringify(fake.kubeconfig()));
});
afterEach(async () => {
  await fake.stop();
  rmSync(folder, { recursive: true });
});

/** Puts an object of a kind (`/apis/apps/v1/deployments`) into the cluster. */
function add(
  kind: string,
  name: string,
  labels: Record<string, string> = {},
  namespace?: string,
  rest: object = {},
): void {
  const collection = namespace === undefined ? kind : kind.replace(/\/(\w+)$/, `/namespaces/${namespace}/$1`);
  fake.put(collection, { metadata: { name, labels }, ...rest });
}

/** `<plural>/<namespace>/<name>` of all that is there, sorted. */
function names(): string[] {
  const all = [namespaces, deployments, pods, roles, webhooks, types, secrets, storedAs(virtualServices)];
  return all
    .flatMap((kind) =>
      fake.list(kind).map(({ metadata }) => [kind.split('/').pop(), metadata.namespace, metadata.name]),
    )
    .map((parts) => parts.filter((part) => part !== undefined).join('/'))
    .sort();
}

/** What a run has put on a cluster. */
function installation(): void {
  add(namespaces, 'istio-system', { ...run });
  add(namespaces, 'sample', { ...run });
  add(namespaces, 'own-0123abcd', { ...run, 'meshproof.dev/lent': 'true' });
  add(deployments, 'istiod', { ...installed, app: 'istiod' }, 'istio-system', deployment('istiod'));
  add(pods, 'istiod-1', { app: 'istiod' }, 'istio-system');
  add(deployments, 'istio-eastwestgateway', { ...gateway }, 'istio-system', deployment('eastwest'));
  add(deployments, 'sleep', { ...run }, 'sample', deployment('sleep'));
  add(secrets, 'cacerts', { ...run }, 'istio-system');
  add(roles, 'istiod-clusterrole-istio-system', { ...installed });
  add(webhooks, 'istio-revision-tag-default', { ...gateway });
  add(types, 'virtualservices.networking.istio.io', { ...installed }, undefined, type('virtualservices'));
  add(types, 'gateways.networking.istio.io', { ...installed }, undefined, type('gateways'));
  add(storedAs(virtualServices), 'istiod-vs', { ...run }, 'istio-system');
}

async function removeAll(before: readonly string[] = []): Promise<string[]> {
  await endDeployments(target, runSelector(runId));
  for (const { selector, is } of installedFor(runId)) await endDeployments(target, selector, is);
  const left = await removeInstalled(target, runId, before);
  return [...left, ...(await removeNamespaces(target, runId, before))];
}

describe('the removal of a mesh', () => {
  test('takes what the run installed, everywhere, and nothing else', async () => {
    add(namespaces, 'shop');
    add(deployments, 'reviews', {}, 'shop', deployment('reviews'));
    add(pods, 'reviews-1', { app: 'istiod' }, 'shop');
    add(namespaces, 'of-another-run', { ...other });
    add(roles, 'istiod-clusterrole-other', { ...foreign });
    add(roles, 'without-labels');
    add(webhooks, 'istio-sidecar-injector-other', { ...foreign });
    add(types, 'wasmplugins.extensions.istio.io', { ...foreign }, undefined, type('wasmplugins'));
    const before = names();
    installation();
    expect(await removeAll()).toEqual([]);
    expect(names()).toEqual(before);
  });

  test('takes what helm installed, and what istioctl installed of further revisions', async () => {
    const before = names();
    installation();
    const owner = 'install.operator.istio.io/owning-resource';
    add(
      deployments,
      'istiod-canary',
      { [owner]: `meshproof-${runId}-base-canary` },
      'istio-system',
      deployment('istiod'),
    );
    add(roles, 'istiod-clusterrole-canary-istio-system', { ...run, 'app.kubernetes.io/managed-by': 'Helm' });
    add(secrets, 'sh.helm.release.v1.istiod.v1', { ...run, owner: 'helm' }, 'istio-system');
    add(types, 'sidecars.networking.istio.io', { ...run }, undefined, type('sidecars'));
    expect(await removeAll()).toEqual([]);
    expect(names()).toEqual(before);
  });

  test('leaves what istioctl installed for a run whose id begins like this one', async () => {
    const owner = 'install.operator.istio.io/owning-resource';
    add(roles, 'of-another', { [owner]: `meshproof-${runId}x-base` });
    const before = names();
    installation();
    expect(await removeAll()).toEqual([]);
    expect(names()).toEqual(before);
  });

  test('is repeated without an error where all of it is gone', async () => {
    installation();
    await removeAll();
    expect(await removeAll()).toEqual([]);
    expect(names()).toEqual([]);
  });

  test('leaves the types and all that is its own to another installation in the cluster', async () => {
    add(namespaces, 'istio-production');
    add(deployments, 'istiod-1-30', { ...foreign, app: 'istiod' }, 'istio-production', deployment('istiod'));
    add(pods, 'istiod-production', { app: 'istiod' }, 'istio-production');
    const before = names();
    installation();
    const left = await removeAll();
    const kept = ['gateways.networking.istio.io', 'virtualservices.networking.istio.io'];
    const why = 'istio-production/istiod-1-30 needs it';
    expect(left.sort()).toEqual(kept.map((name) => `customresourcedefinitions/${name} (${why})`));
    expect(names()).toEqual([...before, ...kept.map((name) => `customresourcedefinitions/${name}`)].sort());
  });

  test("leaves a type of which somebody else's object is, and removes the run's own of it", async () => {
    installation();
    add(namespaces, 'shop');
    add(storedAs(virtualServices), 'reviews', {}, 'shop');
    const left = await removeAll();
    expect(left).toEqual([
      'customresourcedefinitions/virtualservices.networking.istio.io (shop/reviews is of this type)',
    ]);
    expect(names()).toEqual([
      'customresourcedefinitions/virtualservices.networking.istio.io',
      'namespaces/shop',
      'virtualservices/shop/reviews',
    ]);
  });

  test.each([
    ['a workload of somebody else runs', [], 'deployments/istio-ingressgateway in it belongs to someone else'],
    ['something was before', ['namespaces/istio-system'], 'it was there before'],
  ])('leaves a namespace in which %s, without what the run has put there', async (_, before, why) => {
    installation();
    if (before.length === 0) add(deployments, 'istio-ingressgateway', { ...foreign }, 'istio-system');
    add(secrets, 'of-the-user', {}, 'istio-system');
    expect(await removeAll(before)).toEqual([`namespaces/istio-system (${why})`]);
    expect(names()).toEqual([
      ...(before.length === 0 ? ['deployments/istio-system/istio-ingressgateway'] : []),
      'namespaces/istio-system',
      'secrets/istio-system/of-the-user',
    ]);
    expect(fake.get(`${namespaces}/istio-system`)!.metadata.labels).toEqual({});
  });

  test('leaves a type that was there before, whatever its label says by now', async () => {
    installation();
    const before = ['customresourcedefinitions/gateways.networking.istio.io'];
    expect(await removeAll(before)).toEqual([`${before[0]} (it was there before)`]);
    expect(names()).toEqual(before);
  });
});

describe("a mesh is the run's", () => {
  const leases = '/apis/coordination.k8s.io/v1/leases';
  const lease = (holderIdentity?: string): void =>
    add(leases, 'meshproof', {}, 'kube-system', holderIdentity ? { spec: { holderIdentity } } : {});

  test.each<[string, string | undefined, Record<string, string> | undefined]>([
    ['the Lease names it and istio-system carries its label', runId, { ...run }],
    ['the Lease names it and istio-system is gone', runId, undefined],
  ])('when %s', async (_, holder, labels) => {
    if (holder) lease(holder);
    if (labels) add(namespaces, 'istio-system', labels);
    expect(await notOurs(target, runId)).toBeUndefined();
  });

  test('and not when there is no Lease', async () => {
    add(namespaces, 'istio-system', { ...run });
    expect(await notOurs(target, runId)).toBe('it has no lease meshproof of this run');
  });

  test('and not when the Lease names nobody', async () => {
    add(namespaces, 'istio-system', { ...run });
    lease();
    expect(await notOurs(target, runId)).toBe('it has no lease meshproof of this run');
  });

  test('and not when the Lease names another run', async () => {
    add(namespaces, 'istio-system', { ...run });
    lease('kaaaaaaaa2');
    expect(await notOurs(target, runId)).toBe('it is now in use by run kaaaaaaaa2');
  });

  test.each<Record<string, string>>([{}, other, { 'app.kubernetes.io/managed-by': 'meshproof' }])(
    'and not when istio-system has the labels %j',
    async (labels) => {
      lease(runId);
      add(namespaces, 'istio-system', { ...labels });
      expect(await notOurs(target, runId)).toContain('does not carry the label');
    },
  );
});
