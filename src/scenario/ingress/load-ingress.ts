import { currentSignal } from '../../kernel/cancellation.js';
import { converge, ConvergenceError } from '../../kernel/converge.js';
import { scaled } from '../../kernel/time-limits.js';
import { remove, Refused } from '../../kube/api.js';
import { dryRun } from '../../kube/apply.js';
import { workloadPath } from '../../kube/pods.js';
import { loadBalancerAddress } from '../../probe/service-shape.js';
import type { ClusterHandle } from '../../provider/cluster-handle.js';
import { lossOf } from '../gaps.js';
import type { LoadPlan } from '../load-plan.js';
import { allSeries } from '../load-series.js';
import type { SampleSeries } from '../sample-store.js';
import { gatewayPod, ingressLabel, ingressName } from './ingress-objects.js';
import { ingressAddress, type Ingress, type IngressState } from './ingress-state.js';
import { isOutside, outsideNames } from './outside-series.js';

/** Milliseconds for injection to make a pod a gateway: a webhook may not be ready at once. */
const injectionLimit = 15_000;
/** Milliseconds for a load balancer to give an address. */
const addressLimit = 60_000;
/** Milliseconds for that address to lead to the servers. The name of a cloud's load balancer is known late. */
const answerLimit = 120_000;

/** The load's gateways: which clusters have one, at what address, and why others have none. */
export class LoadIngress {
  private readonly states = new Map<string, IngressState>();

  constructor(
    private readonly namespace: string,
    private readonly note: (text: string) => void,
  ) {}

  /** What is known by now, by cluster. */
  get known(): Ingress {
    return Object.fromEntries(this.states);
  }

  /** A cluster whose gateway nobody has asked for. */
  leaveOut({ name }: ClusterHandle): void {
    this.states.set(name, { is: 'impossible', why: 'nobody has asked for it' });
  }

  /** Finds out whether a cluster's data plane makes a pod of the load's namespace a gateway. */
  async tryInjection(cluster: ClusterHandle): Promise<void> {
    const why = await whyNot(
      () => this.tried(cluster),
      (reason) => reason,
      injectionLimit,
    );
    // a refusal that is not about the template may be a right or a quota that is missing: the lane should have run
    const impossible = why !== undefined && (why === keptAuto || /template.*not found|unknown template/i.test(why));
    this.states.set(
      cluster.name,
      why === undefined ? { is: 'there' } : { is: impossible ? 'impossible' : 'silent', why },
    );
    if (why !== undefined) this.note(`${cluster.name} has no lane ingress: ${why}`);
  }

  private async tried(cluster: ClusterHandle): Promise<string | undefined> {
    const pod = gatewayPod({ [ingressLabel]: this.namespace });
    const metadata = { ...pod.metadata, name: 'ingress-check', namespace: this.namespace };
    try {
      return noGateway(await dryRun<TriedPod>(cluster, { apiVersion: 'v1', kind: 'Pod', ...pod, metadata }));
    } catch (error) {
      if (error instanceof Refused) return `a pod of a gateway is refused: ${error.message}`;
      throw error;
    }
  }

  /** Waits until the gateway of a cluster has an address. False where it has no gateway, or gets none: it is removed then. */
  async findAddress(cluster: ClusterHandle): Promise<boolean> {
    if (this.states.get(cluster.name)?.is !== 'there') return false;
    const service = { namespace: this.namespace, name: ingressName };
    let address: string | undefined;
    const why = await whyNot(
      async (signal) => (address = await loadBalancerAddress(cluster, service, signal)),
      (found) =>
        found === undefined
          ? `Service ${ingressName} got no address within ${scaled(addressLimit) / 1000} s; a load balancer must give one`
          : undefined,
      addressLimit,
    );
    if (why === undefined) this.states.set(cluster.name, { is: 'there', address });
    else await this.silence(cluster, why);
    return why === undefined;
  }

