/** Invitations: who brought whom here. */
import * as z from 'zod';
import { OrderId, TimeMs, UserId } from '../base.ts';

/** Who invited a user, under the invited user's id. Written once, and no more than once a reason for points. */
export const Invitation = z.object({
  id: UserId,
  inviterId: UserId,
  /** The first order that the invited user paid money for since; null as long as there is none. */
  orderId: OrderId.nullable(),
  /** Whether all the money of that order has gone back, and the inviter's points with it. */
  isUndone: z.boolean(),
  /** What the inviter was promised for it; 0 when nothing. */
  promised: z.int().min(0),
  /** When that is looked at, and can be spent if the money was kept; null when nothing is pending. */
  dueAtMs: TimeMs.nullable(),
  createdAtMs: TimeMs,
  updatedAtMs: TimeMs,
});
export type Invitation = z.infer<typeof Invitation>;

/** An invitation as the invited user sees it. */
export const InvitationView = Invitation.pick({ inviterId: true, createdAtMs: true });
export type InvitationView = z.infer<typeof InvitationView>;
