// What can go wrong with an upgrade, and how its report must say so. Each is done in an act of a canary of cluster1.
// `before` and `after` the act, or `during` it, beside what it does. Each gets the context of the act and a `breakage`, which undoes
// what it changes. `act` is the id of the act that must be named, `says` what its cause, finding or problem must match.

/** The cluster that is upgraded, and the one that is not. */
const [own, other] = ['cluster1', 'cluster2'];
const sample = 'sample';

export const sabotages = [
  {
    id: 'old-revision-removed-early',
    title: 'the old istiod is removed before its workloads have moved',
    act: `istiod/${own}`,
    says: /F-ISTIOD-DOWN|F-WEBHOOK|F-REVISION-GONE|F-PROXY/,
    async after({ mesh }, breakage, { old }) {
      const cluster = clusterOf(mesh, own);
      await breakage.scale(cluster, cluster.istio.namespace, istiod(old), 0);
    },
  },
  {
    id: 'tag-to-nowhere',
    title: 'namespaces follow a tag that leads to no revision, and restart',
    act: `namespace/${own}/${sample}`,
    says: /F-REVISION-GONE|F-NOT-INJECTED|F-PARTLY-INJECTED/,
    async after({ mesh, load }, breakage, { kubectl, restart }) {
      const cluster = clusterOf(mesh, own);
      await breakage.edit(cluster, sample, `namespace/${sample}`, (object) => ({
        ...object,
        metadata: { ...object.metadata, labels: labelled(object.metadata.labels, 'nowhere') },
      }));
      // goes with its namespace
      await kubectl(cluster, ['label', 'namespace', load.namespace, '--overwrite', 'istio.io/rev=nowhere']);
      await restart(cluster, load.namespace, 'deployment/server');
    },
  },
  {
    id: 'gateway-without-drain',
    title: 'the pods of the east-west gateway are killed at once while it is replaced',
    act: `gateway/${own}`,
    says: /pod .*eastwestgateway.* (is gone|was terminating|began to terminate)/,
    async during({ mesh }, _, { kubectl }) {
      const cluster = clusterOf(mesh, own);
      const pods = ['-n', cluster.istio.namespace, 'delete', 'pod', '-l', 'istio=eastwestgateway'];
      await kubectl(cluster, [...pods, '--grace-period=0', '--force']);
    },
  },
  {
    id: 'gateway-object-of-the-old-revision',
    title: 'the Gateway object names the old revision, whose gateway pods are replaced',
    act: `gateway/${own}`,
    says: /F-GATEWAY-REVISION|F-GATEWAY-SELECTOR|F-SERVICES-NOT-EXPOSED/,
    async after({ mesh }, breakage, { lasts }) {
      const cluster = clusterOf(mesh, own);
      await breakage.edit(cluster, cluster.istio.namespace, 'gateways.networking.istio.io/cross-network-gateway', {
        metadata: { labels: { 'istio.io/rev': 'gone' } },
      });
      await lasts(30_000);
    },
  },
  {
    id: 'root-without-overlap',
    title: 'the new istiod signs by another root, which the other cluster does not trust',
    act: `namespace/${own}/${sample}`,
    says: /F-NO-COMMON-ROOT|F-PROXY-TRUSTS-OLD-ROOT/,
    async before({ mesh }, breakage, { newRoot, replaceCaCerts, restart, old, next }) {
      const cluster = clusterOf(mesh, own);
      const { namespace } = cluster.istio;
      const istiods = [old, next].map((revision) => `deployment/${istiod(revision)}`);
      breakage.afterwards(`${own}: certificates of another root are in use`, async () => {
        await restart(cluster, namespace, ...istiods);
        await restart(cluster, namespace, 'deployment/istio-eastwestgateway');
        await restart(cluster, sample, 'deployment/sleep', 'deployment/helloworld-v1');
      });
      await replaceCaCerts(cluster, breakage, await newRoot(cluster));
      await restart(cluster, namespace, ...istiods);
    },
  },
  {
    id: 'canary-without-multi-cluster-values',
    title: 'the new revision does not know the name of its cluster and network, and its workloads restart',
    act: `namespace/${own}/${sample}`,
    says: /F-PROXY-CLUSTER-DIFFERENT|F-PROXY-NETWORK-DIFFERENT|F-MESH-ID/,
    async before({ mesh }, breakage, { next, restart }) {
      const cluster = clusterOf(mesh, own);
      const { namespace } = cluster.istio;
      await breakage.edit(cluster, namespace, `configmap/istio-sidecar-injector-${next}`, (object) => {
        const values = JSON.parse(object.data.values);
        values.global = {
          ...values.global,
          network: '',
          multiCluster: { ...values.global.multiCluster, clusterName: '' },
        };
        return { ...object, data: { ...object.data, values: JSON.stringify(values) } };
      });
      breakage.afterwards(`${own}: its pods have no network`, () =>
        restart(cluster, sample, 'deployment/sleep', 'deployment/helloworld-v1'),
      );
      await restart(cluster, namespace, `deployment/${istiod(next)}`);
    },
  },
  {
    id: 'packets-dropped-for-300-ms',
    title: 'the port of the east-west gateway swallows packets for 300 ms',
    act: `gateway/${own}`,
    // it is caught, or the report says that as little is not surely seen
    belowMs: 300,
    says: /.*/,
    async after({ mesh }, _, { docker }) {
      for (const node of clusterOf(mesh, own).nodes) {
        const rule = 'FORWARD -p tcp --dport 15443 -j DROP';
        const script = `iptables -w -I ${rule}; sleep 0.3; iptables -w -D ${rule}`;
        await docker(['exec', node.name, 'sh', '-c', script]);
      }
    },
  },
  {
    id: 'injection-webhook-down',
    title: 'the injection webhook of the new revision leads to a Service that does not exist',
    act: `namespace/${own}/${sample}`,
    says: /webhook|F-WEBHOOK/i,
    async before({ mesh }, breakage, { webhooksOf, next }) {
      const cluster = clusterOf(mesh, own);
      for (const name of await webhooksOf(cluster, next))
        await breakage.edit(cluster, 'default', name, (object) => ({
          ...object,
          webhooks: object.webhooks.map((one) => ({
            ...one,
            clientConfig: { ...one.clientConfig, service: { ...one.clientConfig.service, name: 'gone' } },
          })),
        }));
    },
  },
  {
    id: 'rule-missing-in-one-primary',
    title: 'the rule that allows calls is not in the primary that is upgraded; the one that denies them is',
    act: `istiod/${own}`,
    says: /allow-load|AuthorizationPolicy|authorizationpolicies/i,
    // all of it goes with the namespace of the load
    async before({ mesh, load }, _, { kubectl }) {
      const policies = [
        policy(load.namespace, 'allow-load', { rules: [{}] }),
        policy(load.namespace, 'allow-nothing', {}),
      ];
      const input = policies.map((one) => JSON.stringify(one)).join('\n---\n');
      for (const name of [own, other]) await kubectl(clusterOf(mesh, name), ['create', '-f', '-'], { input });
    },
    async after({ mesh, load }, _, { kubectl, lasts }) {
      const rule = 'authorizationpolicies.security.istio.io/allow-load';
      await kubectl(clusterOf(mesh, own), ['-n', load.namespace, 'delete', rule]);
      await lasts(5_000);
    },
  },
];

function clusterOf({ clusters }, name) {
  return clusters.find((cluster) => cluster.name === name);
}

function istiod(revision) {
  return revision === 'default' ? 'istiod' : `istiod-${revision}`;
}

function labelled(labels, revision) {
  const { 'istio-injection': _, ...rest } = labels;
  return { ...rest, 'istio.io/rev': revision };
}

function policy(namespace, name, spec) {
  return { apiVersion: 'security.istio.io/v1', kind: 'AuthorizationPolicy', metadata: { name, namespace }, spec };
}
