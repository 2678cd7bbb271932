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

const load = (file) => import(new URL(`../dist/src/${file}`, import.meta.url));
const [
  { Breakage, restart },
  { replaceCaCerts },
  { Undo },
  { docker },
  { kubectl },
  { letTimePass },
  { createIntermediate, createRoot },
  { readState },
  { addProgramsToPath },
  { checkMachine },
  { createProgress },
  { giveImages },
  { planUpgradeOf },
  { upgradeActs },
  { playUnderLoad },
  { playActs },
  { quickPhaseLengths },
  { readBudgets },
] = await Promise.all(
  [
    'fault/breakage.js',
    'fault/change-trust.js',
    'kernel/undo.js',
    'kernel/docker.js',
    'kube/kubectl.js',
    'kernel/let-time-pass.js',
    'mesh/certificates.js',
    'mesh/state-file.js',
    'supply/lab/lab-home.js',
    'engine/ready-machine.js',
    'cli/progress-display.js',
    'engine/give-images.js',
    'engine/plan-upgrade.js',
    'scenario/upgrade/upgrade-acts.js',
    'scenario/play-under-load.js',
    'scenario/play-acts.js',
    'scenario/play-options.js',
    'scenario/read-budgets.js',
  ].map(load),
);
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
    const { record, mesh: after } = await playUnderLoad({
      ...common,
      mesh,
      acts,
      budgets,
      phases,
      perSecond: Number(values.rate),
    }).finally(() => undo.all());
    mesh = await takenBack(common, acts, record, after);
    return judge(sabotage, record);
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

/** The mesh with the old Istio again: acts that were done, or begun, are taken back, the last one first. */
async function takenBack(common, acts, record, after) {
  const begun = acts.filter((_, i) => record.acts[i].outcome !== 'not-done');
  const back = begun.reverse().map(({ id, title, cluster, undo }) => ({ id, title, cluster, do: undo }));
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
