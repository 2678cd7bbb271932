import { expect, test } from 'vitest';
import { changed } from '../src/fault/manifest-change.js';
import { patched } from '../src/fault/merge-patch.js';

const rule = {
  kind: 'VirtualService',
  metadata: { name: 'echo', labels: { app: 'echo' } },
  spec: { http: [{ timeout: '1s', route: ['a'] }, { timeout: '2s' }] },
};

test.each<[string, unknown, unknown, unknown]>([
  ['fields are replaced and added', { a: 1, b: 2 }, { b: 3, c: { d: 4 } }, { a: 1, b: 3, c: { d: 4 } }],
  ['null takes a field away', { a: 1, b: { c: 2, d: 3 } }, { b: { c: null } }, { a: 1, b: { d: 3 } }],
  ['a list is replaced', { a: [1, 2] }, { a: [3] }, { a: [3] }],
  ['numbers change items of a list', { a: [{ b: 1, c: 2 }, 5] }, { a: { 0: { b: 3 } } }, { a: [{ b: 3, c: 2 }, 5] }],
  ['null takes an item away', { a: [1, 2, 3] }, { a: { 1: null } }, { a: [1, 3] }],
  ['numbers are keys of an object', { a: { 8081: 1 } }, { a: { 8081: null, 8082: 2 } }, { a: { 8082: 2 } }],
  ['an object takes the place of a word', { a: 'x' }, { a: { b: 1 } }, { a: { b: 1 } }],
])('%s', (_, value, patch, expected) => {
  const before = structuredClone(value);
  expect(patched(value, patch)).toEqual(expected);
  expect(value).toEqual(before);
});

test('objects of a manifest are changed, left out and added, those of another are not', () => {
  const change = (patch: object | null, manifest = 'TRF-4') =>
    changed('TRF-4', [rule], [{ manifest, object: 'VirtualService/echo', patch: patch as { spec: object } }]);
  expect(change({ spec: { http: { 0: { timeout: null } } } })[0]).toMatchObject({
    spec: { http: [{ route: ['a'] }, { timeout: '2s' }] },
  });
  expect(change(null)).toEqual([]);
  expect(change(null, 'TRF-5')).toEqual([rule]);
  expect(changed('TRF-4', [rule], [{ manifest: 'TRF-4', add: { kind: 'X' } }])).toEqual([rule, { kind: 'X' }]);
});

test('an object that is not there is a mistake in the fault', () => {
  expect(() => changed('TRF-4', [rule], [{ manifest: 'TRF-4', object: 'Gateway/echo', patch: {} }])).toThrow(
    'TRF-4.yaml has no Gateway/echo, only VirtualService/echo',
  );
});
