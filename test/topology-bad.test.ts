import { readdirSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ProblemsError } from '../src/kernel/errors.js';
import { problemsOf } from './helpers/problems.js';
import { parseTopology, readTopology } from '../src/topology/parse-topology.js';

/** Every problem of every file in test/bad-topologies, in the order of the file: line, column and message. */
const expected: Record<string, string[]> = {
  Bad_Name: ['1:1 the file name is not a valid topology name'],
  'alias-bomb': [
    '3:8 an alias is not allowed here',
    '3:12 an alias is not allowed here',
    '3:16 an alias is not allowed here',
    '7:13 an alias is not allowed here',
    '8:5 an alias is not allowed here',
  ],
  'bad-cidrs': [
    '3:5 cluster1 has no network',
    '4:14 clusters[0].podCIDR has host bits set',
    '5:18 clusters[0].serviceCIDR is not an IPv4 CIDR',
    '8:14 clusters[1].podCIDR is not an IPv4 CIDR',
    '9:18 clusters[1].serviceCIDR has a prefix of 8 bits',
    '12:14 clusters[2].podCIDR is not a block for machine addresses',
    '13:18 clusters[2].serviceCIDR is not an IPv4 CIDR',
    '14:15 dockerSubnet has a prefix of 28 bits',
  ],
  'bad-helloworld': [
    '3:59 helloworld v1 of cluster1 runs in cluster1 already',
    '4:55 clusters[1].helloworld[0] is not a valid version of helloworld',
    '6:5 helloworld v4 (the default) of cluster4 runs in cluster3 already',
  ],
  'bad-istio': [
    '3:12 istio.version has the wrong type',
    '4:14 istio.installer is not an allowed value',
    '5:11 istio.meshID is not a valid mesh ID',
    '6:16 istio.trustDomain is not a valid trust domain',
    '7:11 istio.values has the wrong type',
  ],
  'bad-load-balancers': [
    '5:56 loadBalancer of cluster2 overlaps that of cluster1, 172.28.1.1-172.28.1.100',
    '6:56 clusters[2].loadBalancer is not an address range',
    '7:56 clusters[3].loadBalancer is not an address range',
  ],
  'bad-names': [
    '3:11 clusters[0].name is not a valid cluster name',
    '4:14 clusters[0].network is not a valid network name',
    '5:13 clusters[0].region is not a valid region',
    '6:11 clusters[1].name is not a valid cluster name',
    '7:14 clusters[1].network is not a valid network name',
    '8:11 clusters[1].zone is empty',
  ],
  'broken-syntax': ['5:1 invalid YAML: Missing closing "quote'],
  'clusters-no-list': ['3:3 clusters has the wrong type'],
  'decided-elsewhere': [
    '4:23 istio.values.global.meshID cannot be set here',
    '4:59 istio.values.global.multiCluster.clusterName cannot be set here',
    '5:32 istio.values.meshConfig.trustDomain cannot be set here',
    '7:18 istio.meshConfig.trustDomain cannot be set here',
    '8:24 istio.meshConfig.accessLogEncoding cannot be set here',
    '10:5 cluster1 has no network',
    '11:11 clusters[0].role is not an allowed value',
    '12:17 clusters[0].helloworld has the wrong type',
  ],
  'duplicate-keys': ['5:5 the key "region" exists twice'],
  'duplicate-names': ['5:11 the name cluster1 is already the name of clusters[0]'],
  empty: ['1:1 the file is empty'],
  'existing-without-context': [
    '3:1 dockerSubnet is for provider kind, but this file has provider existing',
    '5:5 cluster1 has no context',
    '10:5 workers is for provider kind, but this file has provider existing',
    '13:14 the context east is already that of cluster2',
  ],
  'kind-with-context': [
    '2:1 kubeconfig is for provider existing, but this file has provider kind',
    '3:1 attach is for provider existing, but this file has provider kind',
    '4:1 external is for provider existing, but this file has provider kind',
    '4:22 external.address is not a valid address',
    '7:5 context is for provider existing, but this file has provider kind',
  ],
  'list-at-top': ['1:1 the file has the wrong type'],
  'load-balancer-without-subnet': ['4:19 loadBalancer of cluster1 is set, but dockerSubnet is not'],
  'missing-keys': ['1:1 description is missing', '1:1 clusters is missing'],
  'no-clusters': ['2:11 clusters is a list of 0'],
  'no-helloworld': ['2:1 no cluster runs helloworld'],
  'no-network': ['3:5 cluster1 has no network'],
  'only-comments': ['1:1 the file is empty'],
  'only-remotes': [
    '2:1 the topology has no primary',
    '3:65 the primary of cluster1, cluster2, is also a remote',
    '4:65 the primary of cluster2, cluster1, is also a remote',
  ],
  'overlap-flat': [
    '7:5 podCIDR 10.20.0.0/16 (the default) of cluster2 overlaps serviceCIDR 10.20.0.0/16 of cluster1 in the same network network1',
    '9:18 serviceCIDR 10.96.128.0/20 of cluster2 overlaps podCIDR 10.96.0.0/16 of cluster1 in the same network network1',
  ],
  'overlap-in-cluster': ['5:18 serviceCIDR 10.11.0.0/16 of cluster1 overlaps podCIDR 10.10.0.0/15'],
  'primary-with-primary': ['7:5 cluster2 is a primary, but has the key primary'],
  'remote-of-unknown': [
    '4:65 the primary of cluster2, cluster11, is not a cluster of this file',
    '5:65 the primary of cluster3, cluster2, is also a remote',
  ],
  'remote-without-primary': ['5:5 cluster2 is a remote without a primary'],
  sentence: ['1:1 the file has the wrong type'],
  'several-at-once': [
    '2:1 unknown key "provder"',
    '3:19 istio.version is not a valid version of Istio',
    '5:5 cluster1 has no network',
    '6:11 clusters[0].role is not an allowed value',
    '8:11 the name cluster1 is already the name of clusters[0]',
    '11:14 the primary of cluster1, cluster3, is not a cluster of this file',
    '12:14 clusters[1].podCIDR has host bits set',
    '15:18 serviceCIDR 10.30.0.0/16 of cluster2 overlaps podCIDR 10.30.0.0/16',
    '16:14 clusters[2].workers is -1',
  ],
  tabs: ['3:1 a tab indents this line'],
  'tabs-throughout': [3, 4, 5, 6].map((line) => `${line}:1 a tab indents this line`),
  'too-many-workers': ['4:14 podCIDR 10.10.0.0/23 of cluster1 has room for 2 nodes, it has 3'],
  'two-documents': ['3:1 a second YAML document begins here'],
  'unknown-keys': [
    '2:1 unknown key "isto"',
    '6:5 unknown key "regoin" in clusters[0]',
    '7:5 unknown key "hallo" in clusters[0]',
  ],
  'unknown-provider': ['2:11 provider is not an allowed value'],
  'unknown-role': ['4:11 clusters[0].role is not an allowed value'],
  'windows-lines': ['4:5 unknown key "nme" in clusters[0]'],
  'wrong-types': [
    '1:14 description has the wrong type',
    '2:8 istio has the wrong type',
    '4:5 clusters[0] has no network',
    '4:11 clusters[0].name has the wrong type',
    '5:14 clusters[0].workers has the wrong type',
    '6:17 clusters[0].helloworld has the wrong type',
    '7:5 clusters[1] has the wrong type',
    '10:10 clusters[2].role is empty',
    '11:14 clusters[2].workers has the wrong type',
    '12:13 clusters[2].region has the wrong type',
  ],
};

