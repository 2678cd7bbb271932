#!/usr/bin/env node
// Breaks a real mesh in four ways and demands of each that meshproof notices: exit code 1, the behaviours and clusters
// that must fail and no others, the words of the failure, evidence that shows the cause; then, mended, green again.
//   node scripts/broken.mjs [--run <id of a mesh that is up>] [--only <word of a fault's name>]
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { $, argv, chalk, retry } from 'zx';
import { prepare } from './prepare.mjs';

await prepare();
const { createIntermediate, createRoot } = await import('../dist/mesh/certificates.js');

$.quiet = true;
const behaviours = ['LB-1', 'LB-2', 'LB-3', 'CP-1'];
const istioSystem = ['-n', 'istio-system'];

/** kubectl against one cluster of the mesh; `input` may be a Secret and is never shown. */
const kubectl = (cluster, args, input = '') =>
  $({ input, quiet: true })`kubectl --kubeconfig ${cluster.kubeconfig} ${args}`.text();

/** An object as it can be applied again; kept in memory alone. */
async function saved(cluster, ...names) {
  const object = JSON.parse(await kubectl(cluster, ['get', ...names, '-o', 'json']));
  for (const key of ['resourceVersion', 'uid', 'creationTimestamp', 'managedFields', 'generation']) {
    delete object.metadata[key];
  }
  delete object.status;
  return JSON.stringify(object);
}

const restore = (cluster, object) =>
  kubectl(cluster, ['apply', '--server-side', '--force-conflicts', '-f', '-'], object);

async function restart(cluster, namespace, ...deployments) {
  await kubectl(cluster, ['-n', namespace, 'rollout', 'restart', ...deployments]);
  for (const name of deployments) {
    await kubectl(cluster, ['-n', namespace, 'rollout', 'status', '--timeout=120s', name]);
  }
}

/** Waits until the root that pods of a namespace are given is the one of `cacerts`. */
async function rootPublished(cluster, namespace) {
  const root = 'jsonpath={.data.root-cert\\.pem}';
  const wanted = await kubectl(cluster, [...istioSystem, 'get', 'secret', 'cacerts', '-o', root]);
  await retry(120, '500ms', async () => {
    const given = await kubectl(cluster, ['-n', namespace, 'get', 'configmap', 'istio-ca-root-cert', '-o', root]);
    if (given.trim() !== Buffer.from(wanted, 'base64').toString().trim()) {
      throw new Error(`${cluster.name}/${namespace}: istio-ca-root-cert still holds another root after 120 looks`);
    }
  });
}

/** Everything that holds a certificate, in the order in which it gets one. */
async function restartMesh(cluster) {
  await restart(cluster, 'istio-system', 'deploy/istiod');
  // a pod that is made before istiod has published the new root trusts the old one until kubelet looks again, over a minute
  await Promise.all(['istio-system', 'sample'].map((namespace) => rootPublished(cluster, namespace)));
  await restart(cluster, 'istio-system', 'deploy/istio-eastwestgateway');
  const names = await kubectl(cluster, ['-n', 'sample', 'get', 'deploy', '-o', 'name']);
  await restart(cluster, 'sample', ...names.trim().split('\n'));
}

/** Waits until what a fault ends works no more: an assertion that comes first would still be right. */
const takeEffect = (works) =>
  retry(120, '500ms', async () => {
    if (await works()) throw new Error('the breakage had no effect after 120 looks');
  });

