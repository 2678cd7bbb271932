import { exitCode, type ExitCode } from '../kernel/errors.js';
import { features } from '../topology/features.js';
import type { GlobalOptions } from './global-options.js';
import { print } from './print.js';
import { projectTopologies } from '../topology/read-topologies.js';

/** `meshproof list`: the project's topologies. */
export function listCommand(options: GlobalOptions): ExitCode {
  const topologies = projectTopologies().map((topology) => ({
    name: topology.name,
    description: topology.description.trim().split('\n')[0] ?? '',
    clusters: topology.clusters.length,
    features: features(topology),
  }));
  const width = Math.max(...topologies.map(({ name }) => name.length));
  const lines = topologies.map(
    ({ name, clusters, description }) =>
      `${name.padEnd(width)}  ${clusters} ${clusters === 1 ? 'cluster ' : 'clusters'}  ${description}`,
  );
  print(options, topologies, lines.join('\n'));
  return exitCode.passed;
}
