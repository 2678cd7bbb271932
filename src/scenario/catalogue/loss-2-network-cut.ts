import { converge } from '../../kernel/converge.js';
import { letTimePass } from '../../kernel/let-time-pass.js';
import type { Plan } from '../../topology/plan-types.js';
import type { Budgets } from '../budgets.js';
import { addRules, linkRules, linkState, type Fate } from '../cut-links.js';
import { anyCluster } from '../load/answer.js';
import { spreadWithOutlierDetection } from '../lose-cluster.js';
import { lostCluster, otherCluster, reach } from '../mesh-parts.js';
import { isRead } from '../mesh-waits.js';
import { lastAct } from '../scenario-acts.js';
import { defineScenario, type Act, type ActContext } from '../scenario.js';
import type { StandingChanges } from '../standing-changes.js';

/** How long each state lasts: six time limits of a call. */
const cutMs = 30_000;
/** What is kept from arriving: the connections that the first cluster opens, or everything between the two. */
const ways = ['one-way', 'both-ways'] as const;
type Way = (typeof ways)[number];

export default defineScenario({
  id: 'LOSS-2',
  title: 'the network between two clusters is cut, one way and both: packets are swallowed, then refused',
  requires: ['clusters >= 2'],
  ownClusters: 'it filters packets on the nodes',
  shared: { trafficPolicy: spreadWithOutlierDetection },
  acts: (plan, changes) => ways.flatMap((way) => actsOf(plan, changes, way)),
  budgets(plan) {
    const [from, to] = [otherCluster(plan).name, lostCluster(plan).name];
    return [...lostBetween(from, to, ways), ...lostBetween(to, from, ['both-ways']), nothing];
  },
});

const nothing: Budgets[number] = {
  gap: 0,
  resets: 0,
  reason: 'calls that do not cross the cut have nothing to do with it',
};

function actsOf(plan: Plan, changes: StandingChanges, way: Way): Act[] {
  const [from, to] = [otherCluster(plan).name, lostCluster(plan).name];
  const between = way === 'one-way' ? `that ${from} opens to ${to}` : `between ${from} and ${to}`;
  const name = `cut/${way}`;
  const cut = (fate: Fate): Act => ({
    id: `${fate}/${way}`,
    title: `packets of connections ${between} are ${fate}`,
    cluster: to,
    async do(context) {
      const [a, b] = [reach(context, from), reach(context, to)];
      // a rule that comes later stands before those that are there
      await addRules(changes.under(name), b, linkRules(a, b, fate, way === 'one-way'));
      if (way === 'both-ways') await addRules(changes.under(name), a, linkRules(b, a, fate, false));
      await linkIs(context, from, to, fate);
      if (way === 'both-ways') await linkIs(context, to, from, fate);
      await letTimePass(cutMs);
    },
    undo: () => changes.takeBack(name),
  });
  return [
    cut('swallowed'),
    cut('refused'),
    {
      id: `restored/${way}`,
      title: `connections ${between} arrive again`,
      cluster: to,
      async do(context) {
        await changes.takeBack(name);
        await linkIs(context, from, to, 'open');
        await linkIs(context, to, from, 'open');
        for (const cluster of [from, to]) await isRead(context, plan, cluster);
      },
    },
  ];
}

async function linkIs(context: ActContext, from: string, to: string, wanted: Fate | 'open'): Promise<void> {
  await converge(
    () => linkState(reach(context, from), reach(context, to)),
    (state) =>
      state === wanted ? { ok: true } : { ok: false, expected: `packets from ${from} to ${to}: ${wanted}`, got: state },
    { timeout: 60_000, interval: 500, signal: context.signal },
  );
  context.mark(`packets from ${from} to ${to}: ${wanted}`);
}

/** What callers in one cluster may lose of another, and of the service that both have servers of. */
function lostBetween(from: string, to: string, when: readonly Way[]): Budgets {
  const of = (...states: string[]): string[] => when.flatMap((way) => states.map((state) => `${state}/${way}`));
  return [
    {
      acts: of('swallowed', 'refused', 'restored'),
      from,
      to,
      gap: when.length * (2 * cutMs + 30_000),
      resets: 10_000,
      reason: 'no other cluster runs the servers behind the cut',
    },
    {
      acts: of('swallowed'),
      from,
      to: anyCluster,
      gap: when.length * 15_000,
      // 18 were measured with both ways cut
      resets: 20 * when.length,
      reason:
        'a connection in use hangs until its caller gives up after 5 s; a new one fails after 1 s, and two failures eject',
    },
    {
      acts: [...of('refused', 'restored'), lastAct],
      from,
      to: anyCluster,
      gap: when.length * 5_000,
      resets: 4 * when.length,
      reason:
        'endpoints that refuse connections are ejected after two failures, and tried again when the ejection ends',
    },
  ];
}
