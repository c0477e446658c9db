/** Sessions: how long a login lasts, and how long a shown second factor counts as fresh. */
import { DAY_MS, HOUR_MS, MINUTE_MS, type TimeMs, timeMs } from '../../schemas/base.ts';
import type { Role, Session, SessionView, User } from '../../schemas/identity/user.ts';

/**
 * How long a learner's session lasts: 30 days. In a mini-program the next login is silent, because `wx.login` asks
 * the user nothing.
 */
export const SESSION_MS = 30 * DAY_MS;

/** How long a shown factor stays fresh: long enough to fill in a form, too short to be of use in a stolen session. */
export const FRESH_MS = 10 * MINUTE_MS;

/** Whether a factor shown at that time is still fresh. `shownAtMs` is null when none was shown. */
export function isFresh(shownAtMs: TimeMs | null, now: TimeMs): boolean {
  return shownAtMs !== null && now - shownAtMs < FRESH_MS;
}

/** The longest life of a staff session: one working day. */
export const STAFF_SESSION_MS = 12 * HOUR_MS;

/** How long an unused staff session lasts. */
export const STAFF_IDLE_MS = 30 * MINUTE_MS;

/** How precisely the last use of a session is stored. Writing it on every call would cost too much. */
const SEEN_EVERY_MS = MINUTE_MS;

/**
 * When the session ends if it is not used again. The user's present role decides, so a learner who becomes staff has
 * to log in again.
 */
export function sessionEndMs(session: Session, role: Role): TimeMs {
  if (role === 'learner') return session.expiresAtMs;
  const { createdAtMs, expiresAtMs, lastSeenAtMs } = session;
  const idleMs = (lastSeenAtMs ?? createdAtMs) + STAFF_IDLE_MS;
  return timeMs(Math.min(expiresAtMs, createdAtMs + STAFF_SESSION_MS, idleMs));
}

/**
 * The session with its last use set to now. The same object is returned for learners, and when the stored time is
 * precise enough.
 */
export function seen(session: Session, role: Role, now: TimeMs): Session {
  const sinceMs = now - (session.lastSeenAtMs ?? session.createdAtMs);
  return role === 'learner' || sinceMs < SEEN_EVERY_MS ? session : { ...session, lastSeenAtMs: now };
}

/** Whether the session is valid now for this user. */
export function isGood(session: Session, user: User, now: TimeMs): boolean {
  const isCurrent = session.revokedAtMs === null && session.generation === user.sessionGeneration;
  return isCurrent && now < sessionEndMs(session, user.role);
}

/** A session as its owner sees it. `thisId` is the session that asks. */
export function sessionView(session: Session, role: Role, thisId: string): SessionView {
  const { id, device, createdAtMs, lastSeenAtMs } = session;
  const endsAtMs = sessionEndMs(session, role);
  return { id, device, createdAtMs, lastSeenAtMs, endsAtMs, isThis: id === thisId };
}

/** Browsers and systems recognised in a `User-Agent`; the first match counts. Nothing else of the header is kept. */
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
 * A rough description of the device from a `User-Agent`: `微信 · iPhone`. It is too rough to identify a person. Null
 * when nothing in it is known.
 */
export function deviceOf(userAgent: string): string | null {
  const named = [APPS, SYSTEMS].map((kinds) => kinds.find(([pattern]) => pattern.test(userAgent))?.[1]);
  return named.filter((name) => name !== undefined).join(' · ') || null;
}

/** A new session. `id` is the digest of its token. */
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

/** The session after a second factor was shown in it. */
export function withFactor(session: Session, now: TimeMs): Session {
  return { ...session, hasSecondFactor: true, factorShownAtMs: now };
}

/** The user with all present sessions ended. */
export function endSessions(user: User, now: TimeMs): User {
  return { ...user, sessionGeneration: user.sessionGeneration + 1, updatedAtMs: now };
}

/** The session, ended. A session that ended earlier keeps that time. */
export function endSession(session: Session, now: TimeMs): Session {
  return { ...session, revokedAtMs: session.revokedAtMs ?? now };
}
