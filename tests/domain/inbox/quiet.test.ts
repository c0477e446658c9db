import fc from 'fast-check';
import { wakingAtMs } from '../../../shared/domain/inbox/quiet.ts';
import { HOUR_MS, MINUTE_MS, timeMs, UserId } from '../../../shared/schemas/base.ts';

const AHEAD_MS = 8 * HOUR_MS;
const hourAt = (ms: number) => new Date(ms + AHEAD_MS).getUTCHours();
const users = fc.stringMatching(/^[0-9A-HJKMNP-TV-Z]{26}$/).map((ulid) => UserId.parse(`usr_${ulid}`));
const instants = fc.integer({ min: 1_700_000_000_000, max: 1_900_000_000_000 }).map(timeMs);
const at = (words: string) => timeMs(Date.parse(`${words}+08:00`));

test('by day nobody waits; at night everybody until between 08:00 and 08:30, the same user always equally', () => {
  fc.assert(
    fc.property(users, instants, (user, now) => {
      const atMs = wakingAtMs(user, now);
      const isNight = hourAt(now) >= 22 || hourAt(now) < 8;
      if (!isNight) return expect(atMs).toBe(now);
      expect(atMs).toBeGreaterThan(now);
      expect(atMs - now).toBeLessThanOrEqual(10.5 * HOUR_MS);
      expect(hourAt(atMs)).toBe(8);
      expect((atMs + AHEAD_MS) % HOUR_MS).toBeLessThan(30 * MINUTE_MS);
      expect(wakingAtMs(user, atMs)).toBe(atMs);
      expect(wakingAtMs(user, now)).toBe(atMs);
    }),
  );
});

test.each([
  ['2026-11-30T21:59:59.999', null],
  ['2026-11-30T22:00:00.000', '2026-12-01T08:00:00.000'],
  ['2026-12-01T07:59:59.999', '2026-12-01T08:00:00.000'],
  ['2026-12-01T08:00:00.000', null],
])('the night begins at 22:00 and ends at 08:00: %s', (words, morning) => {
  const user = UserId.parse(`usr_${'0'.repeat(26)}`);
  const woken = wakingAtMs(user, at(words));
  if (morning === null) expect(woken).toBe(at(words));
  else expect(woken - at(morning)).toBeGreaterThanOrEqual(0);
  if (morning !== null) expect(woken - at(morning)).toBeLessThan(30 * MINUTE_MS);
});

test('different users do not wake at the same moment', () => {
  const night = at('2026-12-01T00:00:00.000');
  const woken = Array.from({ length: 500 }, (_, n) =>
    wakingAtMs(UserId.parse(`usr_${String(n).padStart(26, '0')}`), night),
  );
  expect(new Set(woken).size).toBeGreaterThan(400);
});
