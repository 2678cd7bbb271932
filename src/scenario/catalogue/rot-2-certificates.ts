import { rootsToSign } from '../../fault/change-trust.js';
import { createIntermediate, createRoot, type Authority } from '../../mesh/certificates.js';
import type { ClusterHandle } from '../../provider/cluster-handle.js';
import { controlPlanesIn, servedBy } from '../../topology/mesh-layout.js';
import type { Budgets } from '../budgets.js';
import { primariesOf } from '../mesh-parts.js';
import { findForgotten, replaceAuthorityUnderLoad } from '../replace-authority.js';
import { changing } from '../scenario-acts.js';
import { defineScenario, type Act } from '../scenario.js';

/** The steps, each done in every primary before the next begins. */
const steps = ['both-roots', 'intermediate', 'new-root'] as const;
type Step = (typeof steps)[number];

const titles: Record<Step, (names: string) => string> = {
  'both-roots': (names) => `workloads of ${names} trust the old root and a new one`,
  intermediate: (names) => `workloads of ${names} get certificates by an intermediate of the new root`,
  'new-root': (names) => `workloads of ${names} trust the new root alone`,
};

export default defineScenario({
  id: 'ROT-2',
  title: 'intermediates are renewed, then the root, with both roots trusted meanwhile',
  notFor({ clusters, controlPlanes }) {
    const several = clusters.find(({ name }) => controlPlanesIn({ controlPlanes }, name).length > 1);
    return several && `${several.name} has several control planes, and only the workloads of one would be restarted`;
  },
  acts(plan, changes) {
    let made: Promise<Authority> | undefined;
    const root = (): Promise<Authority> => (made ??= createRoot('Root CA of a rotation'));
    const filesOf: Record<Step, (cluster: ClusterHandle) => Promise<Record<string, string>>> = {
      async 'both-roots'(cluster) {
        const old = await rootsToSign(cluster);
        return { 'root-cert.pem': `${old.trimEnd()}\n${(await root()).certificate.toString('pem')}\n` };
      },
      async intermediate(cluster) {
        const { namespace } = cluster.istio;
        const files = await createIntermediate(await root(), cluster.name, { namespace });
        return { ...files, 'root-cert.pem': await rootsToSign(cluster) };
      },
      async 'new-root'() {
        return { 'root-cert.pem': `${(await root()).certificate.toString('pem')}\n` };
      },
    };
    // nothing of the load, so that no call is lost by it
    const forgotten = { cluster: primariesOf(plan)[0]!.name, deployment: 'sleep' };
    const acts = steps.flatMap((step) =>
      primariesOf(plan).map(({ name }): Act => {
        const names = servedBy(plan.clusters, name).map((one) => one.name);
        const act = { id: idOf(step, name), title: titles[step](names.join(' and ')), cluster: name };
        return changing(changes, act, (breakage, context) =>
          replaceAuthorityUnderLoad(context, breakage, plan, name, filesOf[step], forgotten),
        );
      }),
    );
    const found: Act = {
      id: `forgotten/${forgotten.cluster}`,
      title: `${forgotten.deployment} of ${forgotten.cluster}, which was never restarted, is named by a check, and restarted`,
      cluster: forgotten.cluster,
      async do(context) {
        await findForgotten(context, plan, forgotten);
        // the mesh stays with the new root; before this, everything leads back to the old one
        for (const { id } of acts) changes.accept(id);
      },
    };
    return [...acts, found];
  },
  budgets(plan) {
    const perAct = steps.flatMap((step) => primariesOf(plan).map(({ name }) => lostInRestarts(idOf(step, name))));
    return [
      ...perAct.flat(),
      { gap: 0, resets: 0, reason: 'nothing restarts outside of the acts: nothing may be lost' },
    ];
  },
});

function idOf(step: Step, primary: string): string {
  return `${step}/${primary}`;
}

/** As in an upgrade: gateways are replaced, because a proxy gets other roots only when it starts. */
function lostInRestarts(act: string): Budgets {
  return [
    {
      acts: [act],
      lanes: ['tcp-stream', 'grpc-stream'],
      gap: 3_000,
      resets: 8,
      reason: 'a stream through a gateway, or to a server, that restarts ends with it, and its client connects again',
    },
    {
      acts: [act],
      lanes: ['new', 'new-no-retry', 'reused', 'ingress'],
      gap: 2_000,
      resets: 0,
      reason:
        'proxies reuse their connections to a gateway: a call on one that ends is answered with 503 (UC), which Istio does not retry',
    },
  ];
}
