import { behaviour, expect } from '../../fixtures/index.js';

/** Labels of a namespace, labels of a pod in it, and what Istio's rules make of the pod. The pod's word counts only where the namespace says nothing. */
const rules = [
  ['istio-injection=enabled', '', 'sidecar'],
  ['istio-injection=enabled', 'sidecar.istio.io/inject=false', 'no sidecar'],
  ['istio-injection=disabled', '', 'no sidecar'],
  ['istio-injection=disabled', 'sidecar.istio.io/inject=true', 'no sidecar'],
  ['istio.io/rev=default', '', 'sidecar'],
  ['istio.io/rev=default', 'sidecar.istio.io/inject=false', 'no sidecar'],
  ['istio.io/rev=no-such-revision', '', 'no sidecar'],
  ['', '', 'no sidecar'],
  ['', 'sidecar.istio.io/inject=true', 'sidecar'],
  ['', 'istio.io/rev=default', 'sidecar'],
  ['', 'istio.io/rev=no-such-revision', 'no sidecar'],
] as const;

/** Here not even the word of the pod counts. */
const systemNamespaces = ['kube-system', 'kube-public', 'kube-node-lease'];

/**
 * New pods are tried by a dry run, which goes through the real webhooks. All of them are one question, so that the pods
 * without a sidecar have those with one as their control. Then a namespace whose pods run already is labelled. The sample
 * namespace, which is labelled, has no pod without a sidecar.
 */
behaviour(
  'labels of namespace and pod decide on the sidecar, of new pods only, and never in system namespaces',
  async ({ mesh, ownNamespace, eachCluster, change }) => {
    const labelled = [...new Set(rules.map(([namespace]) => namespace))];
    const namespaces = Object.fromEntries(
      await Promise.all(
        labelled.map(async (labels) => [labels, await ownNamespace({ labels: parse(labels) })] as const),
      ),
    );
    const plain = namespaces['']!;
    await plain.deploy('helloworld');

    await eachCluster(async (cluster) => {
      await expect(cluster.podsWithoutSidecar(mesh.namespace)).toBecome([]);
      const pods = rules.map(([namespace, pod]) => [
        `namespace ${namespace || 'unlabelled'}, pod ${pod || 'unlabelled'}`,
        { namespace: namespaces[namespace]!.name, labels: parse(pod) },
      ]);
      const answers = rules.map(([, , answer], i) => `${pods[i]![0]}: ${answer}`);
      const system = systemNamespaces.map((namespace) => [
        namespace,
        { namespace, labels: parse('sidecar.istio.io/inject=true') },
      ]);

      await expect(cluster.newPods(Object.fromEntries([...pods, ...system]))).toBecome([
        ...answers,
        ...systemNamespaces.map((namespace) => `${namespace}: no sidecar`),
      ]);
    });

    await plain.label(parse('istio-injection=enabled'));
    await eachCluster(async (cluster) => {
      const newPod = { 'a new pod': { namespace: plain.name } };
      await expect(cluster.newPods(newPod)).toBecome(['a new pod: sidecar']);
      await expect(cluster.sidecars(plain.name)).toBecome(['no sidecar']);

      await change.restart(cluster, plain.name, 'helloworld');
      await expect(cluster.sidecars(plain.name)).toBecome(['sidecar']);
    });
  },
);

/** `a=b` as labels; nothing as none. */
function parse(label: string): Record<string, string> {
  const [key, value = ''] = label.split('=');
  return key ? { [key]: value } : {};
}
