import fc from 'fast-check';
import { dayOf } from '../../../shared/domain/day.ts';
import { isLastOfNight, isSameLook, placeToBegin } from '../../../shared/domain/operations/look.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, timeMs } from '../../../shared/schemas/base.ts';
import type { Look } from '../../../shared/schemas/operations/look.ts';

const beginning = { part: 'orders', cursor: null };
const middle = { part: 'receipts', cursor: 'r1' };
const anyTime = fc.integer({ min: 1, max: 9_000_000_000_000 }).map(timeMs);
const look = (night: string, place: Look['place']): Look => ({
  ...{ id: 'invariants', night, place, updatedAtMs: timeMs(0) },
});

describe('the nightly look', () => {
  test('begins at the beginning when there was none', () => {
    fc.assert(fc.property(anyTime, (now) => expect(placeToBegin(null, beginning, now)).toBe(beginning)));
  });

  test('goes on where it has stopped, in whichever night that was', () => {
    fc.assert(
      fc.property(anyTime, anyTime, (then, now) => {
        expect(placeToBegin(look(dayOf(then), middle), beginning, now)).toBe(middle);
      }),
    );
  });

  test('ends once in a night, and begins again in the next', () => {
    fc.assert(
      fc.property(anyTime, (now) => {
        const ended = look(dayOf(now), null);
        expect(placeToBegin(ended, beginning, now)).toBeNull();
        expect(placeToBegin(ended, beginning, timeMs(now + DAY_MS))).toBe(beginning);
      }),
    );
  });

  test('is the same as a stored one only at the same place and moment', () => {
    const one = look('2026-11-23', middle);
    expect(isSameLook(one, { ...one })).toBe(true);
    expect(isSameLook(null, null)).toBe(true);
    const others: (Look | null)[] = [
      null,
      { ...one, night: '2026-11-24' },
      { ...one, updatedAtMs: timeMs(1) },
      { ...one, place: null },
      { ...one, place: { ...middle, part: 'orders' } },
      { ...one, place: { ...middle, cursor: null } },
    ];
    for (const other of others) {
      expect(isSameLook(one, other)).toBe(false);
      expect(isSameLook(other, one)).toBe(false);
    }
  });

  test('of the runs of a night the one at 5:50 is the last', () => {
    const midnight = Date.UTC(2026, 10, 23, 16);
    const at = (hour: number, minute: number) => timeMs(midnight + hour * HOUR_MS + minute * MINUTE_MS + 1);
    expect([at(3, 10), at(4, 50), at(5, 40)].map(isLastOfNight)).toEqual([false, false, false]);
    expect([at(5, 50), at(14, 0)].map(isLastOfNight)).toEqual([true, true]);
  });
});
