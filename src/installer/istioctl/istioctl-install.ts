import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import pRetry from 'p-retry';
import { parseAllDocuments, stringify } from 'yaml';
import { Refused } from '../../kube/api.js';
import { run } from '../../kernel/run-program.js';
import { kubectl, type Target } from '../../kube/kubectl.js';
import { applyPatiently, outlast } from '../../kube/outage.js';
import { manifestsFolder } from '../../run/run-folders.js';
import { secretsOfText } from '../../kernel/secrets/secret-words.js';
import { rememberSecrets } from '../../kernel/secrets/known-secrets.js';
import { currentSignal } from '../../kernel/cancellation.js';
import type { ClusterWatch } from '../../kube/cluster-watch.js';
import type { ClusterPlan, Plan } from '../../topology/types.js';
import { exitCode, MeshproofError } from '../../kernel/errors.js';
import type { CaCerts } from '../../mesh/certificates.js';
import { istioOperator } from './istio-operator.js';
import { istioNamespace, ownerLabels, sampleNamespace } from '../../mesh/layout.js';
import { sampleDeployments, sampleNamespaceObject, sampleWorkloads } from '../../mesh/sample-workloads.js';

/** YAML of several objects, in order. */
export function documents(objects: readonly object[]): string {
  return objects.map((object) => stringify(object)).join('---\n');
}

/** The namespace istio-system with the cluster's network, and the CA that istiod signs with. */
export async function prepareNamespace(
  target: Target,
  plan: Plan,
  cluster: ClusterPlan,
  caCerts: CaCerts,
): Promise<void> {
  const labels = { ...ownerLabels(plan), 'topology.istio.io/network': cluster.network };
  // a remote names the control planes that may write its webhooks and certificates
  const annotations = cluster.primary ? { 'topology.istio.io/controlPlaneClusters': cluster.primary } : undefined;
  await applyPatiently(
    target,
    documents([
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: istioNamespace, labels, annotations } },
      {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 'cacerts', namespace: istioNamespace, labels: ownerLabels(plan) },
        stringData: caCerts,
      },
    ]),
  );
}

/** Keeps what a cluster is given in the run's folder, for the report; returns the file. */
function keepManifest(plan: Plan, cluster: string, part: string, text: string): string {
  const folder = manifestsFolder(plan.runId);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = path.join(folder, `${cluster}-${part}.yaml`);
  writeFileSync(file, text);
  return file;
}

/**
 * `istioctl install` of the cluster's IstioOperator, which stays in the run's folder as evidence. Ends early, with the
 * pod's own reason, when a pod of the mesh cannot become ready.
 */
export async function installIstio(
  target: Target,
  plan: Plan,
  cluster: ClusterPlan,
  istioctl: string,
  watch: ClusterWatch,
  part: 'base' | 'gateway',
  primaryAddress?: string,
): Promise<void> {
  const operator = stringify(istioOperator(plan, cluster, part, primaryAddress));
  const file = keepManifest(plan, cluster.name, `istio-${part}`, operator);
  const stop = new AbortController();
  let installed = false;
  const args = ['--kubeconfig', target.kubeconfig, 'install', '-y', '-f', file, '--readiness-timeout', '180s'];
  const once = (): Promise<string> => run(istioctl, args, { cluster: cluster.name, timeout: 240, signal: stop.signal });
  const install = outlast(target, once).finally(() => (installed = true));
  const trouble = watch.until(istioNamespace, 'istioctl install', 240, () => (installed ? undefined : 'has not ended'));
  try {
    await Promise.all([install, trouble]);
  } finally {
    stop.abort();
    await install.catch(() => {});
  }
}

/** The objects of YAML documents with more labels. */
export function labelled(yaml: string, labels: Record<string, string>): string {
  const objects = parseAllDocuments(yaml)
    .map((document) => document.toJS() as { metadata: { labels?: Record<string, string> } } | null)
    .filter((object) => object !== null);
  return documents(
    objects.map((object) => ({
      ...object,
      metadata: { ...object.metadata, labels: { ...object.metadata.labels, ...labels } },
    })),
  );
}

