#!/usr/bin/env node
// Upgrades meshes under load, and takes some of these upgrades back. A series (docs/series/README.md):
//   node scripts/upgrades.mjs [--only TEXT] [--quick] [--summary FILE]
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { $ } from 'zx';
import { series, seriesArguments } from './series.mjs';

$.cwd = fileURLToPath(new URL('..', import.meta.url));
$.nothrow = true;
$.quiet = true;
const multiPrimary = 'multi-network-multi-primary';
const primaryRemote = 'multi-network-primary-remote';

const { values } = seriesArguments({
  only: { type: 'string', default: '' },
  quick: { type: 'boolean', default: false },
  budgets: { type: 'string', default: 'scripts/upgrade-budgets.yaml' },
});

const whole = [multiPrimary, primaryRemote].flatMap((topology) =>
  ['canary', 'in-place'].map((strategy) => ({ topology, strategy, installer: 'istioctl' })),
);
/** Taken back after the first control plane, the first gateway and half of the namespaces, and from the end. */
const back = [
  { topology: multiPrimary, strategy: 'canary', installer: 'helm', until: 'end' },
  { topology: primaryRemote, strategy: 'canary', installer: 'istioctl', until: 'istiod/cluster1' },
  { topology: primaryRemote, strategy: 'canary', installer: 'istioctl', until: 'gateway/cluster1' },
  { topology: primaryRemote, strategy: 'canary', installer: 'istioctl', until: 'namespace/cluster1/sample' },
  { topology: primaryRemote, strategy: 'in-place', installer: 'helm', until: 'end' },
];

await series({
  name: 'upgrades',
  values,
  parameters: { only: values.only, quick: values.quick, budgets: values.budgets },
  rounds: () => [...whole, ...back].map(named).filter(({ what }) => what.includes(values.only)),
  async begin(folder) {
    process.env.MESHPROOF_STATE_DIR = join(folder, 'state');
    // a round that was killed has left a mesh that is kept
    await meshproof('gc', '--all');
  },
  async play(round, { folder, n }) {
    const { topology, strategy, installer, until } = round;
    const there = until === undefined || until === 'end' ? [] : ['--until', until];
    const watched = ['--budgets', values.budgets, ...(values.quick ? ['--quick'] : []), '--output', 'json'];
    const upgrade = ['upgrade', topology, '--strategy', strategy, '--installer', installer, ...there];
    const records = [];
    try {
      records.push(recordOf(await meshproof(...upgrade, ...watched, '--keep', '--yes')));
      if (until !== undefined)
        records.push(recordOf(await meshproof('upgrade', '--run', await runUp(), '--rollback', ...watched)));
    } finally {
      await meshproof('gc', '--all');
    }
    const figures = records.map(figuresOf);
    mkdirSync(join(folder, 'figures'), { recursive: true });
    writeFileSync(join(folder, 'figures', `${n + 1}.json`), `${JSON.stringify({ ...round, figures }, undefined, 2)}\n`);
    const counts = {};
    for (const { verdict } of figures) counts[verdict] = (counts[verdict] ?? 0) + 1;
    return { wrong: figures.flatMap(wrongIn), note: figures.map(({ line }) => line).join('; '), counts };
  },
});

function named(round) {
  const { topology, strategy, installer, until } = round;
  return { ...round, what: `${topology}, ${strategy} by ${installer}${until ? `, to ${until} and back` : ''}` };
}

/** Runs meshproof; how it ends is in its record. */
function meshproof(...args) {
  return $`./meshproof ${args}`;
}

/** The id of the one mesh that is up below the state folder of this series. */
async function runUp() {
  const up = JSON.parse((await meshproof('status', '--output', 'json')).stdout);
  if (up.length !== 1) throw new Error(`${up.length} meshes are up, expected one`);
  return up[0].runId;
}

function recordOf({ stdout, stderr }) {
  try {
    return JSON.parse(stdout).topologies[0];
  } catch {
    throw new Error(stderr.slice(-3_000));
  }
}

/** What a table of upgrades has of one: a verdict, the time of every act, and for each path what was lost, when and why. */
function figuresOf({ behaviours, changes: [change] }) {
  const { title, verdict, reasons, acts, paths, load } = change;
  const lost = paths.map(({ id, gapMs, resets, seenFromMs, samples, gaps }) => ({
    id,
    gapMs,
    resets,
    seenFromMs,
    samples,
    sure: gaps
      .filter(({ unsure }) => !unsure)
      .map(({ act, phase, lengthMs, kinds, causes }) => ({
        where: act ?? phase,
        lengthMs,
        kinds,
        cause: causes[0]?.says,
      })),
    unsure: gaps.filter(({ unsure }) => unsure).length,
  }));
  const longest = Math.max(...paths.map(({ gapMs }) => gapMs));
  return {
    title,
    verdict,
    reasons,
    perSecond: load.perSecond,
    behaviours: behaviours.map(({ id, verdict: held }) => `${id} ${held}`),
    acts: acts.map(({ id, outcome, start, end, problem }) => ({ id, outcome, seconds: (end - start) / 1000, problem })),
    lost,
    line: `${title}: ${verdict}, longest gap ${longest / 1000} s`,
  };
}

/** A state that did not hold, an act that failed, a mesh that is broken, or a gap that nothing explains. */
function wrongIn({ verdict, reasons, behaviours, acts, lost }) {
  return [
    ...behaviours.filter((text) => / (failed|undetermined)$/.test(text)),
    ...acts.filter(({ outcome }) => outcome === 'failed').map(({ id, problem }) => `${id}: ${problem}`),
    ...(verdict === 'broken' ? reasons : []),
    ...lost.flatMap(({ id, sure }) =>
      sure.filter(({ cause }) => !cause).map(({ where }) => `${id}: no cause for a gap in ${where}`),
    ),
  ];
}
