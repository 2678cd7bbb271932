import { describe, expect, test } from 'vitest';
import { busiest, fastest } from '../src/scenario/calibrate.js';
import { readProcessorTimes } from '../src/scenario/processor-times.js';

describe('the rate of the load', () => {
  const tried = (perSecond: number, notMeasured: number, busy?: number) => ({
    perSecond,
    expected: 4000,
    notMeasured,
    busy,
  });

  test('is the highest at which less than 0.2 % of the calls are late', () => {
    expect(fastest([tried(10, 8), tried(5, 7), tried(2, 0)])).toBe(5);
  });

  test('leaves half of the processors to the change', () => {
    expect(fastest([tried(10, 0, 0.81), tried(5, 0, 0.51), tried(2, 0, 0.4)])).toBe(2);
    expect(fastest([tried(10, 0, 0.5), tried(5, 0, 0.3), tried(2, 0, 0.2)])).toBe(10);
  });

  test('is the lowest where none can be measured', () => {
    expect(fastest([tried(10, 900, 1), tried(5, 500, 1), tried(2, 90, 1)])).toBe(2);
  });
});

describe('how busy a node is', () => {
  const before = readProcessorTimes('cpu  1000 0 500 8000 500 0 0 0 0 0\ncpu0 500 0 250 4000 250 0 0 0 0 0\n')!;

  test('is read from the first line of /proc/stat', () => {
    expect(before).toEqual({ all: 10000, idle: 8500 });
    expect(readProcessorTimes('cat: /proc/stat: Permission denied')).toBeUndefined();
  });

  test('is the share of the busiest node between two readings', () => {
    const idle = { all: 12000, idle: 10500 };
    const busy = { all: 12000, idle: 8900 };
    const share = busiest(
      new Map([
        ['a', before],
        ['b', before],
      ]),
      new Map([
        ['a', idle],
        ['b', busy],
      ]),
    );
    expect(share).toBeCloseTo(0.8);
  });

  test('is not known of nodes that were not read twice', () => {
    expect(busiest(new Map(), new Map([['a', before]]))).toBeUndefined();
  });
});