describe('test/bad-topologies', () => {
  test('every file has its line here', () => {
    expect(
      readdirSync('test/bad-topologies')
        .map((file) => basename(file, '.yaml'))
        .sort(),
    ).toEqual(Object.keys(expected).sort());
  });

  test.each(Object.entries(expected))('%s', (name, messages) => {
    const problems = problemsOf(() => readTopology(`test/bad-topologies/${name}.yaml`));
    expect(problems.map((p) => `${p.line}:${p.column} ${p.message}`)).toEqual(messages);
    for (const problem of problems) expect(problem.file).toBe(`test/bad-topologies/${name}.yaml`);
  });
});

test('a problem says what was read, what is allowed and the nearest word, and nothing of our own code', () => {
  const file = 'test/bad-topologies/unknown-role.yaml';
  const error = new ProblemsError(problemsOf(() => readTopology(file)));
  expect(error.code).toBe(2);
  expect(error.describe()).toBe(
    [
      `${file}:4:11: clusters[0].role is not an allowed value`,
      '  read: primry',
      '  allowed: primary, remote',
      '  did you mean: primary',
    ].join('\n'),
  );
});

test('what is allowed is what to write: quotes only where they help, a list of what stands there, the word that is meant', () => {
  const allowed = (text: string): (string | undefined)[] =>
    problemsOf(() => parseTopology(`description: x\n${text}`, 'a.yaml')).map((p) => p.suggestion ?? p.allowed);
  expect(allowed('istio: { version: 1.31 }\nclusters: [{ name: a }]')).toEqual([
    'three numbers, e.g. 1.31.1, the name of a daily build, e.g. 1.32-alpha.<commit>, newest, or previous',
  ]);
  expect(allowed('istio: { meshID: 5 }\nclusters: [{ name: a }]')).toEqual(['text; put it in quotes: "5"']);
  expect(allowed('clusters: [{ name: a, helloworld: v2 }]')).toEqual(['a list: [v2]']);
  expect(allowed('clusters: [{ name: a, role: primary of b }]')).toEqual(['primary']);
});
