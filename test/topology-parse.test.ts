import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { nearest } from '../src/kernel/nearest-word.js';
import { parseTopology } from '../src/topology/parse-topology.js';
import { positionOf } from '../src/topology/positions.js';

const text = `description: Two clusters.
clusters:
  - name: east
    network: n1
  - { name: west, network: n1, role: remote, primary: east }
`;

test('defaults follow from the position of a cluster', () => {
  const topology = parseTopology(text, 'some/where/pair.yaml');
  expect(topology).toEqual({
    name: 'pair',
    file: 'some/where/pair.yaml',
    path: resolve('some/where/pair.yaml'),
    sha256: createHash('sha256').update(text).digest('hex'),
    description: 'Two clusters.',
    provider: 'kind',
    attach: false,
    istio: {
      version: 'newest',
      installer: 'istioctl',
      revision: 'default',
      namespace: 'istio-system',
      cni: false,
      tags: [],
      revisions: [],
      meshID: 'mesh1',
      trustDomain: 'cluster.local',
      values: {},
      meshConfig: {},
    },
    clusters: [
      {
        name: 'east',
        network: 'n1',
        role: 'primary',
        region: 'region1',
        zone: 'region1-zone1',
        podCIDR: '10.10.0.0/16',
        serviceCIDR: '10.11.0.0/16',
        workers: 0,
        helloworld: ['v1'],
      },
      {
        name: 'west',
        network: 'n1',
        role: 'remote',
        primary: 'east',
        region: 'region2',
        zone: 'region2-zone1',
        podCIDR: '10.20.0.0/16',
        serviceCIDR: '10.21.0.0/16',
        workers: 0,
        helloworld: ['v2'],
      },
    ],
  });
});

test('positions are kept, beside the data and not in it', () => {
  const topology = parseTopology(text, 'pair.yaml');
  expect(positionOf(topology, ['clusters', 1, 'primary'])).toEqual({ line: 5, column: 55 });
  expect(positionOf(topology, ['clusters', 1, 'primary'], 'key')).toEqual({ line: 5, column: 46 });
  // a default has the position of its cluster
  expect(positionOf(topology, ['clusters', 0, 'podCIDR'])).toEqual({ line: 3, column: 5 });
  expect(positionOf(structuredClone(topology), ['clusters'])).toEqual({ line: 1, column: 1 });
});

test('a byte order mark, Windows line ends and a wide region without a zone are fine', () => {
  const topology = parseTopology(
    '\uFEFFdescription: x\r\nclusters:\r\n  - name: a\r\n    region: eu-west-1\r\n',
    'a.yaml',
  );
  expect(topology.clusters[0]).toMatchObject({ network: 'network1', region: 'eu-west-1', zone: 'eu-west-1-zone1' });
});

test('existing clusters have no ranges unless the file gives them', () => {
  const topology = parseTopology(
    'description: x\nprovider: existing\nattach: true\nclusters: [{name: a, context: east}]\n',
    'a.yaml',
  );
  expect(topology).toMatchObject({ attach: true, clusters: [{ podCIDR: '', serviceCIDR: '', context: 'east' }] });
});

test('clusters of different networks may have the same ranges', () => {
  const clusters = ['n1', 'n2'].map((n) => `{name: c${n}, network: ${n}, podCIDR: 10.0.0.0/16}`).join(', ');
  expect(parseTopology(`description: x\nclusters: [${clusters}]`, 'a.yaml').clusters).toHaveLength(2);
});

test.each([
  ['primry', 'primary'],
  ['pirmary', 'primary'],
  ['PRIMARY', 'primary'],
  ['rmote', 'remote'],
  ['slave', undefined],
  ['', undefined],
  ['x'.repeat(200), undefined],
])('nearest to "%s"', (word, expected) => {
  expect(nearest(word, ['primary', 'remote'])).toBe(expected);
});
