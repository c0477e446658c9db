/** What staff see of people, and their reasons for acting. */
import * as z from 'zod';
import { lines, pageOf, TimeMs, text, UserId } from '../base.ts';
import { Role, User } from './user.ts';

/** The reason a member of staff gives for an action. It goes into the audit log. */
export const Reason = text(200);

/** An optional reason; null when not given. `docs/CONVENTIONS.md` says where a reason is required. */
export const AnyReason = Reason.optional().transform((reason) => reason ?? null);

/** What a member of staff did about a matter, and the outcome. */
export const Resolution = lines(500);

/** A member of staff, as other staff see them. */
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

/** A user, as staff see them. */
export const StaffUserView = z.object({
  ...StaffView.shape,
  /** The first and last characters of the openid: enough to compare with what somebody reads out. */
  openidMasked: z.string().nullable(),
  consents: User.shape.consents,
  updatedAtMs: TimeMs,
});
export type StaffUserView = z.infer<typeof StaffUserView>;

/** One user in a list. */
export const StaffUserRow = StaffUserView.pick({
  ...{ id: true, nickname: true, role: true, state: true, createdAtMs: true },
});
export type StaffUserRow = z.infer<typeof StaffUserRow>;

/** One page of users. */
export const StaffUserPage = pageOf(StaffUserRow);
