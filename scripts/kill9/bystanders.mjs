// What is somebody else's beside the runs of kill9.mjs: a cluster with an Istio of its own, a network, an image, a folder.
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { $ } from 'zx';
import { inHome } from '../../dist/src/supply/lab/lab-home.js';
import { readEnvironment } from '../../dist/src/supply/read-environment.js';

const cluster = 'bystander';
const node = `${cluster}-control-plane`;
const image = 'bystander:1';
const istio = '1.31.0';

export class Bystanders {
  constructor(folder, state) {
    this.kubeconfig = join(folder, 'bystander.kubeconfig');
    // of another program that has a folder of the same name
    this.files = join(state, 'runs', 'experiment');
    this.note = join(state, 'runs', 'README.md');
    const { images, values } = readEnvironment('lab');
    this.values = values;
    this.images = Object.fromEntries(
      Object.entries(images).map(([role, name]) => [role, name.replaceAll('{istio}', istio)]),
    );
    this.kubectl = (...args) => $`kubectl --kubeconfig ${this.kubeconfig} ${args}`;
  }

  /** Topologies that lead to the foreign mesh: one attaches to it, the other would have to install over it. */
  topologies(folder) {
    const one = { name: cluster, context: `kind-${cluster}`, network: 'network1', helloworld: ['v1', 'v2'] };
    const topology = {
      description: 'The cluster of somebody else.',
      provider: 'existing',
      kubeconfig: this.kubeconfig,
    };
    for (const [name, attach] of [
      ['attached', true],
      ['foreign', false],
    ])
      writeFileSync(join(folder, `${name}.yaml`), stringify({ ...topology, attach, clusters: [one] }));
  }

  async make() {
    const { images } = this;
    await $`docker network create --subnet 10.253.99.0/24 ${cluster}`;
    mkdirSync(this.files, { recursive: true });
    writeFileSync(join(this.files, 'events.out'), 'of somebody else\n');
    writeFileSync(join(this.files, 'state.json'), '{"epoch":1}');
    writeFileSync(this.note, '# experiments\n');
    // an image of its own: one that others give names to changes
    await $`tar -c -C ${this.files} events.out | docker import - ${image}`;

    const env = {
      ...process.env,
      PATH: `${inHome('bin')}:${process.env.PATH}`,
      // kind's usual network would stay
      KIND_EXPERIMENTAL_DOCKER_NETWORK: cluster,
    };
    const tools = $({ env });
    await tools`kind create cluster --name ${cluster} --image ${images['kind-node']} --kubeconfig ${this.kubeconfig} --wait 180s`;
    const needed = ['istio-pilot', 'istio-proxyv2', 'helloworld-v1', 'helloworld-v2', 'sleep', 'echo', 'httpbin'];
    for (const role of needed)
      await $`docker save ${images[role]} | docker exec -i ${node} ctr -n k8s.io images import -`;
    const [hub, tag] = images['istio-pilot'].replace('/pilot:', ' ').split(' ');
    const operator = {
      apiVersion: 'install.istio.io/v1alpha1',
      kind: 'IstioOperator',
      spec: {
        hub,
        tag,
        components: { ingressGateways: [{ name: 'istio-ingressgateway', enabled: false }] },
        values: this.values,
      },
    };
    const file = `${this.kubeconfig}.istio.yaml`;
    writeFileSync(file, stringify(operator));
    await tools`${`istioctl-${istio}`} install -y -f ${file} --kubeconfig ${this.kubeconfig}`;
    writeFileSync(
      file,
      this.workloads()
        .map((object) => stringify(object))
        .join('---\n'),
    );
    await this.kubectl('apply', '-f', file);
    await this.kubectl('-n', 'sample', 'wait', '--for=condition=Available', '--timeout=180s', 'deployment', '--all');
  }

  workloads() {
    const deployment = (name, labels, container) => ({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name, namespace: 'sample' },
      spec: {
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers: [{ imagePullPolicy: 'IfNotPresent', ...container }] } },
      },
    });
    const { images } = this;
    const helloworld = (version) =>
      deployment(
        `helloworld-${version}`,
        { app: 'helloworld', version },
        {
          name: 'helloworld',
          image: images[`helloworld-${version}`],
          env: [{ name: 'SERVICE_VERSION', value: version }],
          ports: [{ containerPort: 5000 }],
        },
      );
    const ports = [{ port: 5000, name: 'http' }];
    return [
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'sample', labels: { 'istio-injection': 'enabled' } } },
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'helloworld', namespace: 'sample', labels: { app: 'helloworld' } },
        spec: { ports, selector: { app: 'helloworld' } },
      },
      helloworld('v1'),
      helloworld('v2'),
      deployment('sleep', { app: 'sleep' }, { name: 'sleep', image: images.sleep, command: ['sleep', 'infinity'] }),
    ];
  }

  async remove() {
    rmSync(this.files, { recursive: true, force: true });
    rmSync(this.note, { force: true });
    await $({ nothrow: true })`docker rm -f -v ${node}; docker network rm ${cluster}; docker rmi ${image}`;
  }

  /** All of it, by name; two looks are equal when nothing was changed. */
  async look() {
    const docker = {};
    const inspected = await $`docker inspect ${node}; docker network inspect ${cluster}; docker image inspect ${image}`;
    // Docker lists mounts and names in any order
    docker['in Docker'] = inspected.stdout.split('\n').sort().join('\n');
    docker['the folder'] = readdirSync(this.files)
      .sort()
      .map((name) => `${name} ${readFileSync(join(this.files, name), 'utf8')}`)
      .join('\n');
    docker['the file'] = readFileSync(this.note, 'utf8');
    return { ...docker, ...(await this.objects()) };
  }

  /** Every object of the cluster as its owner has made it: without status, and without what the cluster counts by itself. */
  async objects() {
    const types = (await this.kubectl('api-resources', '--verbs=list', '-o', 'name')).stdout
      .split('\n')
      .filter(Boolean);
    const left = types.filter((type) => !/^(events|componentstatuses|endpoints$|leases)/.test(type));
    const { stdout } = await this.kubectl('get', left.join(','), '-A', '-o', 'json', '--ignore-not-found');
    const leases = await this.kubectl('get', 'leases', '-A', '-o', 'name');
    const elections = 'control-plane.alpha.kubernetes.io/leader';
    const objects = JSON.parse(stdout).items.map(({ status: _, ...object }) => {
      const { resourceVersion: __, managedFields: ___, ...metadata } = object.metadata;
      delete metadata.annotations?.[elections];
      const text = JSON.stringify({ ...object, metadata });
      return [
        `${object.kind} ${metadata.namespace ?? ''}/${metadata.name}`,
        createHash('sha256').update(text).digest('hex'),
      ];
    });
    return { ...Object.fromEntries(objects), leases: leases.stdout.split('\n').sort().join('\n') };
  }
}

/** What differs between two looks, in words. */
export function differences(before, after) {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return names.flatMap((name) => {
    if (before[name] === after[name]) return [];
    const how =
      before[name] === undefined ? 'is new' : after[name] === undefined ? 'is gone' : change(before[name], after[name]);
    return [`bystander: ${name} ${how}`];
  });
}

function change(before, after) {
  const known = new Set(before.split('\n'));
  const lines = after.split('\n').filter((line) => !known.has(line));
  return `has changed, e.g. ${lines
    .slice(0, 3)
    .map((line) => line.trim())
    .join(' ')}`;
}
