import fc from 'fast-check';
import {
  deviceOf,
  STAFF_IDLE_MS,
  STAFF_SESSION_MS,
  seen,
  sessionEndMs,
  startSession,
} from '../../../shared/domain/identity/session.ts';
import { newUser } from '../../../shared/domain/identity/user.ts';
import { MINUTE_MS, timeMs, UserId } from '../../../shared/schemas/base.ts';
import type { Role } from '../../../shared/schemas/identity/user.ts';

const now = timeMs(1_000_000);
const begun = (role: Role) => {
  const id = UserId.parse('usr_01JD0000000000000000000001');
  const user = newUser({ id, nickname: null, role, openid: null, now });
  return startSession({ id: 'a'.repeat(64), user, hasSecondFactor: true, device: null, now });
};

test('a session of the staff ends half an hour after it was used last, and twelve hours after the login whatever happens', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 40 * MINUTE_MS }), { maxLength: 60 }), (pauses) => {
      let session = begun('support');
      let at = Number(now);
      for (const pause of pauses) {
        at += pause;
        const isGood = at < sessionEndMs(session, 'support');
        if (at >= now + STAFF_SESSION_MS) expect(isGood).toBe(false);
        else if (pause < STAFF_IDLE_MS - MINUTE_MS) expect(isGood).toBe(true);
        else if (pause >= STAFF_IDLE_MS) expect(isGood).toBe(false);
        if (!isGood) return;
        session = seen(session, 'support', timeMs(at));
      }
    }),
  );
});

test('the last use of a staff session is stored at most once a minute, and of a learner’s session never', () => {
  const staff = begun('editor');
  expect(seen(staff, 'editor', timeMs(now + MINUTE_MS - 1))).toBe(staff);
  expect(seen(staff, 'editor', timeMs(now + MINUTE_MS)).lastSeenAtMs).toBe(now + MINUTE_MS);
  const learner = begun('learner');
  expect(seen(learner, 'learner', timeMs(now + 60 * MINUTE_MS))).toBe(learner);
});

test('the month-long session of a learner who is appointed is one of the staff from then on', () => {
  const session = begun('learner');
  expect(sessionEndMs(session, 'learner')).toBe(session.expiresAtMs);
  expect(sessionEndMs(session, 'admin')).toBe(now + STAFF_IDLE_MS);
});

test.each([
  ['Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) Safari/604.1 MicroMessenger/8.0', '微信 · iPhone'],
  ['Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/120 Safari/537.36 Edg/120', 'Edge · Windows'],
  ['Mozilla/5.0 (Linux; Android 14; 23127PN0CC) Chrome/120 Mobile Safari/537.36', 'Chrome · Android'],
  ['Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/17 Safari/605.1.15', 'Safari · Mac'],
  ['li-lei@example.com/1.0', null],
  ['', null],
])('only the kind of a device is stored: %s', (userAgent, device) => {
  expect(deviceOf(userAgent)).toBe(device);
});
