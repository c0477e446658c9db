/** Sessions: how long a login lasts. */
import { DAY_MS, type TimeMs, timeMs } from '../../schemas/base.ts';
import type { Session, User } from '../../schemas/identity/user.ts';

/** Thirty days, then one logs in again: in a mini-program that is silent, `wx.login` asks nobody anything. */
export const SESSION_MS = 30 * DAY_MS;

/** A session that begins now. `id` is the digest of its token. */
export function startSession(asked: {
  readonly id: string;
  readonly user: User;
  readonly hasSecondFactor: boolean;
  readonly now: TimeMs;
}): Session {
  return {
    id: asked.id,
    userId: asked.user.id,
    generation: asked.user.sessionGeneration,
    hasSecondFactor: asked.hasSecondFactor,
    createdAtMs: asked.now,
    expiresAtMs: timeMs(asked.now + SESSION_MS),
    revokedAtMs: null,
  };
}

/** The user, with all their sessions ended: none that has begun before is good from now on. */
export function endSessions(user: User, now: TimeMs): User {
  return { ...user, sessionGeneration: user.sessionGeneration + 1, updatedAtMs: now };
}

/** The session, ended. When it ended before, that stays as it was. */
export function endSession(session: Session, now: TimeMs): Session {
  return { ...session, revokedAtMs: session.revokedAtMs ?? now };
}
