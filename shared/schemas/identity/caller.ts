import type { TimeMs, UserId } from '../base.ts';
import type { Role } from './user.ts';

/** The caller, as `authenticate` established it. */
export interface Caller {
  readonly id: UserId;
  readonly role: Role;
  /** When their account was made. It never changes, so who needs no more of a user need not read them again. */
  readonly registeredAtMs: TimeMs;
  /** The session's id (the token's SHA-256), by which it can be ended. */
  readonly sessionId: string;
  /** Whether a second factor was shown in this session. */
  readonly hasSecondFactor: boolean;
  /** Whether a second factor was shown within the last ten minutes. */
  readonly hasFreshFactor: boolean;
}