const faults = [
  {
    name: 'remote secret of cluster2 deleted in cluster1',
    async break({ one }) {
      const name = 'istio-remote-secret-cluster2';
      const secret = await saved(one, ...istioSystem, 'secret', name);
      await kubectl(one, [...istioSystem, 'delete', 'secret', name]);
      return () => restore(one, secret);
    },
    async works({ one, two }) {
      const proxy = ['-n', 'sample', 'exec', 'deploy/sleep', '-c', 'istio-proxy', '--'];
      const ask = [...proxy, 'pilot-agent', 'request', 'GET', 'clusters?filter=helloworld'];
      return (await kubectl(one, ask)).includes(two.eastWestAddress);
    },
    failures: {
      'LB-1': { cluster1: /expected: every version in one batch: v1, v2\ngot: v1 10/ },
      'LB-2': { cluster1: /got: v1 10/ },
      'LB-3': { cluster1: /endpoints of helloworld/ },
      'CP-1': { cluster1: /clusters that istiod watches\nexpected: cluster2 synced\ngot: none/ },
    },
    evidence: [{ file: 'cluster1/secrets.txt', without: /istio-remote-secret-cluster2/, word: /cacerts/ }],
  },
  {
    name: 'helloworld-v2 scaled to 0 in cluster2',
    async break({ two }) {
      await kubectl(two, ['-n', 'sample', 'scale', '--replicas=0', 'deploy/helloworld-v2']);
      await kubectl(two, ['-n', 'sample', 'wait', '--for=delete', 'pod', '-l', 'version=v2', '--timeout=90s']);
      return async () => {
        await kubectl(two, ['-n', 'sample', 'scale', '--replicas=1', 'deploy/helloworld-v2']);
        await kubectl(two, ['-n', 'sample', 'rollout', 'status', '--timeout=120s', 'deploy/helloworld-v2']);
      };
    },
    failures: {
      'LB-1': { cluster1: /got: v1 10/, cluster2: /got: v1 10/ },
      'LB-2': { cluster1: /got: v1 10/, cluster2: /got: v1 10/ },
      'LB-3': { cluster1: /endpoints of helloworld/, cluster2: /expected: v2\ngot: none/ },
    },
    evidence: [{ file: 'cluster2/events.txt', word: /Scaled down replica set helloworld-v2-\S+ from 1 to 0/ }],
  },
  {
    name: 'Gateway cross-network-gateway deleted in cluster2',
    async break({ two }) {
      const name = 'gateways.networking.istio.io/cross-network-gateway';
      const gateway = await saved(two, ...istioSystem, name);
      await kubectl(two, [...istioSystem, 'delete', name]);
      return () => restore(two, gateway);
    },
    // the gateway's old listener serves the connections that it has for another 45 s (Envoy's drain time)
    async works({ one }) {
      const calls = 'for i in $(seq 20); do curl -sS -m 5 helloworld.sample:5000/hello; done; true';
      const ask = ['-n', 'sample', 'exec', 'deploy/sleep', '-c', 'sleep', '--', 'sh', '-c', calls];
      return (await kubectl(one, ask)).includes('version: v2');
    },
    failures: {
      'LB-1': { cluster1: /got: (HTTP 503 \d+, )?v1 \d+$/m },
      'LB-2': { cluster1: /got: (HTTP 503 \d+, )?v1 \d+$/m },
      // Envoy tries its other endpoint, which is the local one, and now and then finds the same again
      'LB-3': { cluster1: /upstream_host|expected: v1, v2 and no error/ },
    },
    evidence: [{ file: 'cluster2/istio-config.txt', without: /cross-network-gateway/ }],
  },
  {
    name: 'cacerts of cluster2 from another root',
    async break({ two }) {
      const original = await saved(two, ...istioSystem, 'secret', 'cacerts');
      const other = JSON.parse(original);
      other.stringData = await createIntermediate(await createRoot(), two.name);
      delete other.data;
      await restore(two, JSON.stringify(other));
      await restartMesh(two);
      return async () => {
        await restore(two, original);
        await restartMesh(two);
      };
    },
    failures: {
      'LB-1': { cluster1: /got: (HTTP 503 \d+, )?v1 \d+$/m, cluster2: /got: (HTTP 503 \d+, )?v2 \d+$/m },
      'LB-2': { cluster1: /got: (HTTP 503 \d+, )?v1 \d+$/m, cluster2: /got: (HTTP 503 \d+, )?v2 \d+$/m },
      // a call that was refused at the gateway is sent again, to the endpoint next door, or is answered with the cause
      'LB-3': {
        cluster1: /upstream_host|CERTIFICATE_VERIFY_FAILED/,
        cluster2: /upstream_host|CERTIFICATE_VERIFY_FAILED/,
      },
    },
    evidence: [{ file: 'roots.txt', word: /different roots/ }],
  },
];

