import type { MeshState } from '../../mesh/mesh-state.js';
import { withPlan } from '../../mesh/with-plan.js';
import type { Plan } from '../../topology/plan-types.js';
import type { ActContext } from '../scenario.js';

/** Does its work with the plan that it makes of the mesh's, and gives that plan to the mesh. */
export function changing(
  next: (plan: Plan) => Plan,
  work: (context: ActContext, plan: Plan) => Promise<void>,
): (context: ActContext) => Promise<MeshState> {
  return async (context) => {
    const plan = next(context.mesh.plan);
    await work(context, plan);
    return withPlan(context.mesh, plan);
  };
}
