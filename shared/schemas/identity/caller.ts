import type { UserId } from '../base.ts';
import type { Role } from './user.ts';

/** Who is calling, as `authenticate` found out. */
export interface Caller {
  readonly id: UserId;
  readonly role: Role;
  /** The session's id (the token's SHA-256), to end it by. */
  readonly sessionId: string;
  /** Whether they have shown a second factor in this session. */
  readonly hasSecondFactor: boolean;
  /** Whether they have shown it within the last ten minutes. */
  readonly hasFreshFactor: boolean;
}
