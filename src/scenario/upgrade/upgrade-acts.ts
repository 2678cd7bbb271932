import { listOf } from '../../supply/choose-versions.js';
import { needsEastWestGateway } from '../../topology/mesh-layout.js';
import { sampleNamespace } from '../../topology/mesh-names.js';
import type { Plan } from '../../topology/plan-types.js';
import type { Act } from '../scenario.js';
import { canaryActs } from './canary-acts.js';
import { inPlaceActs } from './in-place-acts.js';
import { precheck } from './precheck.js';
import { upgradeProfile } from './upgrade-profile.js';
import type { Upgrade } from './upgrade.js';

/** Namespaces whose workloads are moved, in their order. */
const namespaces = [sampleNamespace] as const;

/**
 * The acts of an upgrade, in their order. They depend on the clusters of a plan and not on how far the upgrade has come: another
 * process makes the same ones. Each can be done again, and what each does can be taken back.
 */
export function upgradeActs(upgrade: Upgrade, plan: Pick<Plan, 'clusters'>): Act[] {
  const acts = upgrade.strategy === 'canary' ? canaryActs : inPlaceActs;
  const { from, to, clusters } = upgrade;
  const names = listOf(clusters.filter(({ before }) => !before.servedBy).map(({ cluster }) => cluster));
  const gateways = plan.clusters.filter((one) => needsEastWestGateway(plan as Plan, one)).map(({ name }) => name);
  const first: Act = {
    id: 'precheck',
    title: `istioctl ${to} finds nothing in ${names} that keeps Istio ${from} from becoming ${to}`,
    do: (context) => precheck(context, upgrade),
    undo: async () => {},
    holds: [],
  };
  return [first, ...acts(upgrade, { namespaces, gateways })].map((act) => ({ holds: upgradeProfile, ...act }));
}
