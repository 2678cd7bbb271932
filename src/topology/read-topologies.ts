import path from 'node:path';
import { exitCode, MeshproofError, ProblemsError, type Problem } from '../kernel/errors.js';
import { readTopology } from './parse-topology.js';
import { topologyFiles } from '../kernel/packs.js';
import type { Topology } from './topology-types.js';

/** Every topology that has a bare name: meshproof's own and those of the user's project. */
export function projectTopologies(): Topology[] {
  return [...topologyFiles().values()].map((file) => readTopology(file));
}

/** Reads the topologies, all of them before anything is done. Throws (exit 2) with the problems of every file at once. */
export function readTopologies(names: readonly string[]): Topology[] {
  const problems: Problem[] = [];
  let count = 0;
  const topologies = names.flatMap((name) => {
    try {
      return [readTopology(name)];
    } catch (error) {
      if (!(error instanceof ProblemsError)) throw error;
      problems.push(...error.problems);
      count += error.count;
      return [];
    }
  });
  if (problems.length > 0) throw new ProblemsError(problems, count);
  // everything in a report is found by the topology's name
  const again = topologies.find(({ name }, i) => topologies.findIndex((other) => other.name === name) < i);
  if (!again) return topologies;
  const files = topologies.filter(({ name }) => name === again.name).map(({ file }) => path.relative('', file));
  throw new MeshproofError(`topology ${again.name} appears ${files.length} times`, exitCode.usage, {
    where: [...new Set(files)].join(', '),
    expected: "different names; a file's name is its topology's name",
    remedy: 'name it once, or rename a file; repeat the run to run a topology again',
  });
}
