import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ProblemsError, type Problem } from '../../kernel/errors.js';
import { asShown, environmentFile, isPath, packageVersion, projectFolder } from '../../kernel/project-files.js';
import { sha256Of } from '../../kernel/sha256.js';
import { canonical } from '../../record/comparison/configuration-file.js';
import type { PlannedCell } from '../../record/matrix/matrix-plan.js';
import type { Locate } from '../../topology/positions.js';
import { readTopologies } from '../../topology/read-topologies.js';
import { readYaml } from '../../topology/read-yaml.js';
import type { Topology } from '../../topology/topology-types.js';
import { matrixSchema, type MatrixFile } from './matrix-schema.js';

/** Cells with what is common to all. */
export interface PlannedMatrix {
  /** The stem of the file. */
  name: string;
  attempts: number;
  parallel: number;
  cells: PlannedCell[];
  topologies: Topology[];
}

/** What a plan depends on beside the file. */
export interface PlanContext {
  /** Of this program. */
  commit?: string;
  /** How long cells took in the night before, by id. */
  lastMs: ReadonlyMap<string, number>;
  /** Options that every cell is run with. */
  common: readonly string[];
}

/** The values of a cell as the file has them, paths made absolute. */
interface Values {
  topology: string;
  istio?: string;
  kubernetes?: string;
  installer?: string;
  environment?: string;
}
const axes = ['topology', 'istio', 'kubernetes', 'installer', 'environment'] as const;

/** As long as a cluster takes, as a guess where no night before says better. */
const clusterMs = 60_000;

/**
 * Reads a matrix and plans its cells. Throws (exit 2) with everything that is wrong with the file and its topologies.
 */
export function planCells(file: string, context: PlanContext): PlannedMatrix {
  const { commit, lastMs, common } = context;
  const { data, locate } = readYaml(file, matrixSchema);
  const folder = path.dirname(path.resolve(file));
  const all = valuesOf(data, folder);
  const names = [...new Set(all.map(({ topology }) => topology))];
  const topologies = readTopologies(names);
  const topologyOf = (word: string): Topology => topologies[names.indexOf(word)]!;
  const problems: Problem[] = [];
  const complain = (place: (string | number)[], message: string, allowed?: string): void => {
    problems.push({ file, ...locate(place), message, allowed });
  };
  const idOf = (values: Values): string => cellId({ ...values, topology: topologyOf(values.topology).name });
  const matches = (list: 'exclude' | 'allowFailure', values: Values): { reason: string } | undefined =>
    data[list]?.find((entry) => isAbout(entry, values, folder));
  for (const list of ['exclude', 'allowFailure'] as const)
    data[list]?.forEach((entry, i) => {
      if (!all.some((values) => isAbout(entry, values, folder))) complain([list, i], `${list}[${i}] matches no cell`);
    });
  const left = all.filter((values) => !matches('exclude', values));
  if (left.length === 0) complain(['exclude'], 'the matrix has no cells');
  const ids = left.map(idOf);
  const again = ids.find((id, i) => ids.indexOf(id) < i);
  if (again !== undefined)
    complain(['include'], `the cell ${again} exists twice`, 'each cell once, from the product or from include');
  if (problems.length > 0) throw new ProblemsError(problems);
  const run = runArgs(data, folder, locate, file);
  const cells = left.map((values, index): PlannedCell => {
    const topology = topologyOf(values.topology);
    const id = ids[index]!;
    const args = [
      isPath(values.topology) ? asShown(values.topology) : values.topology,
      ...common,
      ...axisArgs(values),
      ...run.args,
    ];
    return {
      id,
      index,
      axes: { ...values, topology: topology.name, environment: values.environment && stem(values.environment) },
      args,
      digest: sha256Of(
        canonical({
          topology: topology.sha256,
          values: { ...values, topology: topology.name, environment: hashOfEnvironment(values.environment) },
          run: run.inputs,
          common,
          meshproof: [packageVersion(), commit, buildStamp()],
        }),
      ).slice(0, 16),
      allowFailure: matches('allowFailure', values)?.reason,
      expectedMs: lastMs.get(id) ?? topology.clusters.length * clusterMs,
    };
  });
  return { name: stem(file), attempts: data.attempts ?? 2, parallel: data.parallel ?? 1, cells, topologies };
}

