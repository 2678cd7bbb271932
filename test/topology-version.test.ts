import { describe, expect, test } from 'vitest';
import {
  compareVersions,
  isBuildOf,
  isDailyBuild,
  isRelease,
  minorOf,
  minorsAhead,
  newestRelease,
  parseVersion,
  releasePattern,
} from '../src/topology/version.js';

describe('what is a version', () => {
  test.each([
    ['1.31.1', { major: 1, minor: 31, patch: 1, pre: '' }],
    ['1.31.0-rc.4', { major: 1, minor: 31, patch: 0, pre: 'rc.4' }],
    ['1.32-alpha.9739e10eb9d7', { major: 1, minor: 32, pre: 'alpha.9739e10eb9d7' }],
    ['1.32.0-012345678901', { major: 1, minor: 32, patch: 0, pre: '012345678901' }],
  ])('%s', (text, version) => expect(parseVersion(text)).toEqual(version));

  test.each(['1.31', '1', 'v1.31.0', '01.31.0', '1.031.0', '99999999999999999999.1.1', '1.31.0-', '1.31.0-a..b', ''])(
    'not "%s"',
    (text) => expect(parseVersion(text)).toBeUndefined(),
  );

  test('a version that would make a tag too long', () => {
    expect(parseVersion(`1.31.0-${'a'.repeat(93)}`)).toBeDefined();
    expect(parseVersion(`1.31.0-${'a'.repeat(94)}`)).toBeUndefined();
  });

  test('a daily build is a version of Istio and of nothing else', () => {
    expect(isDailyBuild('1.32-alpha.0')).toBe(true);
    expect(isDailyBuild('1.32.0-alpha.0')).toBe(false);
    expect(releasePattern.test('1.32-alpha.0')).toBe(false);
    expect(releasePattern.test('1.38.0-beta.0')).toBe(true);
  });
});

test('the order: numbers as numbers, a release after what led to it', () => {
  const order = ['1.9.0', '1.30.5', '1.31.0-alpha.10', '1.31.0-rc.2', '1.31.0-rc.10', '1.31.0', '1.31.1'];
  expect(order.toReversed().sort(compareVersions)).toEqual(order);
  expect(compareVersions('1.31.0', '1.31.0')).toBe(0);
});

test('the newest is a release, whatever else is in the list', () => {
  expect(newestRelease(['1.30.4', '1.32.0-9739e10eb9d7', '1.31.0', '1.32-alpha.0'])).toBe('1.31.0');
  expect(newestRelease(['1.32.0-rc.0'])).toBeUndefined();
  expect(isRelease('1.32.0-012345678901')).toBe(false);
});

test('minors and how far they are apart', () => {
  expect(minorOf('1.32-alpha.0')).toBe('1.32');
  expect(minorsAhead('1.36.4', '1.34.11')).toBe(2);
  expect(minorsAhead('1.34.11', '1.36.4')).toBe(-2);
  expect(minorsAhead('2.0.0', '1.36.4')).toBeUndefined();
});

test.each([
  ['1.31.0', '1.31.0', true],
  ['1.31.0-lab', '1.31.0', true],
  ['1.31.1', '1.31.0', false],
  ['1.31.0', '1.31.0-rc.4', false],
  ['1.31.0-rc.4', '1.31.0-rc.4', true],
  ['1.32-alpha.aaaa', '1.32-alpha.aaaa', true],
  ['1.32-alpha.aaaa', '1.32-alpha.bbbb', false],
  ['1.32.0', '1.32-alpha.aaaa', false],
])('%s stands for %s: %s', (found, wanted, expected) => expect(isBuildOf(found, wanted)).toBe(expected));
