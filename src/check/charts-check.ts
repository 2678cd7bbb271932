import { MeshproofError } from '../kernel/errors.js';
import type { Check } from '../kernel/preflight-check.js';
import { provideCharts } from '../supply/charts.js';
import type { ChartSource, Plan } from '../topology/plan-types.js';

/** Are the charts there that plans need? Looked for before clusters are made; archives are downloaded. */
export async function chartChecks(plans: readonly Plan[]): Promise<Check[]> {
  const sources = new Map<string, ChartSource>();
  for (const { needs } of plans.flatMap(({ controlPlanes }) => controlPlanes))
    if (needs.charts) sources.set(`${needs.charts.from} ${needs.charts.version}`, needs.charts);
  return Promise.all([...sources.values()].map(chartCheck));
}

async function chartCheck(source: ChartSource): Promise<Check> {
  const base = { name: `charts of Istio ${source.version}`, expected: source.from, level: 'error' as const };
  try {
    await provideCharts(source);
    return { ...base, ok: true, found: 'there', remedy: '' };
  } catch (error) {
    if (!(error instanceof MeshproofError)) throw error;
    const { message, remedy = '', code } = error;
    return { ...base, ok: false, found: message, remedy, code };
  }
}