/** The product of all axes, and what is included besides. */
function valuesOf(data: MatrixFile, folder: string): Values[] {
  let product: Partial<Values>[] = [{}];
  for (const axis of axes) {
    const values = data[axis];
    if (values)
      product = product.flatMap((one) => values.map((value) => ({ ...one, [axis]: placed(axis, value, folder) })));
  }
  const included = (data.include ?? []).map((entry) =>
    Object.fromEntries(Object.entries(entry).map(([axis, value]) => [axis, placed(axis, value, folder)])),
  );
  return [...product, ...included] as Values[];
}

/** Topologies and environments may be files, which are relative to that of the matrix. */
function placed(axis: string, value: string, folder: string): string {
  return (axis === 'topology' || axis === 'environment') && isPath(value) ? path.resolve(folder, value) : value;
}

function isAbout(entry: Partial<Values>, values: Values, folder: string): boolean {
  return axes.every((axis) => entry[axis] === undefined || placed(axis, entry[axis], folder) === values[axis]);
}

/** `single_istio-1.31.0_helm`: what the cell is made of, fit for the name of a folder and of a job. */
function cellId({ topology, istio, kubernetes, installer, environment }: Values): string {
  const parts = [
    topology,
    istio && `istio-${istio}`,
    kubernetes && `kubernetes-${kubernetes}`,
    installer,
    environment && stem(environment),
  ];
  return parts
    .filter(Boolean)
    .join('_')
    .replace(/[^\w.-]+/g, '-');
}

/** `nightly` of `ci/nightly.yaml`. */
export function stem(file: string): string {
  return path.basename(file).replace(/\.ya?ml$/, '');
}

function axisArgs(values: Values): string[] {
  return (['istio', 'kubernetes', 'installer', 'environment'] as const).flatMap((axis) =>
    values[axis] === undefined
      ? []
      : [`--${axis}`, axis === 'environment' && isPath(values[axis]) ? asShown(values[axis]) : values[axis]],
  );
}

/** What `run:` says as arguments, and as what the digest is made of. */
function runArgs({ run = {} }: MatrixFile, folder: string, locate: Locate, file: string) {
  const { only, not, tagged, long, knownIssues, maxTime, recordConfiguration, blobs } = run;
  const issues = knownIssues === undefined ? undefined : path.resolve(folder, knownIssues);
  if (issues !== undefined && !existsSync(issues))
    throw new ProblemsError([
      { file, ...locate(['run', 'knownIssues']), message: 'the file does not exist', read: knownIssues },
    ]);
  const list = (option: string, given: readonly string[] | undefined) => (given ? [option, given.join(',')] : []);
  const args = [
    ...list('--only', only),
    ...list('--not', not),
    ...list('--tagged', tagged),
    ...(long ? ['--long'] : []),
    ...(issues === undefined ? [] : ['--known-issues', asShown(issues)]),
    ...(maxTime === undefined ? [] : ['--max-time', maxTime]),
    ...(recordConfiguration ? ['--record-configuration'] : []),
    ...(blobs ? ['--blobs'] : []),
  ];
  return { args, inputs: { ...run, knownIssues: issues && sha256Of(readFileSync(issues)) } };
}

/** Of a file its content; a bare name is one of meshproof's own, which the version stands for. */
function hashOfEnvironment(name: string | undefined): string | undefined {
  if (name === undefined || !isPath(name)) return name;
  const file = environmentFile(name);
  return existsSync(file) ? sha256Of(readFileSync(file)) : name;
}

/** Of a checkout, what was compiled: a change that is not committed is another program. */
function buildStamp(): string | undefined {
  const file = path.join(projectFolder, 'dist', '.stamp');
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}
