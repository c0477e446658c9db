import * as fc from 'fast-check';
import { Breaker, Breakers, type Ending } from '../../../shared/adapters/http/breaker.ts';
import { RetryBudget } from '../../../shared/adapters/http/retryBudget.ts';
import type { Log } from '../../../shared/ports/log.ts';
import { virtualClock } from '../../support/clock.ts';

const SEED = 20_261_123;
const START = 1_795_000_000_000;

/** Makes calls one after the other, `everyMs` apart, that end at once. Answers how many were let through. */
function calls(breaker: Breaker, ends: readonly (Ending | boolean)[], at: number, everyMs = 0): number {
  let admitted = 0;
  ends.forEach((ending, index) => {
    const now = at + index * everyMs;
    const permit = breaker.admit(now);
    if (permit === null) return;
    admitted += 1;
    breaker.report(permit, typeof ending === 'string' ? ending : ending ? 'failed' : 'well', now);
  });
  return admitted;
}

const times = (count: number, hasFailed: boolean) => Array.from({ length: count }, () => hasFailed);

function opened(): Breaker {
  const breaker = new Breaker();
  calls(breaker, times(20, true), START);
  return breaker;
}

describe('a breaker', () => {
  test('opens when half of twenty calls failed, and not before', () => {
    const breaker = new Breaker();
    expect(calls(breaker, [...times(10, false), ...times(9, true)], START)).toBe(19);
    expect(breaker.admit(START)).not.toBeNull();
    expect(calls(breaker, [true], START)).toBe(1);
    expect(breaker.admit(START)).toBeNull();
  });

  test('stays closed while fewer than half of the calls fail, however many', () => {
    const breaker = new Breaker();
    const ends = Array.from({ length: 1_000 }, (_, index) => index % 5 < 2);
    expect(calls(breaker, ends, START, 10)).toBe(1_000);
  });

  test('forgets what failed longer than ten seconds ago', () => {
    const breaker = new Breaker();
    calls(breaker, times(19, true), START);
    expect(calls(breaker, [true, ...times(30, false)], START + 10_000)).toBe(31);
    expect(breaker.admit(START + 10_000)).not.toBeNull();
  });

  test('lets nobody through for ten seconds, then three, and everybody when those succeeded', () => {
    const breaker = opened();
    expect(calls(breaker, times(100, false), START, 99)).toBe(0);
    const now = START + 10_000;
    const probes = [1, 2, 3].map(() => breaker.admit(now));
    expect(probes).not.toContain(null);
    expect(breaker.admit(now)).toBeNull();
    for (const probe of probes) if (probe !== null) breaker.report(probe, 'well', now);
    expect(calls(breaker, times(50, false), now)).toBe(50);
  });

  test('opens again for ten seconds when one probe fails, whatever the others do', () => {
    const breaker = opened();
    const now = START + 10_000;
    const [first, second] = [breaker.admit(now), breaker.admit(now)];
    if (first === null || second === null) throw new Error('no probe was let through');
    breaker.report(first, 'failed', now + 1);
    breaker.report(second, 'well', now + 2);
    expect(breaker.admit(now + 10_000)).toBeNull();
    expect(breaker.admit(now + 10_001)).not.toBeNull();
  });

  test('calls that began before the breaker opened do not change its state', () => {
    const breaker = new Breaker();
    const old = breaker.admit(START);
    calls(breaker, times(20, true), START);
    const now = START + 10_000;
    expect(breaker.admit(now)).not.toBeNull();
    if (old !== null) breaker.report(old, 'failed', now);
    expect(breaker.admit(now)).not.toBeNull();
  });

  test('a clock that is set back keeps nobody waiting for it', () => {
    expect(opened().admit(START - 3_600_000)).not.toBeNull();
  });

  test('while everything fails, one call in ten seconds tries whether it is up', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(200), { minLength: 400, maxLength: 400 }), (pauses) => {
        const breaker = new Breaker();
        let now = START;
        const sent: number[] = [];
        for (const pause of pauses) {
          now += pause;
          const permit = breaker.admit(now);
          if (permit === null) continue;
          sent.push(now);
          breaker.report(permit, 'failed', now);
        }
        const firstOpen = sent[19] ?? 0;
        const isSparse = sent.slice(20).every((at, index) => at >= firstOpen + (index + 1) * 10_000);
        expect(isSparse).toBe(true);
      }),
      { seed: SEED, numRuns: 50 },
    );
  });
});

