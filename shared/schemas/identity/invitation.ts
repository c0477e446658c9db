/** Invitations: who invited whom. */
import * as z from 'zod';
import { OrderId, TimeMs, UserId } from '../base.ts';

/**
 * Who invited a user, stored under the invited user's id. The inviter is written once, and earns points for it at
 * most once.
 */
export const Invitation = z.object({
  id: UserId,
  inviterId: UserId,
  /** The first order the invited user paid money for since then; null until there is one. */
  orderId: OrderId.nullable(),
  /** Whether all the money of that order went back, and the inviter's points with it. */
  isUndone: z.boolean(),
  /** How many points the inviter was promised for it; 0 for none. */
  promised: z.int().min(0),
  /** When the promise is settled: the points can be spent if the money was kept. Null when nothing is pending. */
  dueAtMs: TimeMs.nullable(),
  createdAtMs: TimeMs,
  updatedAtMs: TimeMs,
});
export type Invitation = z.infer<typeof Invitation>;

/** An invitation as the invited user sees it. */
export const InvitationView = Invitation.pick({ inviterId: true, createdAtMs: true });
export type InvitationView = z.infer<typeof InvitationView>;
