import { z } from 'zod';
import type { Behaviour, RunRecord, TopologyRecord } from './result.js';

/** Of a part of a profile: whether what applies to the topology holds. */
const outcomes = ['success', 'failure', 'undetermined', 'not tried'] as const;

const count = z.number().int().nonnegative();
const ids = z.array(z.string());
const left = z.array(z.object({ behaviour: z.string(), reason: z.string() }));

const partSchema = z.object({
  result: z
    .enum(outcomes)
    .describe(
      'success: all that was tried holds, and something was; failure: one does not; undetermined: one could not be told',
    ),
  statistics: z.object({ passed: count, failed: count, undetermined: count, notApplicable: count, skipped: count }),
  failed: ids.optional(),
  undetermined: ids.optional(),
  skipped: left.optional().describe('asked to be left out, or not selected'),
});

const coreSchema = partSchema.describe('what every mesh of two clusters must do');

const extendedSchema = partSchema
  .extend({
    supportedFeatures: ids.optional().describe('features for which every behaviour that was tried holds'),
    unsupportedFeatures: ids.optional().describe('features for which a behaviour does not hold'),
    absentFeatures: ids.optional().describe('features that the topology does not have'),
  })
  .describe('what only meshes with a feature must do, such as multi-network');

/** `conformance.yaml`: what a mesh does, fit to be committed. Documented for readers in docs/reports.md. */
export const conformanceSchema = z.object({
  kind: z.literal('MeshConformanceReport'),
  schemaVersion: z.literal(1),
  date: z.iso.date(),
  meshproof: z.object({ version: z.string(), commit: z.string().optional() }),
  environment: z.object({ name: z.string(), kubernetes: z.string(), notes: z.array(z.string()).optional() }),
  topologies: z.array(
    z.object({
      name: z.string(),
      fileSha256: z.string().optional().describe('of the topology file'),
      features: z.record(z.string(), z.union([z.number(), z.boolean()])),
      istio: z.array(
        z.object({ cluster: z.string(), version: z.string(), revision: z.string(), installer: z.string() }),
      ),
      result: z.enum(outcomes),
      problem: z.string().optional().describe('why the mesh could not be built or tested'),
      profiles: z.array(
        z.object({ name: z.string(), core: coreSchema.optional(), extended: extendedSchema.optional() }),
      ),
    }),
  ),
});
export type Conformance = z.infer<typeof conformanceSchema>;
type Part = z.infer<typeof partSchema>;

/** What a record says about conformance; nothing that differs between two runs of the same mesh but the date. */
export function conformanceOf({ run, meshproof, environment, topologies }: RunRecord): Conformance {
  const { name, kubernetes, notes } = environment;
  return {
    kind: 'MeshConformanceReport',
    schemaVersion: 1,
    date: run.startedAt.slice(0, 10),
    meshproof,
    environment: { name, kubernetes, ...(notes.length > 0 && { notes }) },
    topologies: topologies.map(ofTopology),
  };
}

function ofTopology(topology: TopologyRecord): Conformance['topologies'][number] {
  const { name, fileSha256, features, controlPlanes = [], behaviours, problem } = topology;
  const areas = [...new Set(behaviours.map(({ area }) => area))].sort();
  return {
    name,
    ...(fileSha256 && { fileSha256 }),
    features,
    istio: controlPlanes
      .filter(({ servedBy }) => servedBy === undefined)
      .map(({ cluster, version, revision, installer }) => ({ cluster, version, revision, installer })),
    result: problem && partOf(behaviours).result !== 'failure' ? 'undetermined' : partOf(behaviours).result,
    ...(problem && { problem: problem.message.split('\n')[0] }),
    profiles: areas.map((area) => {
      const own = behaviours.filter((behaviour) => behaviour.area === area);
      const extended = own.filter((behaviour) => featuresOf(behaviour).length > 0);
      const core = own.filter((behaviour) => !extended.includes(behaviour));
      return {
        name: area,
        ...(core.length > 0 && { core: partOf(core) }),
        ...(extended.length > 0 && { extended: { ...partOf(extended), ...supportOf(extended) } }),
      };
    }),
  };
}

/** The features that make a behaviour an extended one. Two clusters, and that nothing forbids it, are asked of every mesh. */
function featuresOf({ requires = [] }: Behaviour): string[] {
  return requires.filter((word) => word !== 'clusters >= 2' && !word.startsWith('not '));
}

function partOf(behaviours: readonly Behaviour[]): Part {
  const of = (verdict: Behaviour['verdict']) => behaviours.filter((one) => one.verdict === verdict);
  const idsOf = (verdict: Behaviour['verdict']) => of(verdict).map(({ id }) => id);
  const statistics = {
    passed: of('passed').length,
    failed: of('failed').length,
    undetermined: of('undetermined').length,
    notApplicable: of('not-applicable').length,
    skipped: of('skipped').length,
  };
  const skipped = of('skipped').map(({ id, reason = '' }) => ({ behaviour: id, reason }));
  return {
    result: resultOf(statistics),
    statistics,
    ...(statistics.failed > 0 && { failed: idsOf('failed') }),
    ...(statistics.undetermined > 0 && { undetermined: idsOf('undetermined') }),
    ...(skipped.length > 0 && { skipped }),
  };
}

function resultOf({ passed, failed, undetermined }: Part['statistics']): Part['result'] {
  if (failed > 0) return 'failure';
  if (undetermined > 0) return 'undetermined';
  return passed > 0 ? 'success' : 'not tried';
}

/** The result of each feature that behaviours require; an untested feature is in no list. */
function supportOf(behaviours: readonly Behaviour[]): Omit<z.infer<typeof extendedSchema>, keyof Part> {
  const asked = [...new Set(behaviours.flatMap(featuresOf))].sort();
  const lists: Record<'supportedFeatures' | 'unsupportedFeatures' | 'absentFeatures', string[]> = {
    supportedFeatures: [],
    unsupportedFeatures: [],
    absentFeatures: [],
  };
  for (const feature of asked) {
    const verdicts = behaviours.filter((one) => featuresOf(one).includes(feature)).map(({ verdict }) => verdict);
    if (verdicts.includes('failed')) lists.unsupportedFeatures.push(feature);
    else if (verdicts.includes('undetermined')) continue;
    else if (verdicts.includes('passed')) lists.supportedFeatures.push(feature);
    else if (verdicts.every((verdict) => verdict === 'not-applicable')) lists.absentFeatures.push(feature);
  }
  return Object.fromEntries(Object.entries(lists).filter(([, list]) => list.length > 0));
}
