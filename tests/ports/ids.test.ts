import { systemClock } from '../../shared/adapters/process/clock.ts';
import { systemIds } from '../../shared/adapters/process/ids.ts';
import type { Ids } from '../../shared/ports/ids.ts';
import { ULID_PATTERN } from '../../shared/schemas/base.ts';
import { START_MS, type VirtualClock, virtualClock } from '../support/clock.ts';
import { seededIds } from '../support/ids.ts';
import { seeded } from '../support/seeded.ts';

const implementations: [string, (clock: VirtualClock) => Ids][] = [
  ['of the system', systemIds],
  ['that can be had again', (clock) => seededIds(clock, seeded(1))],
];

describe.each(implementations)('ids %s', (_, open) => {
  let clock: VirtualClock;
  let ids: Ids;
  beforeEach(() => {
    clock = virtualClock();
    ids = open(clock);
  });

  test('are a prefix and a ULID', () => {
    expect(ids.make('ord')).toMatch(new RegExp(`^ord_${ULID_PATTERN}$`));
  });

  test('always rise: within a millisecond, with time, and when the clock steps back', () => {
    const made: string[] = [];
    for (const step of [0, 0, 1, 0, 1000, -5000, 0, 4000, 2000]) {
      clock.advance(step);
      for (let index = 0; index < 200; index += 1) made.push(ids.make('ord'));
    }
    expect(made).toEqual([...made].sort());
    expect(new Set(made).size).toBe(made.length);
  });

  test('say their time in the first ten characters', () => {
    const time = ids.make('ord').slice(4, 14);
    const value = [...time].reduce(
      (sum, digit) => sum * 32 + '0123456789ABCDEFGHJKMNPQRSTVWXYZ'.indexOf(digit),
      0,
    );
    expect(value).toBe(START_MS);
  });

  test('secrets have as many bytes as asked for, none twice, also across the end of the pool', () => {
    const secrets = Array.from({ length: 1000 }, () => ids.secret(32));
    expect(new Set(secrets).size).toBe(1000);
    for (const secret of secrets) expect(secret).toMatch(/^[\w-]{43}$/);
    expect(Buffer.from(ids.secret(20), 'base64url')).toHaveLength(20);
    expect(() => ids.secret(5000)).toThrow(RangeError);
  });

  test('chance is at least 0, below 1, and spread', () => {
    const drawn = Array.from({ length: 4000 }, () => ids.random());
    expect(Math.min(...drawn)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...drawn)).toBeLessThan(1);
    for (let decile = 0; decile < 10; decile += 1) {
      const share = drawn.filter((value) => Math.floor(value * 10) === decile).length;
      expect(share).toBeGreaterThan(280);
      expect(share).toBeLessThan(540);
    }
  });
});

test('the same seed gives the same ids, another seed others', () => {
  const made = (seed: number) => seededIds(virtualClock(), seeded(seed)).make('ord');
  expect(made(7)).toBe(made(7));
  expect(made(7)).not.toBe(made(8));
});

test('the system’s clock is the machine’s', () => {
  const before = Date.now();
  const now = systemClock.now();
  expect(now).toBeGreaterThanOrEqual(before);
  expect(now).toBeLessThanOrEqual(Date.now());
});
