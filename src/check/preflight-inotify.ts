import { readFile } from 'node:fs/promises';
import { behavioursAtOnce } from '../kernel/parallelism.js';
import type { Plan } from '../topology/plan-types.js';
import { run } from '../kernel/run-program.js';
import { runLabel } from '../kernel/docker.js';
import type { Reach } from '../provider/kind/docker-reach.js';
import type { Requirement } from '../kernel/requirement.js';

/**
 * What one node takes of root's share, measured on nodes with a whole mesh. A control-plane node takes 27 instances and
 * 402 watches: kubelet 7, controller-manager 7, API server 6, systemd 4, containerd 2, kube-proxy 1. A worker takes
 * about half of the instances.
 */
const perNode = { controlPlane: { instances: 30, watches: 500 }, worker: { instances: 16, watches: 500 } };

/** The user of Istio's proxies, whose share all nodes of the machine have in common: one without an instance never starts. */
const proxyUser = 1337;

/**
 * Instances for the proxies of one cluster: 3 each (pilot-agent 2, Envoy 1). A run of all behaviours, one at a time, had 12
 * proxies in a cluster at most: 5 of the mesh and its sample, the others of the namespaces that behaviours are lent.
 */
const proxyInstances = (atOnce: number): number => 3 * (5 + 8 * atOnce);

/** Of root, since that is whom the processes of a node run as, and of the proxies' user. */
export interface InotifyUse {
  instances: number;
  watches: number;
  /** Instances of the proxies' user. */
  proxies: number;
  /** A new instance could really be opened. */
  works: boolean;
}

/**
 * Counts what root has open and tries to open one more: the count alone cannot tell a process that is hidden from us. The
 * attempt is tail's, which says so when it must fall back to polling (on tmpfs; on overlayfs it never tries). Prints
 * `<instances> <watches> <instances of the proxies> <yes|no>`.
 */
const countScript = `
set -- $(find /proc/[0-9]*/fd -uid 0 -lname anon_inode:inotify 2>/dev/null | sed 's,/fd/,/fdinfo/,')
watches=0
[ $# -gt 0 ] && watches=$(cat "$@" 2>/dev/null | grep -c '^inotify')
works=yes
file=/dev/shm/meshproof-$$
: >$file
LC_ALL=C timeout 0.1 tail -f $file 2>&1 >/dev/null | grep -q 'inotify' && works=no
rm -f $file
proxies=$(find /proc/[0-9]*/fd -uid ${proxyUser} -lname anon_inode:inotify 2>/dev/null | wc -l)
echo $# $watches \${proxies:-0} $works
`;

/** Are enough inotify instances and watches left for every node of the plan? A node without them fails to start minutes later. */
export async function inotifyRequirements(docker: string, plan: Plan, reach: Reach): Promise<Requirement[]> {
  const [instances, watches] = await Promise.all(
    ['max_user_instances', 'max_user_watches'].map((name) =>
      readFile(`/proc/sys/fs/inotify/${name}`, 'utf8').then(Number, () => undefined),
    ),
  );
  // the kernel of a Docker elsewhere has limits of its own
  const sameKernel = reach === 'native' || reach === 'joins';
  if (!sameKernel || instances === undefined || watches === undefined) return [];
  return judgeInotify(plan, { instances, watches }, await inotifyUse(docker, plan, reach), behavioursAtOnce());
}

/** Pure part of `inotifyRequirements`; `use` undefined: it could not be counted; `atOnce`: behaviours side by side. */
export function judgeInotify(
  plan: Pick<Plan, 'clusters'>,
  limit: { instances: number; watches: number },
  use: InotifyUse | undefined,
  atOnce: number,
): Requirement[] {
  const nodes = (['instances', 'watches'] as const).map((kind): Requirement => {
    const needed = plan.clusters.reduce(
      (sum, cluster) => sum + perNode.controlPlane[kind] + cluster.workers * perNode.worker[kind],
      0,
    );
    const used = use?.[kind];
    const full = kind === 'instances' && use?.works === false;
    const free = full ? 0 : limit[kind] - (used ?? 0);
    const raised = Math.max(kind === 'instances' ? 1024 : 524_288, 2 * ((used ?? 0) + needed));
    return {
      name: `inotify ${kind}`,
      ok: free >= needed,
      found: `${Math.max(free, 0)} of ${limit[kind]} left${full ? ' (a new one was refused)' : ''}${used === undefined ? ' at most' : ''}`,
      expected: `${needed} for the nodes of ${plan.clusters.length} clusters`,
      remedy: raiseTo(kind, raised),
      level: 'error',
    };
  });
  const proxies = proxyInstances(atOnce) * plan.clusters.length;
  const left = Math.max(0, limit.instances - (use?.proxies ?? 0));
  return [
    ...nodes,
    {
      name: 'inotify instances of proxies',
      ok: left >= proxies,
      found: `${left} of ${limit.instances} left${use === undefined ? ' at most' : ''} for user ${proxyUser}`,
      expected: `${proxies} for the proxies of ${plan.clusters.length} clusters`,
      remedy: raiseTo('instances', Math.max(1024, 2 * ((use?.proxies ?? 0) + proxies))),
      level: 'warning',
    },
  ];
}

function raiseTo(kind: 'instances' | 'watches', count: number): string {
  return `sudo sysctl fs.inotify.max_user_${kind}=${count}`;
}

/**
 * The current use of inotify. Root counts it directly. Other users, and processes in a container, cannot see root's
 * processes. For them a short-lived container of the node image counts. Undefined if that fails, for example because
 * the image is missing.
 */
async function inotifyUse(docker: string, plan: Plan, reach: Reach): Promise<InotifyUse | undefined> {
  const isRoot = process.getuid?.() === 0 && reach === 'native';
  const container = ['run', '--rm', '--pull', 'never', '--privileged', '--pid', 'host', '--network', 'none'];
  const label = ['--label', `${runLabel}=${plan.runId}`, '--user', '0', '--entrypoint', 'sh'];
  const [program, args] = isRoot
    ? ['sh', ['-c', countScript]]
    : [docker, [...container, ...label, plan.images['kind-node'], '-c', countScript]];
  try {
    const [instances, watches, proxies, works] = (await run(program, args, { timeout: 10 })).trim().split(' ');
    return {
      instances: Number(instances),
      watches: Number(watches),
      proxies: Number(proxies),
      works: works === 'yes',
    };
  } catch {
    return undefined;
  }
}
