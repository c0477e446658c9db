/** Sessions: how long a login lasts, and how long what was shown in it is fresh. */
import { DAY_MS, HOUR_MS, MINUTE_MS, type TimeMs, timeMs } from '../../schemas/base.ts';
import type { Role, Session, SessionView, User } from '../../schemas/identity/user.ts';

/** Thirty days, then one logs in again: in a mini-program that is silent, `wx.login` asks nobody anything. */
export const SESSION_MS = 30 * DAY_MS;

/** How long a factor that was shown in a session is fresh: long enough to type a form, too short for a stolen session. */
export const FRESH_MS = 10 * MINUTE_MS;

/** Whether a factor that was shown then is fresh now; null for one that never was. */
export function isFresh(shownAtMs: TimeMs | null, now: TimeMs): boolean {
  return shownAtMs !== null && now - shownAtMs < FRESH_MS;
}

/** How long a session of the staff lasts at most: a day's work. */
export const STAFF_SESSION_MS = 12 * HOUR_MS;

/** How long a session of the staff lasts when nobody uses it. */
export const STAFF_IDLE_MS = 30 * MINUTE_MS;

/** How exactly it is kept when a session was used: a write in each call would be one write too many. */
const SEEN_EVERY_MS = MINUTE_MS;

/** When the session ends if it is not used any more. It is the role of now that counts: who is appointed logs in again. */
export function sessionEndMs(session: Session, role: Role): TimeMs {
  if (role === 'learner') return session.expiresAtMs;
  const { createdAtMs, expiresAtMs, lastSeenAtMs } = session;
  const idleMs = (lastSeenAtMs ?? createdAtMs) + STAFF_IDLE_MS;
  return timeMs(Math.min(expiresAtMs, createdAtMs + STAFF_SESSION_MS, idleMs));
}

/** The session, used now; itself when that is written down already, closely enough. */
export function seen(session: Session, role: Role, now: TimeMs): Session {
  const sinceMs = now - (session.lastSeenAtMs ?? session.createdAtMs);
  return role === 'learner' || sinceMs < SEEN_EVERY_MS ? session : { ...session, lastSeenAtMs: now };
}

/** Whether the session is good now for this user. */
export function isGood(session: Session, user: User, now: TimeMs): boolean {
  const isCurrent = session.revokedAtMs === null && session.generation === user.sessionGeneration;
  return isCurrent && now < sessionEndMs(session, user.role);
}

/** A session, as its owner sees it. `thisId` is the one that asks. */
export function sessionView(session: Session, role: Role, thisId: string): SessionView {
  const { id, device, createdAtMs, lastSeenAtMs } = session;
  const endsAtMs = sessionEndMs(session, role);
  return { id, device, createdAtMs, lastSeenAtMs, endsAtMs, isThis: id === thisId };
}

/** What can be known of a browser or an app by its name, the first that fits; what stands in it besides is not kept. */
const APPS = [
  [/MicroMessenger/i, '微信'],
  [/Edg/, 'Edge'],
  [/Firefox|FxiOS/, 'Firefox'],
  [/Chrome|CriOS/, 'Chrome'],
  [/Safari/, 'Safari'],
] as const;
const SYSTEMS = [
  [/iPhone/, 'iPhone'],
  [/iPad/, 'iPad'],
  [/HarmonyOS|OpenHarmony/, 'HarmonyOS'],
  [/Android/, 'Android'],
  [/Windows/, 'Windows'],
  [/Mac OS X|Macintosh/, 'Mac'],
  [/Linux/, 'Linux'],
] as const;

/**
 * What a `User-Agent` says of the device, roughly enough to say nothing of the person: `微信 · iPhone`. Null when
 * nothing in it is known.
 */
export function deviceOf(userAgent: string): string | null {
  const named = [APPS, SYSTEMS].map((kinds) => kinds.find(([pattern]) => pattern.test(userAgent))?.[1]);
  return named.filter((name) => name !== undefined).join(' · ') || null;
}

/** A session that begins now. `id` is the digest of its token. */
export function startSession(asked: {
  readonly id: string;
  readonly user: User;
  readonly hasSecondFactor: boolean;
  readonly device: string | null;
  readonly now: TimeMs;
}): Session {
  return {
    id: asked.id,
    userId: asked.user.id,
    generation: asked.user.sessionGeneration,
    hasSecondFactor: asked.hasSecondFactor,
    factorShownAtMs: asked.hasSecondFactor ? asked.now : null,
    createdAtMs: asked.now,
    lastSeenAtMs: null,
    device: asked.device,
    expiresAtMs: timeMs(asked.now + (asked.user.role === 'learner' ? SESSION_MS : STAFF_SESSION_MS)),
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
