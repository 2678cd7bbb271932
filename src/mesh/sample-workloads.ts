import type { ClusterPlan, Plan } from '../topology/plan-types.js';
import { ownerLabels } from '../run/object-labels.js';
import { injectionLabels } from '../topology/istio-names.js';
import { sampleNamespace } from '../topology/mesh-names.js';

/** The helloworld versions and sleep of one cluster, with their Service: every cluster has the Service, whatever it runs. */
export function sampleWorkloads(plan: Plan, cluster: ClusterPlan): object[] {
  return [
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: metadata(plan, 'helloworld', { app: 'helloworld', service: 'helloworld' }),
      spec: { ports: [{ port: 5000, name: 'http' }], selector: { app: 'helloworld' } },
    },
    ...cluster.helloworld.map((version) => helloworld(plan, version)),
    deployment(
      plan,
      'sleep',
      { app: 'sleep' },
      {
        name: 'sleep',
        image: plan.images.sleep,
        command: ['sleep', 'infinity'],
      },
    ),
  ];
}

/** Names of the Deployments that `sampleWorkloads` makes. */
export function sampleDeployments(cluster: ClusterPlan): string[] {
  return [...cluster.helloworld.map((version) => `helloworld-${version}`), 'sleep'];
}

export function sampleNamespaceObject(plan: Plan, cluster: ClusterPlan): object {
  const labels = { ...ownerLabels(plan), ...injectionLabels(cluster.dataPlane) };
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name: sampleNamespace, labels } };
}

function helloworld(plan: Plan, version: string): object {
  return deployment(
    plan,
    `helloworld-${version}`,
    { app: 'helloworld', version },
    {
      name: 'helloworld',
      // the published samples are v1 and v2; both answer with whatever SERVICE_VERSION says
      image: version === 'v2' ? plan.images['helloworld-v2'] : plan.images['helloworld-v1'],
      env: [{ name: 'SERVICE_VERSION', value: version }],
      ports: [{ containerPort: 5000 }],
    },
  );
}

function deployment(plan: Plan, name: string, labels: Record<string, string>, container: object): object {
  const requests = { cpu: plan.environment.cpuRequest };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: metadata(plan, name, labels),
    spec: {
      replicas: 1,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels: { ...labels, ...ownerLabels(plan) } },
        spec: {
          // both programs may be ended at once: nothing in them needs the default 30 s
          terminationGracePeriodSeconds: 1,
          containers: [{ imagePullPolicy: 'IfNotPresent', resources: { requests }, ...container }],
        },
      },
    },
  };
}

function metadata(plan: Plan, name: string, labels: Record<string, string>): object {
  return { name, namespace: sampleNamespace, labels: { ...labels, ...ownerLabels(plan) } };
}
