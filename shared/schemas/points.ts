/** Points: a ledger that is only appended to, and the balance it adds up to. */
import * as z from 'zod';
import { OrderId, pageOf, TimeMs, text, UserId } from './base.ts';

/** The most points one line of the ledger may move. */
export const POINTS_MAX = 10_000_000;

/** By how much one line changes the balance: signed whole points, never 0. */
export const PointsDelta = z
  .int()
  .min(-POINTS_MAX)
  .max(POINTS_MAX)
  .refine((delta) => delta !== 0);

/** One line of the ledger; its id is made from its cause (`<orderId>:earn`, `<adjustmentId>`), so it is written once. */
export const PointsEntry = z.object({
  id: z.string().max(80),
  userId: UserId,
  delta: PointsDelta,
  /** The account's balance after this line. */
  balanceAfter: z.int(),
  /** The account's line number, from 1: gives the ledger an order and shows a gap. */
  line: z.int().min(1),
  cause: z.enum(['order_paid', 'adjustment']),
  orderId: OrderId.nullable(),
  reason: text(200).nullable(),
  createdAtMs: TimeMs,
});
export type PointsEntry = z.infer<typeof PointsEntry>;

/** A user's account, under the user's id. `balance` is always the sum of the ledger's lines. */
export const PointsAccount = z.object({
  id: UserId,
  balance: z.int(),
  lines: z.int().min(0),
  updatedAtMs: TimeMs,
});
export type PointsAccount = z.infer<typeof PointsAccount>;

/** A line of the ledger as its owner sees it. */
export const PointsEntryView = PointsEntry.omit({ userId: true });
export type PointsEntryView = z.infer<typeof PointsEntryView>;

/** Balance and one page of the ledger, newest first. */
export const PointsView = z.object({ balance: z.int(), ledger: pageOf(PointsEntryView) });
export type PointsView = z.infer<typeof PointsView>;
