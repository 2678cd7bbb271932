import path from 'node:path';
import { projectFolder } from '../../kernel/project-files.js';
import { run } from '../../kernel/run-program.js';
import { remove } from '../../kube/api.js';
import type { Target } from '../../kube/kubectl.js';
import { list } from '../../kube/labelled-objects.js';
import { outlast } from '../../kube/outage.js';
import { yamlText } from '../../kube/yaml-documents.js';
import { keepManifest } from '../../run/keep-manifest.js';
import { runLabel } from '../../run/object-labels.js';
import { chartArguments, chartSource } from '../../supply/charts.js';
import { istiodName } from '../../topology/istio-names.js';
import type { ControlPlane } from '../../topology/plan-types.js';
import { injectionWorks } from '../injection-works.js';
import type { InstallContext, Installer, Rendered } from '../installer.js';
import { rolledOut } from '../rolled-out.js';
import { gatewayRelease, istiodRelease, releasesOf, type Release } from './helm-releases.js';

/** Labels every object that a chart makes; run by helm. */
const postRenderer = path.join(projectFolder, 'dist', 'src', 'cli', 'label-manifests.js');

/** Real releases of Istio's charts, so that `helm upgrade` can follow: base, istio-cni, istiod, and one for the gateway. */
export const helm: Installer = {
  name: 'helm',
  gatewayWithIstiod: false,
  needs: (environment, version) => ({ programs: ['helm'], charts: chartSource(environment, version) }),
  render: (plan, what, primaryAddress) => releasesOf(plan, what, primaryAddress).map(rendered),
  renderGateway: (plan, what) => [rendered(gatewayRelease(plan, what))],
  async begin(context, what, primaryAddress) {
    const { plan, cluster } = context;
    for (const release of releasesOf(plan, what, primaryAddress)) await install(context, what, release);
    if (!what.servedBy) {
      await rolledOut(cluster, what.namespace, istiodName(what));
      const labels = { 'istio.io/rev': what.revision };
      await injectionWorks(cluster.handle, { namespace: what.namespace, labels, image: plan.images.sleep });
    }
    if (what.cni) await cluster.watch.daemonset(what.namespace, 'istio-cni-node', 180);
    return { rest: Promise.resolve() };
  },
  owns: (_, what, { annotations, labels = {} }) => {
    const release = istiodRelease(what);
    const itself = labels['owner'] === 'helm' && labels['name'] === release;
    return itself || annotations?.['meta.helm.sh/release-name'] === release;
  },
  async gateway(context, what) {
    const release = gatewayRelease(context.plan, what);
    await install(context, what, release);
    await rolledOut(context.cluster, what.namespace, release.name);
  },
};

function rendered({ name, chart, values }: Release): Rendered {
  return { name, text: `# values of release ${name}, chart ${chart}\n${yamlText(values)}` };
}

/** `helm upgrade --install` of a release; its values stay in the run's folder as evidence. */
async function install(
  { plan, cluster, programs }: InstallContext,
  what: ControlPlane,
  release: Release,
): Promise<void> {
  const { handle } = cluster;
  const { name, namespace, chart } = release;
  const given = rendered(release);
  const values = keepManifest(plan, handle.name, given.name, given.text);
  const label = `${runLabel}=${plan.runId}`;
  const args = [
    ...['--kubeconfig', handle.kubeconfig, 'upgrade', '--install', name],
    ...(await chartArguments(what.needs.charts!, chart)),
    ...['--namespace', namespace, '--values', values, '--labels', label],
    // types that were there before are taken over, and left at the end
    '--take-ownership',
    ...['--post-renderer', process.execPath, '--post-renderer-args', postRenderer, '--post-renderer-args', label],
  ];
  await outlast(handle, async () => {
    await forgetUnfinished(handle, release);
    await run(programs.helm!, args, { cluster: handle.name, timeout: 240 });
  });
}

/** A release whose helm was cut short counts as an operation that is under way, though the run has no other helm. */
async function forgetUnfinished(cluster: Target, { name, namespace }: Release): Promise<void> {
  const secrets = `/api/v1/namespaces/${namespace}/secrets`;
  const unfinished = 'status in (pending-install,pending-upgrade,pending-rollback)';
  const found = await list(cluster, secrets, `owner=helm,name=${name},${unfinished}`);
  for (const { metadata } of found) await remove(cluster, `${secrets}/${metadata.name}`);
}
