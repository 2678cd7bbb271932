import { checkDocker, preflight } from '../check/preflight.js';
import { MeshproofError } from '../kernel/errors.js';
import { findCharts } from '../supply/charts.js';
import { kubernetesSupport } from '../supply/compatibility.js';
import { findPrograms } from '../supply/programs-of-plans.js';
import { readTopologies } from '../topology/read-topologies.js';
import { documentedTopologies } from '../topology/documented-topologies.js';
import { newRunId } from '../run/run-folders.js';
import { chooseEnvironment, readChosen } from './choose-environment.js';
import type { DoctorRow } from './doctor-row.js';
import type { EnvironmentOptions } from './engine-options.js';
import { planFor } from './plan-topology.js';
import { usePrograms } from './programs-on-path.js';

/** Looks at this machine for a topology: environment, plan, programs, Docker, versions. Makes nothing but the plan. */
export async function doctorOfMachine(name: string | undefined, options: EnvironmentOptions): Promise<DoctorRow[]> {
  const where = 'machine';
  const rows: DoctorRow[] = [];
  const topologies = readTopologies([name ?? documentedTopologies[0]!]);
  const [topology] = topologies as [(typeof topologies)[number]];
  const chosen = await chooseEnvironment(options, topologies);
  rows.push({ where, what: 'environment', is: 'ok', says: `${chosen.name}: ${chosen.why}` });
  const environment = await readChosen(chosen.name, options);
  const plan = await planFor(topology, environment, newRunId());
  rows.push({
    where,
    what: 'plan',
    is: 'ok',
    says: `${plan.topology}: ${plan.clusters.length} clusters, ${plan.steps.length} steps`,
  });
  for (const version of new Set(plan.controlPlanes.map((one) => one.version))) {
    const { fits, says } = kubernetesSupport(version, environment.kubernetes);
    rows.push({
      ...{ where, what: 'versions', says },
      is: fits === undefined ? 'cannot tell' : fits ? 'ok' : 'warning',
      ...(fits === false && { remedy: 'choose another pair with --istio and --kubernetes' }),
    });
  }
  const [programs, charts] = await Promise.all([findPrograms([plan]), findCharts([plan])]);
  for (const program of programs)
    if (!('error' in program))
      rows.push({ where, what: program.name, is: 'ok', says: `${program.path}, ${program.version}` });
  const docker = programs.find((one) => one.name === 'docker');
  usePrograms(programs.filter((one) => !('error' in one)));
  const refused = (error: unknown): undefined => {
    if (!(error instanceof MeshproofError)) throw error;
    rows.push({ where, what: 'Docker', is: 'wrong', says: error.text(), remedy: error.remedy });
    return undefined;
  };
  const answer = docker && !('error' in docker) ? await checkDocker(plan, docker.path).catch(refused) : undefined;
  for (const { check, says, remedy, confidence } of await preflight([plan], { programs, charts }, answer))
    rows.push({ where, what: check, is: confidence === 'certain' ? 'wrong' : 'warning', says, remedy });
  return rows;
}