/** Runs the behaviours; returns exit code, record and seconds. */
async function test(runId) {
  const start = Date.now();
  const files = behaviours.map((id) => `/${id}.spec.ts`);
  const done = await $({ nothrow: true })`./meshproof test ${runId} --output json -- ${files}`;
  const seconds = Math.round((Date.now() - start) / 1000);
  try {
    const record = JSON.parse(done.stdout);
    return { exit: done.exitCode, record, dir: join('reports', record.run.id), seconds };
  } catch {
    throw new Error(`meshproof test ended with exit code ${done.exitCode} and no record:\n${done.stderr}`);
  }
}

/** Everything in which a broken mesh was not reported as it should be, in words. */
function judge(fault, { exit, record, dir }) {
  const wrong = [];
  if (exit !== 1) wrong.push(`exit code ${exit}, expected 1`);
  const [topology] = record.topologies;
  for (const { id, verdict, failures, reason } of topology.behaviours) {
    const expected = fault.failures[id];
    if (verdict !== (expected ? 'failed' : 'passed')) wrong.push(`${id} ${verdict}${reason ? `: ${reason}` : ''}`);
    const clusters = failures.map((failure) => failure.cluster).sort();
    const wanted = Object.keys(expected ?? {}).sort();
    if (clusters.join() !== wanted.join())
      wrong.push(`${id} names ${clusters.join() || 'no cluster'}, not ${wanted.join()}`);
    for (const { cluster, message, expected: asked, got } of failures) {
      const text = `${message}\nexpected: ${asked}\ngot: ${got}`;
      const words = expected?.[cluster];
      if (words && !words.test(text)) wrong.push(`${id} ${cluster} lacks ${words}:\n${text}`);
    }
  }
  for (const { file, word, without } of fault.evidence) {
    const path = join(dir, 'evidence', topology.name, file);
    const text = existsSync(path) ? readFileSync(path, 'utf8') : undefined;
    if (text === undefined) wrong.push(`no evidence ${path}`);
    else if (word && !word.test(text)) wrong.push(`${path} lacks ${word}`);
    else if (without?.test(text)) wrong.push(`${path} has ${without}`);
  }
  return wrong;
}

const given = argv.run;
const runId = given ?? (await $`./meshproof up multi-network-multi-primary`).stdout.trim();
const rows = [];
try {
  const [status] = JSON.parse((await $`./meshproof status ${runId} --output json`).stdout);
  const [one, two] = ['cluster1', 'cluster2'].map((name) => status.clusters.find((cluster) => cluster.name === name));
  for (const fault of faults.filter(({ name }) => name.includes(argv.only ?? ''))) {
    console.error(chalk.bold(fault.name));
    const undo = await fault.break({ one, two });
    let broken;
    try {
      if (fault.works) await takeEffect(() => fault.works({ one, two }));
      broken = await test(runId);
    } finally {
      await undo();
    }
    const wrong = judge(fault, broken);
    const mended = await test(runId);
    if (mended.exit !== 0) wrong.push(`mended, the exit code is ${mended.exit}, see ${mended.dir}`);
    rows.push({ fault: fault.name, noticed: broken.seconds, mended: mended.seconds, report: broken.dir, wrong });
    for (const text of wrong) console.error(chalk.red(`  ${text}`));
  }
} finally {
  if (!given) await $`./meshproof down ${runId}`;
}
for (const { fault, noticed, mended, report, wrong } of rows) {
  console.log(
    `${wrong.length === 0 ? 'ok  ' : 'WRONG'}  ${fault}: noticed in ${noticed} s, green again in ${mended} s (${report})`,
  );
}
const failed = rows.filter(({ wrong }) => wrong.length > 0).length;
console.log(`${rows.length - failed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
