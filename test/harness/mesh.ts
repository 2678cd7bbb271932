import { mkdirSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import type { FakeCluster } from './kubernetes.js';

/** The part of `plan --output json` that is looked at here. */
export interface Plan {
  runId: string;
  topology: string;
  topologyFile: string;
  provider: string;
  istio: { version: string; tag: string };
  clusters: ClusterPlan[];
  [field: string]: unknown;
}

interface ClusterPlan {
  name: string;
  network: string;
  role: string;
  primary?: string;
  region: string;
  zone: string;
  helloworld: string[];
  kindName: string;
}

/** A run that is up, as `meshproof up` leaves it, on clusters that are fake. */
export interface FakeMesh {
  runId: string;
  plan: Plan;
  /** Folder of the run below the state folder. */
  folder: string;
  clusters: FakeCluster[];
  /** Changes the state file. */
  write(changes: Record<string, unknown>): void;
}

/** Writes the state, kubeconfigs and lease of a run. */
export function writeMesh(stateFolder: string, plan: Plan, clusters: FakeCluster[]): FakeMesh {
  const folder = path.join(stateFolder, 'runs', plan.runId);
  mkdirSync(path.join(folder, 'kubeconfigs'), { recursive: true, mode: 0o700 });
  const handles = plan.clusters.map((cluster, i) => {
    const { name, network, role, primary, region, zone, helloworld } = cluster;
    const fake = clusters[i]!;
    const kubeconfig = path.join(folder, 'kubeconfigs', `${name}.yaml`);
    writeFileSync(kubeconfig, JSON.stringify(fake.kubeconfig(), null, 2), { mode: 0o600 });
    const nodes = [{ name: `${cluster.kindName}-control-plane`, address: `10.255.0.${i + 1}` }];
    const eastWestAddress = `10.255.1.${i + 1}`;
    return {
      name,
      kubeconfig,
      network,
      role,
      primary,
      region,
      zone,
      helloworld,
      apiServer: fake.url,
      nodes,
      eastWestAddress,
    };
  });
  let state: Record<string, unknown> = {
    version: 1,
    runId: plan.runId,
    phase: 'up',
    createdAt: new Date().toISOString(),
    plan,
    clusters: handles,
    timings: [],
  };
  const write = (changes: Record<string, unknown>): void => {
    state = { ...state, ...changes };
    writeFileSync(path.join(folder, 'state.json'), JSON.stringify(state, null, 2), { mode: 0o600 });
  };
  write({});
  // of a process that has ended, which kept the run
  const lease = { pid: 999_999_999, processStart: '0', host: hostname(), command: 'up', kept: true };
  writeFileSync(path.join(folder, 'lease.json'), JSON.stringify(lease), { mode: 0o600 });
  return { runId: plan.runId, plan, folder, clusters, write };
}

/** A pod and its deployment, ready, as the questions of behaviours look at them. */
export function putWorkload(
  cluster: FakeCluster,
  namespace: string,
  name: string,
  labels: Record<string, string> = {},
): void {
  const own = { app: name, ...labels };
  cluster.put('/api/v1/namespaces', { metadata: { name: namespace } });
  cluster.put(`/apis/apps/v1/namespaces/${namespace}/deployments`, {
    metadata: { name, labels: own },
    spec: { replicas: 1, selector: { matchLabels: own }, template: { metadata: { labels: own } } },
    status: { replicas: 1, readyReplicas: 1, availableReplicas: 1, updatedReplicas: 1 },
  });
  cluster.put(`/api/v1/namespaces/${namespace}/pods`, {
    metadata: { name: `${name}-0`, labels: own },
    spec: { containers: [{ name }] },
    status: {
      phase: 'Running',
      conditions: [{ type: 'Ready', status: 'True' }],
      containerStatuses: [{ name, ready: true, restartCount: 0, state: { running: {} } }],
    },
  });
}
