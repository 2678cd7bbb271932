import { imagesOf } from '../supply/image-archive.js';
import { newRunId } from '../run/run-folders.js';
import type { Environment } from '../topology/environment-types.js';
import { documentedTopologies } from '../topology/documented-topologies.js';
import type { Plan } from '../topology/plan-types.js';
import { readTopologies } from '../topology/read-topologies.js';
import { openEnvironment } from './choose-environment.js';
import type { EnvironmentOptions } from './engine-options.js';
import { planFor } from './plan-topology.js';
import type { Agree, Progress } from './progress.js';

export interface Plans {
  environment: Environment;
  plans: Plan[];
  /** Every image of the plans, each once. */
  images: string[];
}

export async function plansOf(
  names: readonly string[],
  options: EnvironmentOptions,
  progress: Progress,
  agree: Agree,
): Promise<Plans> {
  const topologies = readTopologies(names.length > 0 ? names : documentedTopologies);
  const environment = await openEnvironment(options, topologies, progress, agree);
  const plans: Plan[] = [];
  for (const topology of topologies) plans.push(await planFor(topology, environment, newRunId()));
  return { environment, plans, images: imagesOf(plans) };
}
