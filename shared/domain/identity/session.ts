/** Sessions: how long a login lasts, and how long what was shown in it is fresh. */
import { DAY_MS, MINUTE_MS, type TimeMs, timeMs } from '../../schemas/base.ts';
import type { Session, User } from '../../schemas/identity/user.ts';

/** Thirty days, then one logs in again: in a mini-program that is silent, `wx.login` asks nobody anything. */
export const SESSION_MS = 30 * DAY_MS;

/** How long a factor that was shown in a session is fresh: long enough to type a form, too short for a stolen session. */
export const FRESH_MS = 10 * MINUTE_MS;

/** Whether a factor that was shown then is fresh now; null for one that never was. */
export function isFresh(shownAtMs: TimeMs | null, now: TimeMs): boolean {
  return shownAtMs !== null && now - shownAtMs < FRESH_MS;
}

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
    factorShownAtMs: asked.hasSecondFactor ? asked.now : null,
    createdAtMs: asked.now,
    expiresAtMs: timeMs(asked.now + SESSION_MS),
    revokedAtMs: null,
  };
}

/** The session, in which a second factor has just been shown. */
export function withFactor(session: Session, now: TimeMs): Session {
  return { ...session, hasSecondFactor: true, factorShownAtMs: now };
}

/** The user, with all their sessions ended: none that has begun before is good from now on. */
export function endSessions(user: User, now: TimeMs): User {
  return { ...user, sessionGeneration: user.sessionGeneration + 1, updatedAtMs: now };
}

/** The session, ended. When it ended before, that stays as it was. */
export function endSession(session: Session, now: TimeMs): Session {
  return { ...session, revokedAtMs: session.revokedAtMs ?? now };
}
