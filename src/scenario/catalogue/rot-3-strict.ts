import { converge } from '../../kernel/converge.js';
import { proxyFacts, type ProxyFacts } from '../../probe/proxy-facts.js';
import { servedBy } from '../../topology/mesh-layout.js';
import { sampleNamespace } from '../../topology/mesh-names.js';
import type { Plan } from '../../topology/plan-types.js';
import { primariesOf, reach } from '../mesh-parts.js';
import { changing, takingBack } from '../scenario-acts.js';
import { defineScenario, type ActContext } from '../scenario.js';

/** Milliseconds for a policy to come to the proxies. */
const policyLimit = 60_000;
/** The listener that every call to a pod comes in by. */
const inbound = { listeners: '^virtualInbound$' };

export default defineScenario({
  id: 'ROT-3',
  title: 'the mesh goes from PERMISSIVE to STRICT, and back',
  requires: ['not strict-mtls'],
  acts(plan, changes) {
    const names = primariesOf(plan).map(({ name }) => name);
    const strict = names.map((cluster) =>
      changing(
        changes,
        { id: `strict/${cluster}`, title: `workloads that ${cluster} configures accept mutual TLS only`, cluster },
        async (breakage, context) => {
          const primary = reach(context, cluster);
          await breakage.create(primary, {
            apiVersion: 'security.istio.io/v1',
            kind: 'PeerAuthentication',
            metadata: { name: 'meshproof-strict', namespace: primary.istio.namespace },
            spec: { mtls: { mode: 'STRICT' } },
          });
          context.mark(`${cluster} has a PeerAuthentication with STRICT`);
          await takePlainText(context, plan, cluster, false);
        },
      ),
    );
    const permissive = names.map((cluster, i) =>
      takingBack(
        strict[i]!,
        { id: `permissive/${cluster}`, title: `workloads that ${cluster} configures take plain text again`, cluster },
        (context) => takePlainText(context, plan, cluster, true),
      ),
    );
    return [...strict, ...permissive];
  },
  budgets: () => [
    {
      lanes: ['tcp-stream', 'grpc-stream'],
      gap: 0,
      // two clients, to STRICT and back
      resets: 4,
      reason:
        'a listener that gets other filter chains ends the streams of the old ones; clients connect again at once',
    },
    {
      gap: 0,
      resets: 0,
      reason: 'sidecars and gateways of the load call its servers by mutual TLS: no server gets plain text',
    },
  ],
});

/** Whether a proxy has a way in for plain text; undefined where it has no way in yet. Exported for its test. */
export function takesPlainText({ listeners }: Pick<ProxyFacts, 'listeners'>): boolean | undefined {
  const chains = listeners[0]?.listener?.filter_chains;
  return chains?.some(({ filter_chain_match: match }) => match?.transport_protocol === 'raw_buffer');
}

/** Waits until the proxies that a primary configures take plain text, or refuse it, by the listener that they were told of. */
async function takePlainText(context: ActContext, plan: Plan, primary: string, taken: boolean): Promise<void> {
  for (const { name } of servedBy(plan.clusters, primary)) {
    await converge(
      (signal) =>
        proxyFacts(reach(context, name), { namespace: sampleNamespace, pod: 'deploy/sleep' }, inbound, signal),
      (facts) => {
        if (takesPlainText(facts) === taken) return { ok: true };
        const words = (takes: boolean): string =>
          `the proxy of sleep in ${name} ${takes ? 'takes' : 'refuses'} plain text`;
        return { ok: false, expected: words(taken), got: words(!taken) };
      },
      { timeout: policyLimit, interval: 500, signal: context.signal },
    );
    context.mark(`proxies of ${name} ${taken ? 'take plain text again' : 'refuse plain text'}`);
  }
}
