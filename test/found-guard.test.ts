import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { guardCommand } from '../src/cli/guard-command.js';
import type { GlobalOptions } from '../src/cli/global-options.js';
import type { ProgressDisplay } from '../src/cli/progress-display.js';
import { guardMesh, type GuardFlags } from '../src/engine/guard-mesh.js';
import { onFoundMesh, type UsedMesh } from '../src/engine/use-found-mesh.js';
import { loadImage } from '../src/scenario/load-image.js';
import { RunningLoad } from '../src/scenario/run-load.js';
import { FakeApiServer } from './helpers/api-server.js';
import { quietProgress } from './helpers/quiet-progress.js';

const flags: GuardFlags = { path: [], quick: true, checks: true, allowCommandFailure: false };

describe('a mesh without a run', () => {
  let api: FakeApiServer;
  let folder: string;
  const state = (): string => path.join(folder, 'state');

  beforeEach(async () => {
    api = await FakeApiServer.start();
    folder = mkdtempSync(path.join(tmpdir(), 'meshproof-found-'));
    mkdirSync(path.join(folder, 'bin'));
    const kubectl = path.join(folder, 'bin', 'kubectl');
    const nodes = JSON.stringify({ items: [{ metadata: { name: 'node' }, status: { addresses: [] } }] });
    writeFileSync(
      kubectl,
      `#!/bin/sh\ncase "$*" in\n*"config view"*) cat ${api.cluster.kubeconfig} ;;\n*endpointslices*) echo '{"items":[]}' ;;\n*) echo '${nodes}' ;;\nesac\n`,
    );
    chmodSync(kubectl, 0o755);
    vi.stubEnv('PATH', `${path.join(folder, 'bin')}:${process.env['PATH']}`);
    vi.stubEnv('MESHPROOF_STATE_DIR', state());
    api.answer = (url) => {
      const [where = ''] = url.split('?');
      if (where === '/version') return { status: 200, body: { gitVersion: 'v1.33.4' } };
      if (where === '/apis/apps/v1/deployments') return { status: 200, body: { items: [istiod] } };
      if (where === '/api/v1/services') return { status: 200, body: { items: [service] } };
      if (where.endsWith('/istio-system/secrets') && url.includes('multiCluster'))
        return { status: 200, body: { items: [{ metadata: { name: 's' }, data: { west: '' } }] } };
      if (where === '/api/v1/pods') return { status: 200, body: { items: [web] } };
      return { status: 200, body: { items: [] } };
    };
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await api.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const istiod = {
    metadata: { namespace: 'istio-system', labels: { 'istio.io/rev': '1-30' } },
    spec: {
      template: {
        spec: {
          containers: [{ image: 'r.example:5000/pilot:1.30.5', env: [{ name: 'CLUSTER_ID', value: 'Kubernetes' }] }],
        },
      },
    },
  };
  const service = {
    metadata: { namespace: 'shop', name: 'cart' },
    spec: { selector: { app: 'cart' }, ports: [{ port: 8080 }] },
  };
  const web = {
    metadata: { namespace: 'shop', name: 'cart-1', labels: { app: 'cart' }, annotations: { 'istio.io/rev': '1-30' } },
    spec: {
      containers: [{ name: 'istio-proxy', env: [{ name: 'ISTIO_META_CLUSTER_ID', value: 'Kubernetes' }] }],
    },
    status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
  };
  const use = <T>(work: (mesh: UsedMesh) => Promise<T>, notes: string[] = []): Promise<T> =>
    onFoundMesh(
      { contexts: ['c-east'] },
      { asked: [], environment: { environment: 'public' } },
      quietProgress(notes),
      work,
    );

  test('is read from its clusters, and has an id, an image of the load and versions of its own', async () => {
    const notes: string[] = [];
    const { state: found, look, notes: known } = await use(async (mesh) => mesh, notes);
    const { plan, clusters } = found;
    expect(found.runId).toMatch(/^[a-z][a-z0-9]{9}$/);
    expect(plan).toMatchObject({ runId: found.runId, topology: 'found-Kubernetes', provider: 'existing' });
    expect(plan.environment).toMatchObject({ kubernetes: '1.33.4', notes: [] });
    expect(plan.controlPlanes).toMatchObject([{ id: 'Kubernetes/1-30', version: '1.30.5', namespace: 'istio-system' }]);
    expect(clusters).toMatchObject([{ name: 'Kubernetes', context: 'c-east', dataPlane: '1-30', role: 'primary' }]);
    expect(look).toEqual({
      namespaces: ['shop'],
      clients: { Kubernetes: { namespace: 'shop', workload: 'cart-1' } },
    });
    expect(known).toEqual(['no context names these clusters of the mesh, which are left out: west']);
    expect(notes.join('\n')).toContain(
      `kubectl --context c-east delete namespaces -l meshproof.dev/lent,meshproof.dev/run=${found.runId}`,
    );
    expect(api.seen.filter(({ method }) => method !== 'GET')).toEqual([]);
  });

  test('pulls the image of the environment by its nodes: nothing is asked of Docker', async () => {
    const image = await use(({ state: found }) => loadImage(found, quietProgress()));
    expect(image).toMatch(/^docker.io\/library\/node:/);
  });

  test('needs no state folder, and leaves neither a copy of a kubeconfig nor a load', async () => {
    let kubeconfig = '';
    const failing = use(async ({ state: found }) => {
      kubeconfig = found.clusters[0]!.kubeconfig;
      expect(readFileSync(kubeconfig, 'utf8')).toContain('planted');
      const load = new RunningLoad(found, { perSecond: 10, folder, steps: quietProgress() });
      await load.remove();
      throw new Error('interrupted');
    });
    await expect(failing).rejects.toThrow('interrupted');
    expect(() => readFileSync(kubeconfig)).toThrow('ENOENT');
    expect(() => readFileSync(state())).toThrow('ENOENT');
    const [removed, ...others] = api.seen.filter(({ method }) => method !== 'GET');
    expect(removed).toMatchObject({ method: 'DELETE' });
    expect(removed!.url).toMatch(/^\/api\/v1\/namespaces\/load-[0-9a-f]{8}$/);
    expect(others).toEqual([]);
    // it was waited for: what carries the labels of the guard is asked for last
    expect(api.seen.at(-1)!.url).toContain('meshproof.dev%2Frun%3D');
  });

  test('is not read where a path names another context: that is refused before', async () => {
    const guarding = guardMesh(
      { contexts: ['c-east'] },
      ['true'],
      { ...flags, path: ['c-west=cart.shop:8080'] },
      {},
      quietProgress(),
    );
    await expect(guarding).rejects.toMatchObject({ message: 'c-west is not a cluster of this mesh', code: 2 });
    expect(api.seen).toEqual([]);
  });
});

test('a run and contexts together are refused', async () => {
  const both = guardCommand(
    { run: 'k3x9qa72bc', contexts: ['east'] },
    ['true'],
    flags,
    {} as GlobalOptions,
    {} as ProgressDisplay,
  );
  await expect(both).rejects.toMatchObject({ message: 'use either a run id or --context, not both', code: 2 });
});
