import { diagnose } from '../check/diagnosis.js';
import { lookAtMesh } from '../check/mesh-diagnosis.js';
import { replaceCaCerts, restartHolders, rootsToSign } from '../fault/change-trust.js';
import { restart, type Breakage } from '../fault/breakage.js';
import { converge } from '../kernel/converge.js';
import { exitCode, MeshproofError } from '../kernel/errors.js';
import { sampleDeployments } from '../mesh/sample-workloads.js';
import { caCertificates, workloadCertificate } from '../probe/workload-certificates.js';
import type { FindingId } from '../record/finding-ids.gen.js';
import type { ClusterHandle } from '../provider/cluster-handle.js';
import { eastWestGateway, sampleNamespace } from '../topology/mesh-names.js';
import { servedBy } from '../topology/mesh-layout.js';
import type { ClusterPlan, Plan } from '../topology/plan-types.js';
import { istiodOf, reach } from './mesh-parts.js';
import type { ActContext } from './scenario.js';

/** Milliseconds for the proxies of old pods to be gone: a gateway drains for 30 s before it is killed. */
const renewedLimit = 120_000;

/** What names a workload that was forgotten. */
const oldRoot = 'F-PROXY-TRUSTS-OLD-ROOT' satisfies FindingId;

/** A Deployment of the sample namespace. */
export interface Workload {
  cluster: string;
  deployment: string;
}

/**
 * Gives the clusters that a primary serves other files of their authority, and replaces whatever holds a certificate there, the
 * load's pods as well, without a gap. Ends when each workload's proxy has a certificate by the new files, and trusts their roots alone;
 * `forgotten` is left as it is.
 */
export async function replaceAuthorityUnderLoad(
  context: ActContext,
  breakage: Breakage,
  plan: Plan,
  primary: string,
  filesOf: (cluster: ClusterHandle) => Promise<Record<string, string>>,
  forgotten: Workload | undefined,
): Promise<void> {
  const served = servedBy(plan.clusters, primary);
  const handles = served.map(({ name }) => reach(context, name));
  const istiod = istiodOf(plan, primary);
  const restartAll = async (but?: Workload): Promise<void> => {
    await restart(reach(context, primary), istiod.namespace, `deployment/${istiod.deployment}`);
    for (const handle of handles)
      await restartHolders(handle, await rootsToSign(handle), forgottenIn(but, handle.name));
  };
  // the forgotten workload too: it may have been found and restarted by then
  breakage.afterwards(`${primary}: its pods hold certificates of another authority`, () => restartAll());
  for (const handle of handles) await replaceCaCerts(handle, breakage, await filesOf(handle));
  context.mark(`the Secret cacerts of ${served.map(({ name }) => name).join(', ')} is another`);
  await restartAll(forgotten);
  context.mark(`the istiod of ${primary}, gateways and workloads have restarted`);
  for (const { name, dataPlane } of served) await context.load.follow(name, dataPlane);
  for (const cluster of served) await areRenewed(context, primary, cluster, forgottenIn(forgotten, cluster.name));
}

function forgottenIn(forgotten: Workload | undefined, cluster: string): string[] {
  return forgotten?.cluster === cluster ? [forgotten.deployment] : [];
}

/**
 * Looks at the mesh as `meshproof checks` does, and replaces the workload that was forgotten. Throws (exit 1) where no check names it.
 */
export async function findForgotten(context: ActContext, plan: Plan, { cluster, deployment }: Workload): Promise<void> {
  const { causes, follows } = diagnose(await lookAtMesh(context.mesh));
  const object = `deployment/${sampleNamespace}/${deployment}`;
  const found = [...causes, ...follows];
  const named = found.find((finding) => finding.check === oldRoot && finding.object === object);
  if (!named) {
    const others = [...new Set(found.map(({ check }) => check))].join(', ') || 'nothing';
    throw new MeshproofError(
      `no check names ${deployment} of ${cluster}, which trusts the old root alone`,
      exitCode.failed,
      { where: cluster, expected: `${oldRoot} of ${object}; found was: ${others}` },
    );
  }
  context.mark(named.says);
  await restart(reach(context, cluster), sampleNamespace, `deployment/${deployment}`);
  const own = plan.clusters.find(({ name }) => name === cluster)!;
  await areRenewed(context, own.primary ?? own.name, own);
}

async function areRenewed(
  context: ActContext,
  primary: string,
  cluster: ClusterPlan,
  except: readonly string[] = [],
): Promise<void> {
  const handle = reach(context, cluster.name);
  const { istio } = reach(context, primary);
  const { signer } = await caCertificates(reach(context, primary), istio.namespace, context.signal);
  const { published } = await caCertificates(handle, handle.istio.namespace, context.signal);
  const roots = [...new Set(published.map(({ fingerprint }) => fingerprint))].sort();
  const workloads = [
    ...sampleDeployments(cluster)
      .filter((name) => !except.includes(name))
      .map((name) => ({ namespace: sampleNamespace, name })),
    ...(handle.eastWestAddress ? [{ namespace: handle.istio.namespace, name: eastWestGateway }] : []),
  ];
  for (const { namespace, name } of workloads) {
    await converge(
      (signal) => workloadCertificate(handle, { namespace, workload: `deploy/${name}`, signal }),
      (held) => {
        const trusted = [...new Set(held.roots)].sort();
        const wrong = [
          ...(held.signer === signer?.fingerprint ? [] : [`a certificate by ${held.signer}`]),
          ...(trusted.join() === roots.join() ? [] : [`trust in ${trusted.join(', ')}`]),
          ...(held.broken === undefined ? [] : [held.broken]),
        ];
        if (wrong.length === 0) return { ok: true };
        const expected = `${cluster.name}: ${namespace}/${name} has a certificate by ${signer?.fingerprint}, and trusts ${roots.join(', ')}`;
        return { ok: false, expected, got: wrong.join(', ') };
      },
      { timeout: renewedLimit, interval: 1_000, signal: context.signal },
    );
  }
  const but = except.length > 0 ? ` but ${except.join(', ')}` : '';
  context.mark(`every workload of ${cluster.name}${but} has its new certificate`);
}