/** Lets the primary read the cluster's API server: its credentials, made by istioctl, as a Secret in the primary. */
export async function connectRemote(
  from: Target & { apiServer: string },
  into: readonly Target[],
  plan: Plan,
  istioctl: string,
): Promise<void> {
  const args = [
    '--kubeconfig',
    from.kubeconfig,
    'create-remote-secret',
    '--name',
    from.name,
    '--server',
    from.apiServer,
  ];
  const secret = await outlast(from, () => run(istioctl, args, { cluster: from.name }));
  for (const [, token] of secret.matchAll(/token: (\S+)/g))
    rememberSecrets(secretsOfText(token!, `remote secret of ${from.name}`));
  const text = labelled(secret, ownerLabels(plan));
  await Promise.all(into.map((target) => applyPatiently(target, text)));
}

/** Exposes istiod or services by Istio configuration; istiod's validating webhook may need a moment after istiod is ready. */
export async function expose(
  target: Target,
  plan: Plan,
  what: 'istiod' | 'services',
  objects: readonly object[],
): Promise<void> {
  const text = documents(objects);
  keepManifest(plan, target.name, `expose-${what}`, text);
  await pRetry(() => applyPatiently(target, text), {
    retries: 20,
    factor: 1,
    minTimeout: 500,
    signal: currentSignal(),
    shouldRetry: ({ error }) => error instanceof Refused && /webhook|knows no/i.test(error.message),
  });
}

/**
 * Ends when istioctl has handed injection over from `istio-sidecar-injector`, which it switches off, to the webhook that
 * it makes last: a pod that is created between the two would get no sidecar.
 */
export async function injectionSettled(target: Target): Promise<void> {
  const webhook = ['get', 'mutatingwebhookconfiguration', 'istio-revision-tag-default'];
  await pRetry(() => kubectl(target, webhook), { retries: 240, factor: 1, minTimeout: 250, signal: currentSignal() });
}

/**
 * Ends when injection works, seen by a dry run of a pod that comes back with a sidecar: no pod is then created without
 * one, or refused by a webhook whose certificate has not arrived.
 */
export async function injectionWorks(target: Target, plan: Plan): Promise<void> {
  await applyPatiently(target, documents([sampleNamespaceObject(plan)]));
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'injection-check', namespace: sampleNamespace },
    spec: { containers: [{ name: 'check', image: plan.images.sleep }] },
  };
  await pRetry(
    async () => {
      const answer = await kubectl(target, ['create', '--dry-run=server', '-o', 'yaml', '-f', '-'], {
        input: stringify(pod),
      });
      if (!answer.includes('name: istio-proxy')) throw new Error('the dry run of a pod came back without a sidecar');
    },
    { retries: 120, factor: 1, minTimeout: 500, signal: currentSignal() },
  ).catch((cause: Error) => {
    throw new MeshproofError(`sidecar injection does not work: ${cause.message.split('\n')[0]}`, exitCode.environment, {
      where: `${target.name}/${sampleNamespace}`,
      expected: 'a pod of a namespace with istio-injection=enabled gets a sidecar',
      remedy: 'look at the webhook: kubectl get mutatingwebhookconfiguration istio-sidecar-injector -o yaml',
      cause,
    });
  });
}

/** Deploys helloworld and sleep, and waits until each is available and every pod has a sidecar. */
export async function deployWorkloads(
  target: Target,
  plan: Plan,
  cluster: ClusterPlan,
  watch: ClusterWatch,
): Promise<void> {
  const workloads = documents(sampleWorkloads(plan, cluster));
  keepManifest(plan, cluster.name, 'samples', workloads);
  await applyPatiently(target, workloads);
  await Promise.all(sampleDeployments(cluster).map((name) => watch.deployment(sampleNamespace, name, 120)));
  const bare = watch
    .pods(sampleNamespace)
    .filter(
      (pod) =>
        ![...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])].some((c) => c.name === 'istio-proxy'),
    );
  if (bare.length > 0) {
    throw new MeshproofError(
      `pods without a sidecar: ${bare.map((pod) => pod.metadata?.name).join(', ')}`,
      exitCode.environment,
      {
        where: `${cluster.name}/${sampleNamespace}`,
        remedy:
          'check that the namespace has the label istio-injection=enabled and that istiod serves the injection webhook',
      },
    );
  }
}
