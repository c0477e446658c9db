/** Who is logged in on this phone. It is kept in storage, and a copy of it here. */
import type { LoginView, Role, UserId } from '../../client/types.ts';

/** A login as it is kept. */
export interface Session {
  readonly token: string;
  readonly userId: UserId;
  readonly role: Role;
  /** A session of WeChat is renewed silently. One of a password is not: WeChat may know somebody else. */
  readonly by: 'wechat' | 'password';
}

const KEY = 'session';
/** Kept after a session ended for good, so that WeChat logs nobody in behind their back. */
const LEFT_KEY = 'session.left';

let own: Session | null | undefined;
let changes = 0;

const isSession = (kept: unknown): kept is Session =>
  typeof kept === 'object' && kept !== null && 'token' in kept && 'userId' in kept;

/** The session; null when nobody is logged in. */
export function session(): Session | null {
  if (own === undefined) {
    const found = wx.getStorageSync(KEY);
    own = isSession(found) ? found : null;
  }
  return own;
}

/** A number that grows whenever somebody logs in or out. Pages compare it to know that they show somebody else's. */
export function sessionChanges(): number {
  return changes;
}

/** Keeps a login. */
export function keepSession({ token, user }: LoginView, by: Session['by']): void {
  const isOther = session()?.userId !== user.id;
  own = { token, userId: user.id, role: user.role, by };
  wx.setStorageSync(KEY, own);
  wx.removeStorageSync(LEFT_KEY);
  if (isOther) changes += 1;
}

/** Keeps which role the caller has by now. It may change while they are logged in. */
export function keepRole(role: Role): void {
  const now = session();
  if (now === null || now.role === role) return;
  own = { ...now, role };
  wx.setStorageSync(KEY, own);
  changes += 1;
}

/** Forgets the session of somebody who logged out, or whose session of a password ended. They log in by themselves. */
export function dropSession(): void {
  own = null;
  wx.removeStorageSync(KEY);
  wx.setStorageSync(LEFT_KEY, true);
  changes += 1;
}

/** Whether WeChat may log in silently: neither did a session end for good, nor is one of a password in use. */
export function mayLoginSilently(): boolean {
  return session()?.by !== 'password' && wx.getStorageSync(LEFT_KEY) !== true;
}