  /**
   * Waits until calls to each address are answered by the servers of every cluster. A gateway by which nothing was answered is
   * removed. Returns the clients that called it. `read` reads what all clients have written.
   */
  async answered(
    clusters: readonly ClusterHandle[],
    plan: LoadPlan,
    read: () => Promise<readonly SampleSeries[]>,
  ): Promise<string[]> {
    const called = clusters.filter(({ name }) => ingressAddress(this.known, name) !== undefined);
    let lacking: { cluster: ClusterHandle; all: boolean; says: string }[] = [];
    const why = await whyNot(
      async () => {
        const series = await read();
        lacking = called.flatMap((cluster) => {
          const found = unanswered(plan, cluster.name, series);
          return found ? [{ cluster, ...found }] : [];
        });
      },
      () => (lacking.length === 0 ? undefined : 'calls through gateways are not answered'),
      answerLimit,
    );
    // what some paths lose is for the baseline to tell
    const silent = why === undefined ? [] : lacking.filter(({ all }) => all);
    for (const { cluster, says } of silent) {
      const where = ingressAddress(this.known, cluster.name);
      const limit = scaled(answerLimit) / 1000;
      await this.silence(cluster, `nothing was answered at ${where} within ${limit} s; the last call: ${says}`);
    }
    return silent.flatMap(({ cluster }) => outsideNames.map((name) => `${cluster.name}/${name}`));
  }

  private async silence(cluster: ClusterHandle, why: string): Promise<void> {
    this.states.set(cluster.name, { is: 'silent', why });
    this.note(`${cluster.name}: the lane ingress does not run: ${why}`);
    const deployments = [ingressName, ...outsideNames.map((name) => `client-${name}`)];
    for (const name of deployments) await remove(cluster, workloadPath(this.namespace, `deployment/${name}`));
    await remove(cluster, `/api/v1/namespaces/${this.namespace}/services/${ingressName}`);
  }
}

/** Waits until there is nothing that is wrong; what is wrong still when the time is over. */
async function whyNot<T>(
  probe: (signal: AbortSignal) => Promise<T>,
  wrong: (value: T) => string | undefined,
  timeout: number,
): Promise<string | undefined> {
  const check = (value: T) => {
    const got = wrong(value);
    return got === undefined ? ({ ok: true } as const) : ({ ok: false, expected: 'the lane ingress', got } as const);
  };
  const options = { timeout, interval: 1_000, backoff: 1, signal: currentSignal() };
  return converge(probe, check, options).then(
    () => undefined,
    (error: unknown) => {
      if (error instanceof ConvergenceError) return error.outcome.got;
      throw error;
    },
  );
}

const keptAuto = 'injection makes no gateway of a pod: its container kept the image auto';

interface TriedPod {
  spec?: { containers: { name: string; image?: string }[] };
}

/** Why a pod is no gateway after injection; undefined where it is one. */
export function noGateway({ spec }: TriedPod): string | undefined {
  const image = spec?.containers.find(({ name }) => name === 'istio-proxy')?.image;
  return image === undefined || image === 'auto' ? keptAuto : undefined;
}

/**
 * What the calls through the gateway of a cluster lack. `all`: none was ever answered. Undefined where the servers of every cluster
 * have answered.
 */
export function unanswered(
  plan: LoadPlan,
  cluster: string,
  series: readonly SampleSeries[],
): { all: boolean; says: string } | undefined {
  const own = series.filter((one) => one.cluster === cluster && isOutside(one.client));
  const samplesOf = (index: number) => own.filter((one) => one.index === index).flatMap(({ samples }) => samples);
  const paths = allSeries(plan, cluster).flatMap(({ lane }, index) => (lane === 'ingress' ? [samplesOf(index)] : []));
  const works = paths.map((samples) => samples.some((sample) => sample.answer && lossOf(sample) === undefined));
  if (works.every(Boolean)) return undefined;
  const lost = paths.filter((_, i) => !works[i]).flatMap((samples) => samples.flatMap(({ answer }) => answer ?? []));
  const last = lost.at(-1);
  return { all: !works.some(Boolean), says: last ? (last.says ?? last.kind) : 'no call was made' };
}
