import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { notOurs } from '../src/mesh/existing-mesh.js';
import { endDeployments, removeInstalled, removeNamespaces } from '../src/mesh/owned.js';
import { installedSelector, runSelector } from '../src/mesh/layout.js';
import { FakeApiServer } from './helpers/api-server.js';
import { FakeObjects } from './helpers/fake-objects.js';

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

let api: FakeApiServer;
let objects: FakeObjects;
beforeEach(async () => {
  api = await FakeApiServer.start();
  objects = new FakeObjects(api);
});
afterEach(() => api.stop());

/** What a run has put on a cluster. */
function installation(): void {
  objects.add(namespaces, 'istio-system', { ...run });
  objects.add(namespaces, 'sample', { ...run });
  objects.add(namespaces, 'own-0123abcd', { ...run, 'meshproof.dev/lent': 'true' });
  objects.add(deployments, 'istiod', { ...installed, app: 'istiod' }, 'istio-system', deployment('istiod'));
  objects.add(pods, 'istiod-1', { app: 'istiod' }, 'istio-system');
  objects.add(deployments, 'istio-eastwestgateway', { ...gateway }, 'istio-system', deployment('eastwest'));
  objects.add(deployments, 'sleep', { ...run }, 'sample', deployment('sleep'));
  objects.add('/api/v1/secrets', 'cacerts', { ...run }, 'istio-system');
  objects.add(roles, 'istiod-clusterrole-istio-system', { ...installed });
  objects.add(webhooks, 'istio-revision-tag-default', { ...gateway });
  objects.add(types, 'virtualservices.networking.istio.io', { ...installed }, undefined, type('virtualservices'));
  objects.add(types, 'gateways.networking.istio.io', { ...installed }, undefined, type('gateways'));
  objects.add(storedAs(virtualServices), 'istiod-vs', { ...run }, 'istio-system');
}

async function removeAll(before: readonly string[] = []): Promise<string[]> {
  await endDeployments(api.cluster, runSelector(runId));
  await endDeployments(api.cluster, installedSelector(runId));
  const left = await removeInstalled(api.cluster, runId, before);
  return [...left, ...(await removeNamespaces(api.cluster, runId, before))];
}

describe('the removal of a mesh', () => {
  test('takes what the run installed, everywhere, and nothing else', async () => {
    objects.add(namespaces, 'shop');
    objects.add(deployments, 'reviews', {}, 'shop', deployment('reviews'));
    objects.add(pods, 'reviews-1', { app: 'istiod' }, 'shop');
    objects.add(namespaces, 'of-another-run', { ...other });
    objects.add(roles, 'istiod-clusterrole-other', { ...foreign });
    objects.add(roles, 'without-labels');
    objects.add(webhooks, 'istio-sidecar-injector-other', { ...foreign });
    objects.add(types, 'wasmplugins.extensions.istio.io', { ...foreign }, undefined, type('wasmplugins'));
    const { names } = objects;
    installation();
    expect(await removeAll()).toEqual([]);
    expect(objects.names).toEqual(names);
  });

  test('is repeated without an error where all of it is gone', async () => {
    installation();
    await removeAll();
    expect(await removeAll()).toEqual([]);
    expect(objects.names).toEqual([]);
  });

  test('leaves the types and all that is its own to another installation in the cluster', async () => {
    objects.add(namespaces, 'istio-production');
    objects.add(deployments, 'istiod-1-30', { ...foreign, app: 'istiod' }, 'istio-production', deployment('istiod'));
    objects.add(pods, 'istiod-production', { app: 'istiod' }, 'istio-production');
    const { names } = objects;
    installation();
    const left = await removeAll();
    const kept = ['gateways.networking.istio.io', 'virtualservices.networking.istio.io'];
    const why = 'istio-production/istiod-1-30 needs it';
    expect(left.sort()).toEqual(kept.map((name) => `customresourcedefinitions/${name} (${why})`));
    expect(objects.names).toEqual([...names, ...kept.map((name) => `customresourcedefinitions/${name}`)].sort());
  });

  test("leaves a type of which somebody else's object is, and removes the run's own of it", async () => {
    installation();
    objects.add(namespaces, 'shop');
    objects.add(storedAs(virtualServices), 'reviews', {}, 'shop');
    const left = await removeAll();
    expect(left).toEqual([
      'customresourcedefinitions/virtualservices.networking.istio.io (shop/reviews is of this type)',
    ]);
    expect(objects.names).toEqual([
      'customresourcedefinitions/virtualservices.networking.istio.io',
      'namespaces/shop',
      'virtualservices/shop/reviews',
    ]);
  });

  test.each([
    ['a workload of somebody else runs', [], "deployments/istio-ingressgateway in it is somebody else's"],
    ['something was before', ['namespaces/istio-system'], 'it was there before'],
  ])('leaves a namespace in which %s, without what the run has put there', async (_, before, why) => {
    installation();
    if (before.length === 0) objects.add(deployments, 'istio-ingressgateway', { ...foreign }, 'istio-system');
    objects.add('/api/v1/secrets', 'of-the-user', {}, 'istio-system');
    expect(await removeAll(before)).toEqual([`namespaces/istio-system (${why})`]);
    expect(objects.names).toEqual([
      ...(before.length === 0 ? ['deployments/istio-system/istio-ingressgateway'] : []),
      'namespaces/istio-system',
      'secrets/istio-system/of-the-user',
    ]);
    expect(objects.labelsOf('istio-system')).toEqual({});
  });

  test('leaves a type that was there before, whatever its label says by now', async () => {
    installation();
    const before = ['customresourcedefinitions/gateways.networking.istio.io'];
    expect(await removeAll(before)).toEqual([`${before[0]} (it was there before)`]);
    expect(objects.names).toEqual(before);
  });
});

describe("a mesh is the run's", () => {
  const leases = '/apis/coordination.k8s.io/v1/leases';
  const lease = (holderIdentity?: string): void =>
    objects.add(leases, 'meshproof', {}, 'kube-system', holderIdentity ? { spec: { holderIdentity } } : {});

  test.each<[string, string | undefined, Record<string, string> | undefined]>([
    ['the Lease names it and istio-system carries its label', runId, { ...run }],
    ['the Lease names it and istio-system is gone', runId, undefined],
  ])('when %s', async (_, holder, labels) => {
    if (holder) lease(holder);
    if (labels) objects.add(namespaces, 'istio-system', labels);
    expect(await notOurs(api.cluster, runId)).toBeUndefined();
  });

  test('and not when there is no Lease', async () => {
    objects.add(namespaces, 'istio-system', { ...run });
    expect(await notOurs(api.cluster, runId)).toBe('it has no lease meshproof of this run');
  });

  test('and not when the Lease names nobody', async () => {
    objects.add(namespaces, 'istio-system', { ...run });
    lease();
    expect(await notOurs(api.cluster, runId)).toBe('it has no lease meshproof of this run');
  });

  test('and not when the Lease names another run', async () => {
    objects.add(namespaces, 'istio-system', { ...run });
    lease('kaaaaaaaa2');
    expect(await notOurs(api.cluster, runId)).toBe('it is in use by run kaaaaaaaa2 by now');
  });

  test.each<Record<string, string>>([{}, other, { 'app.kubernetes.io/managed-by': 'meshproof' }])(
    'and not when istio-system has the labels %j',
    async (labels) => {
      lease(runId);
      objects.add(namespaces, 'istio-system', { ...labels });
      expect(await notOurs(api.cluster, runId)).toContain('does not carry the label');
    },
  );
});