describe('a breaker of who refuses us because of our own account', () => {
  const held = () => {
    const breaker = new Breaker();
    expect(calls(breaker, ['ours', 'ours', 'ours', 'ours'], START)).toBe(3);
    return breaker;
  };

  test('opens after three such refusals in a row; another answer in between keeps it closed', () => {
    held();
    const breaker = new Breaker();
    const ends = Array.from({ length: 300 }, (_, index) => (index % 3 === 2 ? 'well' : 'ours') as Ending);
    expect(calls(breaker, ends, START, 10)).toBe(300);
  });

  test('lets one probe through, after ever longer pauses of ten minutes at most, and everybody after a good one', () => {
    const breaker = held();
    let now = START;
    const pauses: number[] = [];
    for (let probe = 0; probe < 8; probe += 1) {
      pauses.push(breaker.waitMs(now) / 1_000);
      now += breaker.waitMs(now);
      expect(breaker.admit(now - 1)).toBeNull();
      const permit = breaker.admit(now);
      expect(breaker.admit(now)).toBeNull();
      if (permit !== null) breaker.report(permit, 'ours', now);
    }
    expect(pauses).toEqual([30, 60, 120, 240, 480, 600, 600, 600]);
    now += breaker.waitMs(now);
    expect(
      calls(
        breaker,
        Array.from({ length: 50 }, () => 'well' as const),
        now,
      ),
    ).toBe(1 + 49);
  });

  test('asked every second of a day it lets fewer than 160 calls through', () => {
    const breaker = new Breaker();
    const day = Array.from({ length: 86_400 }, () => 'ours' as const);
    expect(calls(breaker, day, START, 1_000)).toBeLessThan(160);
  });
});

describe('breakers', () => {
  const answer = { status: 200 };

  test('count what is thrown and what the caller says has failed, each endpoint for itself', async () => {
    const lines: unknown[] = [];
    const log: Log = { write: (level, record) => lines.push({ level, ...record }) };
    const breakers = new Breakers({ clock: virtualClock(), log });
    for (let n = 0; n < 10; n += 1) {
      await expect(
        breakers.run(
          'a',
          () => Promise.reject(new Error('down')),
          () => 'well',
        ),
      ).rejects.toThrow('down');
      await breakers.run(
        'a',
        async () => answer,
        () => 'failed',
      );
    }
    let asked = 0;
    const work = async () => {
      asked += 1;
      return answer;
    };
    expect(await breakers.run('a', work, () => 'well')).toBeNull();
    expect(await breakers.run('b', work, () => 'well')).toBe(answer);
    expect(lines).toEqual([{ level: 'warn', breaker: 'a', outcome: 'open', waitMs: 10_000 }]);
    expect([asked, breakers.retryAfterSeconds('a'), breakers.retryAfterSeconds('b')]).toEqual([1, 10, 1]);
  });
});

describe('the retry budget', () => {
  test('lets a fifth of all calls be made twice, and two more', () => {
    fc.assert(
      fc.property(fc.nat(2_000), (count) => {
        const budget = new RetryBudget();
        let retries = 0;
        for (let n = 0; n < count; n += 1) {
          budget.called();
          if (budget.take()) retries += 1;
        }
        expect(retries).toBeLessThanOrEqual(count / 5 + 2);
      }),
      { seed: SEED, numRuns: 100 },
    );
  });

  test('saves no more than ten of them in a quiet time', () => {
    const budget = new RetryBudget();
    for (let n = 0; n < 1_000; n += 1) budget.called();
    let taken = 0;
    while (budget.take()) taken += 1;
    expect(taken).toBe(10);
  });
});
