import { plainCalls } from '../../probe/plain-calls.js';
import type { MeshView } from '../mesh-view.js';
import { delivers, firstBreak, lost, type Path } from './path-types.js';

/** What real calls say beside what the configuration says. */
export interface Traffic {
  calls: number;
  failed: number;
  statuses: Record<string, number>;
  /**
   * `agree`. `delivers but fails`: the problem is below the followed path, such as a firewall, the network or Envoy
   * itself. `drops but works`: meshproof misreads the configuration, which is a defect of meshproof. `cannot tell`.
   */
  verdict: 'agree' | 'delivers but fails' | 'drops but works' | 'cannot tell';
  says: string;
}

/** Calls that are made: a way that every tenth takes is missed once in eight times. */
const count = 20;

/** Calls the service from the caller's own container, and holds the answers against the path. It makes calls, and nothing else. */
export async function tryTraffic(mesh: MeshView, path: Path): Promise<Traffic> {
  const { caller, called } = path;
  const home = mesh.clusters.find(({ name }) => name === caller.cluster)!;
  const pods = await home.list('pods', caller.namespace);
  const containers = pods.find(({ metadata }) => metadata?.name === caller.pod)?.spec?.containers ?? [];
  const container = containers.find(({ name }) => name !== 'istio-proxy')?.name ?? '';
  const place = { namespace: caller.namespace, workload: caller.pod, container };
  const url = `http://${called.name}.${called.namespace}:${called.port}${called.path}`;
  return judgeTraffic(path, await plainCalls(home.handle, place, url, count));
}

/** Holds statuses against a path. Exported for its test. */
export function judgeTraffic(path: Path, answers: readonly number[]): Traffic {
  const statuses: Record<string, number> = {};
  for (const status of answers) statuses[status || 'no answer'] = (statuses[status || 'no answer'] ?? 0) + 1;
  // what the application answers has arrived; 403 and 503 may be those of a proxy
  const failed = answers.filter((status) => status === 0 || status === 403 || status >= 500).length;
  const all = { calls: answers.length, failed, statuses };
  const share = lost(path);
  const whole = path.traces.length > 0 && path.traces.every(delivers) && !firstBreak(path);
  if (whole && failed > 0)
    return {
      ...all,
      verdict: 'delivers but fails',
      says: `${failed} of ${answers.length} calls fail, although every hop should work: check below the mesh (firewall, MTU, CNI), and the application`,
    };
  if (share >= 1 && failed < answers.length)
    return {
      ...all,
      verdict: 'drops but works',
      says: `${answers.length - failed} of ${answers.length} calls arrive, although meshproof found no path: please report this error of meshproof`,
    };
  if (!whole && share === 0 && !firstBreak(path))
    return { ...all, verdict: 'cannot tell', says: `${failed} of ${answers.length} calls fail` };
  // a call to an endpoint that is broken is often tried again at another one
  const hidden = share > 0 && share < 1 && failed === 0 ? '; retries hide the broken part' : '';
  return { ...all, verdict: 'agree', says: `${failed} of ${answers.length} calls fail, as predicted${hidden}` };
}
