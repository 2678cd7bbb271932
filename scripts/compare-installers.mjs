#!/usr/bin/env node
// Compares the meshes of two runs that are up, object by object: one installed by istioctl, one by helm. Fields that the API
// server or a controller fills in, and names of the runs, are left out. Prints what differs; docs/installers.md says why.
//   node scripts/compare-installers.mjs RUN_OF_ISTIOCTL RUN_OF_HELM
// Without clusters, what both would give to those of a topology:
//   node scripts/compare-installers.mjs --topology TOPOLOGY [ENVIRONMENT]
import './own-node.mjs';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { differences, normalized } from './installers/objects.mjs';

const { runFolder } = await import('../dist/src/run/run-folders.js');

/** Kinds of everything that an installation has, those of the cluster included. */
const kinds = [
  ...['deployments', 'daemonsets', 'services', 'serviceaccounts', 'configmaps', 'secrets', 'roles', 'rolebindings'],
  ...['horizontalpodautoscalers', 'poddisruptionbudgets', 'networkpolicies', 'endpointslices'],
  ...['clusterroles', 'clusterrolebindings', 'mutatingwebhookconfigurations', 'validatingwebhookconfigurations'],
  ...['customresourcedefinitions', 'validatingadmissionpolicies', 'validatingadmissionpolicybindings'],
];

function objectsOf(runId) {
  const state = JSON.parse(readFileSync(path.join(runFolder(runId), 'state.json'), 'utf8'));
  const { namespace } = state.plan.controlPlanes[0];
  return state.clusters.flatMap(({ name, kubeconfig }) => {
    const args = ['--kubeconfig', kubeconfig, 'get', kinds.join(','), '-A', '-o', 'json'];
    const { stdout, stderr, status } = spawnSync('kubectl', args, { encoding: 'utf8', maxBuffer: 2 ** 28 });
    if (status !== 0) throw new Error(stderr);
    const items = JSON.parse(stdout).items.filter(({ kind, metadata }) =>
      metadata.namespace ? metadata.namespace === namespace : /istio/.test(`${metadata.name}`) && kind,
    );
    return items.map((object) => ({ cluster: name, object: normalized(object, { runId, plan: state.plan }) }));
  });
}

const [one, other, environment = 'lab'] = process.argv.slice(2);
const names = ['istioctl', 'helm'];
const sides = one === '--topology' ? await renderings(other) : [objectsOf(one), objectsOf(other)];
const found = differences(...sides, names);
for (const line of found) console.log(line);
console.log(`${found.length} differences`);

async function renderings(topology) {
  const { renderedBy } = await import('./installers/rendered.mjs');
  const made = await Promise.all(names.map((name) => renderedBy(name, topology, environment)));
  return made.map(({ plan, objects }) =>
    objects.map(({ cluster, object }) => ({ cluster, object: normalized(object, { runId: plan.runId, plan }) })),
  );
}
