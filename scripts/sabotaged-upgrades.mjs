// Upgrades the first cluster of a mesh in which something goes wrong on purpose, and demands that the report names the act and the
// cause. A series (docs/series/README.md): node scripts/sabotaged-upgrades.mjs [--only IDS] [--rate 2] [--summary FILE]
import './own-node.mjs';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { judge } from './sabotage/judge.mjs';
import { sabotages } from './sabotage/sabotages.mjs';
import { series, seriesArguments } from './series.mjs';

const project = fileURLToPath(new URL('..', import.meta.url));
const { values } = seriesArguments({
  only: { type: 'string' },
  rate: { type: 'string', default: '2' },
});
const only = values.only?.split(',');
const chosen = sabotages.filter(({ id }) => !only || only.includes(id));

const { Breakage, restart } = await import('../dist/src/fault/breakage.js');
const { replaceCaCerts } = await import('../dist/src/fault/change-trust.js');
const { Undo } = await import('../dist/src/kernel/undo.js');
const { docker } = await import('../dist/src/kernel/docker.js');
const { kubectl } = await import('../dist/src/kube/kubectl.js');
const { letTimePass } = await import('../dist/src/kernel/let-time-pass.js');
const { createIntermediate, createRoot } = await import('../dist/src/mesh/certificates.js');
const { readState } = await import('../dist/src/mesh/state-file.js');
const { addProgramsToPath } = await import('../dist/src/supply/lab/lab-home.js');
const { checkMachine } = await import('../dist/src/engine/ready-machine.js');
const { createProgress } = await import('../dist/src/cli/progress-display.js');
const { giveImages } = await import('../dist/src/engine/give-images.js');
const { planUpgradeOf } = await import('../dist/src/engine/plan-upgrade.js');
const { upgradeActs } = await import('../dist/src/scenario/upgrade/upgrade-acts.js');
const { playUnderLoad } = await import('../dist/src/scenario/play-under-load.js');
const { playActs } = await import('../dist/src/scenario/play-acts.js');
const { quickPhaseLengths } = await import('../dist/src/scenario/play-options.js');
const { readBudgets } = await import('../dist/src/scenario/read-budgets.js');
addProgramsToPath();
const progress = createProgress({});
/** The mesh as the last round has left it, and what an upgrade of it is. */
let mesh, upgrade, programs;

await series({
  name: 'sabotaged-upgrades',
  values,
  parameters: { sabotages: chosen.map(({ id }) => id), rate: values.rate },
  rounds: () => chosen.map(({ id, title }) => ({ what: `${id}: ${title}`, id })),
  async begin(folder) {
    process.env.MESHPROOF_STATE_DIR = join(folder, 'state');
    // a round that was killed has left a mesh that nobody knows the state of
    meshproof('gc', '--all');
    const { runId } = JSON.parse(
      meshproof('up', 'multi-network-multi-primary', '--istio', 'previous', '--yes', '--output', 'json'),
    );
    mesh = readState(runId);
    upgrade = await planUpgradeOf(mesh, { strategy: 'canary', to: 'newest' }, {});
    const coming = upgrade.clusters.flatMap(({ before, after }) => [before, after]);
    const plan = { ...mesh.plan, coming };
    programs = await checkMachine([plan], progress, { meshIsUp: true });
    await giveImages(plan, mesh.clusters, progress);
  },
  async play({ id }, { folder, n }) {
    const sabotage = chosen.find((one) => one.id === id);
    const undo = new Undo();
    const acts = actsOf(sabotage, new Breakage(undo));
    const common = { id, title: sabotage.title, programs, steps: progress, folder: join(folder, 'load', String(n)) };
    const budgets = readBudgets('scripts/upgrade-budgets.yaml', []);
    const phases = { ...quickPhaseLengths, recoveryLimit: 40_000 };
    const begun = [];
    const noted = acts.map((act) => ({ ...act, do: (context) => (begun.unshift(act), act.do(context)) }));
    const options = { ...common, mesh, acts: noted, budgets, phases, perSecond: Number(values.rate) };
    let played;
    try {
      played = await playUnderLoad(options);
    } finally {
      await undo.all();
      mesh = await takenBack(common, begun, played?.mesh ?? mesh);
    }
    return judge(sabotage, played.record);
  },
  end: () => void meshproof('gc', '--all'),
});
// connections to API servers and shells in pods are kept open
process.exit();

/** The acts up to the one that is the last to be played, with the sabotage in its own. */
function actsOf(sabotage, breakage) {
  const acts = upgradeActs(upgrade, mesh.plan);
  const { before: old, after: next } = upgrade.clusters[0];
  const tools = {
    old: old.revision,
    next: next.revision,
    restart,
    replaceCaCerts,
    newRoot,
    webhooksOf,
    docker,
    kubectl,
    // so long that what is lost by it is more than the budget
    lasts: letTimePass,
  };
  const broken = (act) => ({
    ...act,
    async do(context) {
      await sabotage.before?.(context, breakage, tools);
      const [changed] = await Promise.all([act.do(context), sabotage.during?.(context, breakage, tools)]);
      await sabotage.after?.({ ...context, mesh: changed ?? context.mesh }, breakage, tools);
      context.mark(`sabotage: ${sabotage.title}`);
      return changed;
    },
  });
  const last = acts.findIndex(({ id }) => id === sabotage.act);
  return acts.slice(0, last + 1).map((act) => ({ ...(act.id === sabotage.act ? broken(act) : act), holds: [] }));
}

/** The mesh with the old Istio again: acts that were begun, the last one first, are taken back. */
async function takenBack(common, begun, after) {
  const back = begun.map(({ id, title, cluster, undo }) => ({ id, title, cluster, do: undo }));
  const nothing = { namespace: '', follow: async () => {} };
  const played = await playActs({ ...common, mesh: after, acts: back }, nothing, () => {});
  const failed = played.acts.find(({ outcome }) => outcome === 'failed');
  if (failed) throw new Error(`${failed.id} could not be taken back: ${failed.problem}`);
  return played.mesh;
}

/** Files of an authority that nobody else knows. */
async function newRoot(cluster) {
  const { namespace } = cluster.istio;
  return createIntermediate(await createRoot('Root CA of nobody'), cluster.name, { namespace });
}

/** The injection webhooks of a revision. */
async function webhooksOf(cluster, revision) {
  const kind = 'mutatingwebhookconfigurations';
  const names = await kubectl(cluster, ['get', kind, '-l', `istio.io/rev=${revision}`, '-o', 'name']);
  return names.split('\n').filter(Boolean);
}

function meshproof(...args) {
  const { stdout, stderr, status } = spawnSync(join(project, 'meshproof'), args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`meshproof ${args.join(' ')}: ${stderr.slice(-2_000)}`);
  return stdout;
}
