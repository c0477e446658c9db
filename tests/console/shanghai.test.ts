import fc from 'fast-check';
import { briefTime, fieldTime, momentOf, shanghaiDay, shanghaiTime } from '../../console/engine/shanghai.ts';

describe('times in Shanghai', () => {
  it('shows the minute, the exact second and the day there', () => {
    const late = Date.UTC(2026, 10, 30, 16, 5, 9);
    expect([shanghaiTime(late), shanghaiTime(late, true), shanghaiDay(late)]).toEqual([
      ...['2026-12-01 00:05', '2026-12-01 00:05:09', '2026-12-01'],
    ]);
  });

  it('leaves out the year in which it is', () => {
    const [late, before] = [Date.UTC(2026, 10, 30, 15, 5, 9), Date.UTC(2025, 11, 31, 16)];
    expect([briefTime(late, before), briefTime(late, before - 1), briefTime(late, late, true)]).toEqual([
      ...['11-30 23:05', '2026-11-30 23:05', '11-30 23:05:09'],
    ]);
  });

  it('reads what a field gives, and nothing else', () => {
    expect(momentOf('2026-12-01T00:05')).toBe(Date.UTC(2026, 10, 30, 16, 5));
    expect(['', '2026-12-01', '2026-13-01T00:00', 'now'].map(momentOf)).toEqual(Array(4).fill(null));
  });

  it('reads back each minute that a field shows', () => {
    const minute = fc.integer({ min: 0, max: 70_000_000 }).map((count) => count * 60_000);
    fc.assert(fc.property(minute, (ms) => expect(momentOf(fieldTime(ms))).toBe(ms)));
  });
});
