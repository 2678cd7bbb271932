// What the two installers give to the clusters of a topology, object by object, without a cluster.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseAllDocuments } from 'yaml';

const built = (file) => import(`../../dist/src/${file}.js`);
const { makePlan } = await built('plan/make-plan');
const { readEnvironment } = await built('supply/read-environment');
const { readTopology } = await built('topology/parse-topology');
const { installerOf } = await built('installer/installers');
const { releasesOf, gatewayRelease } = await built('installer/helm/helm-releases');
const { chartArguments } = await built('supply/charts');
const { findProgram } = await built('supply/programs');
const { needsEastWestGateway } = await built('topology/mesh-layout');

/** Stands for the address that a remote reaches its primary at. */
const address = '192.0.2.1';

/** `{ plan, objects: { cluster, object }[] }` of a topology, as one installer makes it. */
export async function renderedBy(installer, topology, environmentName) {
  const read = readEnvironment(environmentName);
  const environment = { ...read, request: { ...read.request, installer } };
  const plan = makePlan(readTopology(topology), environment, { runId: 'abcde12345' });
  const objects = [];
  for (const what of plan.controlPlanes) {
    const gateway = needsEastWestGateway(
      plan,
      plan.clusters.find(({ name }) => name === what.cluster),
    );
    const texts = installer === 'helm' ? await byHelm(plan, what, gateway) : await byIstioctl(plan, what, gateway);
    for (const document of texts.flatMap((text) => parseAllDocuments(text))) {
      const object = document.toJS();
      if (object?.kind) objects.push({ cluster: what.cluster, object });
    }
  }
  return { plan, objects };
}

async function byHelm(plan, what, gateway) {
  const helm = await findProgram('helm', plan.environment);
  const releases = [...releasesOf(plan, what, address), ...(gateway ? [gatewayRelease(plan, what)] : [])];
  const texts = installerOf({ installer: 'helm' })
    .render(plan, what, address)
    .map(({ text }) => text);
  if (gateway) texts.push(installerOf({ installer: 'helm' }).renderGateway(plan, what)[0].text);
  const rendered = [];
  for (const [i, { name, chart, namespace }] of releases.entries())
    rendered.push(
      withFile(texts[i], async (file) => [
        helm,
        ...['template', name, ...(await chartArguments(what.needs.charts, chart)), '--namespace', namespace],
        ...['--values', file],
      ]),
    );
  return Promise.all(rendered);
}

async function byIstioctl(plan, what, gateway) {
  const istioctl = await findProgram('istioctl', plan.environment, { istioVersion: what.version });
  const installer = installerOf({ installer: 'istioctl' });
  const files = [...installer.render(plan, what, address)];
  if (gateway && what.servedBy) files.push(...installer.renderGateway(plan, what));
  return Promise.all(files.map(({ text }) => withFile(text, (file) => [istioctl, 'manifest', 'generate', '-f', file])));
}

async function withFile(text, commandOf) {
  const folder = mkdtempSync(path.join(tmpdir(), 'meshproof-compare-'));
  try {
    const file = path.join(folder, 'values.yaml');
    writeFileSync(file, text);
    const [program, ...args] = await commandOf(file);
    const { stdout, stderr, status } = spawnSync(program, args, { encoding: 'utf8', maxBuffer: 2 ** 28 });
    if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${stderr}`);
    return stdout;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
