import { describe, expect, test } from 'vitest';
import {
  blocks,
  cidrProblem,
  cidrRange,
  contains,
  formatAddress,
  overlaps,
  parseAddress,
  parseRange,
} from '../src/topology/cidr.js';

/** Numbers that look random and are the same in every run. */
function* random(seed: number): Generator<number> {
  for (let state = seed; ;) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield state;
  }
}

/** A block written from its bits, in a small part of the addresses so that blocks do meet. */
function someBlock(numbers: Generator<number>): { cidr: string; bits: string } {
  const length = 17 + ((numbers.next().value! >>> 8) % 8);
  const bits = (0x0a000000 + ((numbers.next().value! >>> 12) & 0xffff)).toString(2).padStart(32, '0').slice(0, length);
  const first = parseInt(bits.padEnd(32, '0'), 2);
  return { cidr: `${formatAddress(first)}/${length}`, bits };
}

test('blocks overlap exactly when the bits of one begin with those of the other', () => {
  const numbers = random(7);
  let met = 0;
  const wrong: string[] = [];
  for (let i = 0; i < 5000; i++) {
    const a = someBlock(numbers);
    const b = someBlock(numbers);
    const expected = a.bits.startsWith(b.bits) || b.bits.startsWith(a.bits);
    if (expected) met++;
    const [one, other] = [cidrRange(a.cidr), cidrRange(b.cidr)];
    if (overlaps(one, other) !== expected || overlaps(other, one) !== expected)
      wrong.push(`${a.cidr} overlaps ${b.cidr}`);
    if (contains(one, other) !== b.bits.startsWith(a.bits)) wrong.push(`${a.cidr} contains ${b.cidr}`);
  }
  expect(wrong).toEqual([]);
  // both answers were asked for
  expect(met).toBeGreaterThan(20);
  expect(met).toBeLessThan(4980);
});

test('an address is the same after writing and reading it', () => {
  const numbers = random(11);
  for (let i = 0; i < 1000; i++) {
    const address = numbers.next().value!;
    expect(parseAddress(formatAddress(address))).toBe(address);
  }
});

test.each(['10', '0x0a.0.0.1', '010.0.0.1', '10.0.0', '10.0.0.256', '10.0.0.1.2', ' 10.0.0.1', '::1', ''])(
  '"%s" is no address',
  (text) => {
    expect(parseAddress(text)).toBeUndefined();
  },
);

describe('cidrProblem', () => {
  test.each(['10.0.0.0/16', '172.28.0.0/14', '192.168.4.0/22', '100.64.0.0/16'])('has nothing against %s', (cidr) => {
    expect(cidrProblem(cidr, 8, 24)).toBeUndefined();
  });
  test.each([
    ['10.0.0.0', 'not an IPv4 CIDR'],
    ['10.0.0.0/', 'not an IPv4 CIDR'],
    ['10.0.0.0/33', 'not an IPv4 CIDR'],
    ['10.0.0.0/16/16', 'not an IPv4 CIDR'],
    ['10.0.0.0/-1', 'not an IPv4 CIDR'],
    ['10.0.0.0/25', 'prefix of 25 bits'],
    ['10.1.0.0/12', '10.0.0.0/12, the block that contains it'],
    ['255.255.255.0/24', 'not a block for machine addresses'],
    ['224.0.0.0/8', 'not a block for machine addresses'],
    ['169.254.0.0/16', 'not a block for machine addresses'],
  ])('refuses %s', (cidr, message) => expect(cidrProblem(cidr, 8, 24)).toContain(message));
});

test('ranges are first-last or CIDRs', () => {
  expect(parseRange('10.0.0.1-10.0.0.9')).toEqual({ first: 0x0a000001, last: 0x0a000009 });
  expect(parseRange('10.0.0.1 - 10.0.0.1')).toEqual({ first: 0x0a000001, last: 0x0a000001 });
  expect(parseRange('10.0.1.0/24')).toEqual({ first: 0x0a000100, last: 0x0a0001ff });
  for (const bad of ['10.0.0.9-10.0.0.1', '10.0.0.1', '10.0.0.1-', '10.0.0.1-2-3', '10.0.1.1/24']) {
    expect(parseRange(bad), bad).toBeUndefined();
  }
});

test('a pool is cut into blocks without gap or overlap', () => {
  const cut = [...blocks('172.28.0.0/14', 20)];
  expect(cut).toHaveLength(64);
  expect(cut.slice(0, 2)).toEqual(['172.28.0.0/20', '172.28.16.0/20']);
  cut.slice(1).forEach((block, i) => expect(cidrRange(block).first).toBe(cidrRange(cut[i]!).last + 1));
});
