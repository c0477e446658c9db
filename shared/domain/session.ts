/** Sessions: how long a login lasts. */
import { DAY_MS, type TimeMs, timeMs, type UserId } from '../schemas/base.ts';
import type { Session } from '../schemas/user.ts';

/** Thirty days, then one logs in again: in a mini-program that is silent, `wx.login` asks nobody anything. */
export const SESSION_MS = 30 * DAY_MS;

/** A session that begins now. `id` is the digest of its token. */
export function startSession(asked: {
  readonly id: string;
  readonly userId: UserId;
  readonly now: TimeMs;
}): Session {
  return {
    id: asked.id,
    userId: asked.userId,
    createdAtMs: asked.now,
    expiresAtMs: timeMs(asked.now + SESSION_MS),
    revokedAtMs: null,
  };
}

/** The session, ended. When it ended before, that stays as it was. */
export function endSession(session: Session, now: TimeMs): Session {
  return { ...session, revokedAtMs: session.revokedAtMs ?? now };
}
