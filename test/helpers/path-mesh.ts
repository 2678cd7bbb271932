import { readFileSync } from 'node:fs';
import path from 'node:path';
import { readNetworks, readShards } from '../../src/probe/istiod-endpoints.js';
import { tracePath } from '../../src/check/path/trace-path.js';
import type { Path } from '../../src/check/path/path-types.js';
import { soundMesh, viewOf, type FakeMesh, type Loose } from './mesh-view.js';

const recorded = (file: string): string => readFileSync(path.join(import.meta.dirname, '../recorded', file), 'utf8');

/** A mesh of two clusters whose proxies and istiods answer as real ones did; nothing is wrong with it. */
export function pathMesh(): FakeMesh & { one: Loose; two: Loose } {
  const mesh = soundMesh();
  const known = JSON.parse(recorded('istiod.json')) as { endpointShardz: object; networkz: object };
  const [one, two] = Object.values(mesh.clusters) as [Loose, Loose];
  for (const [i, cluster] of [one, two].entries()) {
    const near = i + 1;
    const of = (text: string): string =>
      near === 1 ? text : text.replaceAll('10.10.0.7', '10.20.0.7').replaceAll('cluster1', 'cluster2');
    const { caller, gateway, callee } = JSON.parse(of(recorded('proxies.json'))) as Loose;
    // of the second cluster its own pod, and the gateway of the first
    const other = near === 1 ? '172.28.18.1' : '172.28.17.1';
    const toOther = JSON.parse(JSON.stringify(caller.assignments).replaceAll('172.28.18.1', other)) as Loose;
    for (const facts of [caller, gateway, callee]) facts.hosts = new Map();
    const [sleep, hello] = cluster['pods sample'];
    Object.assign(sleep.metadata, { name: 'sleep-1' });
    hello.status.podIP = `10.${near}0.0.7`;
    hello.status.podIPs = [{ ip: hello.status.podIP }];
    cluster['services sample'][0].spec.clusterIP = '10.11.122.34';
    const eastWest = cluster['services istio-system'][1];
    eastWest.spec.selector = { istio: 'eastwestgateway' };
    eastWest.spec.ports = [{ port: 15443, targetPort: 15443 }];
    eastWest.status.loadBalancer.ingress[0].ip = near === 1 ? '172.28.17.1' : '172.28.18.1';
    cluster['proxy sample/sleep-1'] = { ...caller, assignments: toOther };
    cluster['proxy istio-system/gateway-1'] = gateway;
    cluster[`proxy sample/${hello.metadata.name}`] = callee;
    cluster.known = {
      endpoints: readShards(JSON.stringify(known.endpointShardz)),
      gateways: readNetworks(JSON.stringify(known.networkz)),
    };
  }
  return { ...mesh, one, two };
}

/** The way from sleep of the first cluster to helloworld. */
export function pathOf(mesh: FakeMesh, at = '/hello'): Promise<Path> {
  return tracePath(
    viewOf(mesh),
    { cluster: 'cluster1', namespace: 'sample', pod: 'sleep-1' },
    { namespace: 'sample', name: 'helloworld', port: 5000, path: at },
  );
}
