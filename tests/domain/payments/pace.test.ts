import fc from 'fast-check';
import {
  newPace,
  paceAt,
  slowedDown,
  takeTurns,
  type Urgency,
} from '../../../shared/domain/payments/pace.ts';
import { SECOND_MS, timeMs } from '../../../shared/schemas/base.ts';
import { seed } from '../../support/seeded.ts';

const START_MS = timeMs(1_795_000_000_000);

const urgencies = fc.constantFrom<Urgency>('fresh', 'backlog');
const wants = fc.constantFrom(1, 3, Number.POSITIVE_INFINITY);
const steps = fc.array(
  fc.record({ urgency: urgencies, waitMs: fc.integer({ min: 0, max: 700 }), wanted: wants }),
  {
    minLength: 1,
    maxLength: 200,
  },
);
const fulls = fc.double({ min: 0.5, max: 1_000, noNaN: true });

/** All turns that are given for these requests. */
function turnsOf(
  full: number,
  asks: readonly { readonly urgency: Urgency; readonly waitMs: number; readonly wanted: number }[],
) {
  let pace = newPace('wxpay.query');
  let now = START_MS;
  const given: { readonly urgency: Urgency; readonly atMs: number; readonly askedAtMs: number }[] = [];
  for (const { urgency, waitMs, wanted } of asks) {
    now = timeMs(now + waitMs);
    const taken = takeTurns(pace, { full, urgency, now, wanted });
    expect(taken.turnsAtMs.length).toBeLessThanOrEqual(wanted);
    pace = taken.pace;
    given.push(...taken.turnsAtMs.map((atMs) => ({ urgency, atMs, askedAtMs: now })));
  }
  return given;
}

describe('a pace', () => {
  test('no second has more turns than the pace allows, and every turn comes soon', () => {
    fc.assert(
      fc.property(fulls, steps, (full, asks) => {
        const given = turnsOf(full, asks);
        // The turns may be given a second ahead, plus the half second that can be taken at once.
        const waits = given.map(({ atMs, askedAtMs }) => atMs - askedAtMs);
        expect(waits.filter((waitMs) => waitMs < 0 || waitMs > 1_500)).toEqual([]);
        const counts = given.map(
          ({ atMs: from }) => given.filter(({ atMs }) => atMs >= from && atMs < from + SECOND_MS).length,
        );
        // One more for each of the two queues, whose turns need not begin together.
        expect(Math.max(0, ...counts)).toBeLessThanOrEqual(Math.ceil(full) + 2);
      }),
      { seed, numRuns: 100 },
    );
  });

  test('a backlog that asks all the time gets three quarters, and what is fresh still gets a turn at once', () => {
    let pace = newPace('wxpay.query');
    let backlog = 0;
    for (let ms = 0; ms < 10 * SECOND_MS; ms += 50) {
      const now = timeMs(START_MS + ms);
      const taken = takeTurns(pace, { full: 20, urgency: 'backlog', now, wanted: Number.POSITIVE_INFINITY });
      pace = taken.pace;
      backlog += taken.turnsAtMs.length;
    }
    expect(backlog).toBeGreaterThan(145);
    expect(backlog).toBeLessThan(175);
    const now = timeMs(START_MS + 10 * SECOND_MS);
    expect(takeTurns(pace, { full: 20, urgency: 'fresh', now, wanted: 1 }).turnsAtMs[0]).toBe(now);
  });

  test('a refusal for asking too often halves the pace, once for each second, and the pace recovers fully', () => {
    const full = 100;
    let pace = newPace('wxpay.query');
    for (let n = 0; n < 10; n += 1) pace = slowedDown(pace, full, timeMs(START_MS + n * 100));
    expect(paceAt(pace, full, START_MS)).toBe(50);
    pace = slowedDown(pace, full, timeMs(START_MS + SECOND_MS));
    expect(paceAt(pace, full, timeMs(START_MS + SECOND_MS))).toBeCloseTo(25.4, 0);
    expect(paceAt(pace, full, timeMs(START_MS + 61 * SECOND_MS))).toBeCloseTo(50.8, 0);
    expect(paceAt(pace, full, timeMs(START_MS + 600 * SECOND_MS))).toBe(full);
  });

  test('the pace never falls to zero', () => {
    let pace = newPace('wxpay.query');
    for (let second = 0; second < 100; second += 1)
      pace = slowedDown(pace, 1, timeMs(START_MS + second * SECOND_MS));
    expect(paceAt(pace, 1, timeMs(START_MS + 100 * SECOND_MS))).toBeGreaterThanOrEqual(0.5);
  });
});
