/** What staff see of people, and why they looked. */
import * as z from 'zod';
import { lines, pageOf, TimeMs, text, UserId } from '../base.ts';
import { Role, User } from './user.ts';

/** Why a member of staff did something: goes into the audit log. */
export const Reason = text(200);

/** The same where nobody has to say it (`docs/CONVENTIONS.md` has the rule): null when not given. */
export const AnyReason = Reason.optional().transform((reason) => reason ?? null);

/** What a member of staff did about something, and what came of it. */
export const Resolution = lines(500);

/** A member of staff, as others of the staff see them. */
export const StaffView = z.object({
  id: UserId,
  nickname: z.string(),
  role: Role,
  state: User.shape.state,
  hasSecondFactor: z.boolean(),
  createdAtMs: TimeMs,
});
export type StaffView = z.infer<typeof StaffView>;

/** One page of staff. */
export const StaffPage = pageOf(StaffView);

/** A user, as staff who help them see them. */
export const StaffUserView = z.object({
  ...StaffView.shape,
  avatarUrl: z.string().nullable(),
  /** Its first and last letters: enough to compare with what somebody reads out. */
  openidMasked: z.string().nullable(),
  consents: User.shape.consents,
  updatedAtMs: TimeMs,
});
export type StaffUserView = z.infer<typeof StaffUserView>;
