import { runGraph, type EndedStep } from '../kernel/run-graph.js';
import type { Steps } from '../kernel/steps.js';
import type { ClusterSource, LiveCluster } from '../provider/cluster-source.js';
import type { ClusterStepKind, MeshStepKind, Plan, PlanStep } from '../topology/plan-types.js';
import { meshHandlers, type BuildOptions, type StepResult } from './mesh-handlers.js';

/** What does a step of each kind. */
export type Handlers = Partial<Record<ClusterStepKind | MeshStepKind, (step: PlanStep) => Promise<StepResult | void>>>;

/**
 * Executes the graph of a plan: clusters first, then the mesh on them. Yields each step that ended, with what it brought; what
 * comes after it begins when the caller asks for the next. Throws when every step under way has ended.
 */
export async function* buildMesh(
  plan: Plan,
  source: ClusterSource,
  options: BuildOptions,
  steps: Steps,
): AsyncGenerator<EndedStep<PlanStep, StepResult>, void> {
  await source.makeRoom(plan);
  const live = new Map<string, LiveCluster>();
  const ofClusters = Object.entries(source.handlers(plan, live, steps)).map(([kind, work]) => {
    return [kind, async (step: PlanStep): Promise<StepResult> => ({ cluster: await work(step) })] as const;
  });
  const handlers: Handlers = { ...Object.fromEntries(ofClusters), ...meshHandlers(plan, live, options) };
  for await (const ended of executeSteps(plan.steps, handlers, steps)) {
    const { cluster } = ended.result;
    if (cluster) live.set(cluster.handle.name, cluster);
    yield ended;
  }
}

/** Runs a plan's graph by what does its kinds, each step under the name of its kind. */
export function executeSteps(
  graph: readonly PlanStep[],
  handlers: Handlers,
  steps: Steps,
): AsyncGenerator<EndedStep<PlanStep, StepResult>, void> {
  return runGraph(graph, (step) => {
    const { id, kind, cluster } = step;
    return steps.step(kind, { cluster, id }, async () => {
      const work = handlers[kind];
      if (!work) throw new Error(`no code runs the step ${id}`);
      return (await work(step)) ?? {};
    });
  });
}
