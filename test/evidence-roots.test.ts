import { expect, test } from 'vitest';
import { describeRoots } from '../src/evidence/trust-roots.js';

test('one root, and two, are said first and told apart', () => {
  const own = { cluster: 'cluster1', place: 'Secret cacerts', fingerprint: 'AA' };
  expect(describeRoots([own, { ...own, cluster: 'cluster2' }])).toMatch(/^one root\n/);
  const text = describeRoots([own, { ...own, cluster: 'cluster2', fingerprint: 'BB' }]);
  expect(text.split('\n')).toEqual([
    '2 different roots: a certificate of one cluster is not trusted by another',
    '',
    'root 1  sha256 AA',
    'root 2  sha256 BB',
    '',
    'cluster1  Secret cacerts  root 1',
    'cluster2  Secret cacerts  root 2',
  ]);
});

test('a place that cannot be read is no root of its own', () => {
  const text = describeRoots([{ cluster: 'cluster1', place: 'Secret cacerts', trouble: 'not found' }]);
  expect(text).toMatch(/^no root was found\n/);
  expect(text).toContain('cluster1  Secret cacerts  cannot tell: not found');
});
