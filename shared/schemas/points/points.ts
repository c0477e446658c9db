/** Points: an append-only double-entry ledger, and each user's account, which is the sum of it. */
import * as z from 'zod';
import { OrderId, pageOf, storedText, TimeMs, UserId } from '../base.ts';
import { Reason } from '../identity/staff.ts';

/** The most points that one ledger entry may move. */
export const POINTS_MAX = 10_000_000;

/** The change of a user's points by staff: a signed whole number, never 0. */
export const PointsDelta = z
  .int()
  .min(-POINTS_MAX)
  .max(POINTS_MAX)
  .refine((delta) => delta !== 0);

/** A number of points, 1 … POINTS_MAX. */
export const PointsCount = z.int().min(1).max(POINTS_MAX);

/**
 * Points that expire at the same moment. An account has one lot for each moment, the earliest first, and no empty
 * lots. Example: 100 points that end on 1 December and 30 that end on 1 January are two lots.
 */
export const PointsLot = z.object({ expiresAtMs: TimeMs, remaining: z.int().min(1) });
export type PointsLot = z.infer<typeof PointsLot>;

/**
 * The largest number of lots in an account. Earned points expire at the end of one of the next 13 months. Points
 * that an order gives back and that would have expired sooner expire on one of the next 8 days. That makes 21
 * moments; the rest is room for older data.
 */
export const LOTS_MAX = 40;

/**
 * The accounts of the ledger. The user has four: `available` can be spent; `held` is held by pending orders; `debt`
 * is at or below zero, for points taken back after they were spent; `pending` holds rewards that cannot be spent
 * yet. The house has five: `issued` for what users earned, `redeemed` for what they spent, `expired`, `adjusted` by
 * staff, and `promised`, the other side of `pending`.
 */
export const PointsLedgerAccount = z.enum([
  'available',
  'held',
  'debt',
  'pending',
  'issued',
  'redeemed',
  'expired',
  'adjusted',
  'promised',
]);
export type PointsLedgerAccount = z.infer<typeof PointsLedgerAccount>;

/** One line of an entry: an account and its change, never 0. */
export const PointsPosting = z.tuple([PointsLedgerAccount, z.int().refine((amount) => amount !== 0)]);
export type PointsPosting = z.infer<typeof PointsPosting>;

/** Why points move. */
export const PointsCause = z.enum([
  'order_paid',
  'check_in',
  'friend_bought',
  'course_finished',
  'comment_approved',
  'hold',
  'release',
  'spend',
  'redeem',
  'refund_return',
  'refund_claw_back',
  'reward_claw_back',
  'content_removed',
  'content_restored',
  /**
   * A pending reward becomes spendable (`reward_due`), or is dropped because it is not due after all
   * (`reward_dropped`).
   */
  'reward_due',
  'reward_dropped',
  'expire',
  'adjustment',
]);
export type PointsCause = z.infer<typeof PointsCause>;

/**
 * One ledger entry. It is written once and never changed; its postings sum to 0. Its id is derived from its cause
 * (`<orderId>:earn`, `<adjustmentId>`), so one cause moves points once.
 */
export const PointsEntry = z.object({
  id: z.string().max(80),
  userId: UserId,
  /** The entry's number among the user's entries, from 1. It orders the ledger, and makes a gap visible. */
  line: z.int().min(1),
  cause: PointsCause,
  postings: z
    .array(PointsPosting)
    .min(2)
    .max(PointsLedgerAccount.options.length)
    .refine((postings) => postings.reduce((sum, [, amount]) => sum + amount, 0) === 0)
    .refine((postings) => new Set(postings.map(([account]) => account)).size === postings.length),
  /** The user's balances after this entry. */
  availableAfter: z.int().min(0),
  heldAfter: z.int().min(0),
  debtAfter: z.int().min(0),
  /** Left out in entries that are older than pending rewards. */
  pendingAfter: z.int().min(0).optional(),
  orderId: OrderId.nullable(),
  reason: storedText(Reason).nullable(),
  /** Never earlier than the previous entry's. */
  createdAtMs: TimeMs,
});
export type PointsEntry = z.infer<typeof PointsEntry>;

/** A day in Shanghai: `2026-11-22`. */
const ShanghaiDay = z.string().length(10);

/** Rewards that can be earned repeatedly, up to a number of times a day. */
export const DailyReward = z.enum(['friend_bought', 'course_finished', 'comment_approved']);
export type DailyReward = z.infer<typeof DailyReward>;

/**
 * A user's account, under the user's id. `available` is the sum of the lots. All balances always equal those of the
 * ledger. A user with a debt has nothing available, because incoming points pay the debt first.
 */
export const PointsAccount = z.object({
  id: UserId,
  available: z.int().min(0),
  held: z.int().min(0),
  /** How many points are owed: 0 or more. */
  debt: z.int().min(0),
  /** Rewards that cannot be spent yet; left out when the user never had one. */
  pending: z.int().min(0).optional(),
  lots: z.array(PointsLot).max(LOTS_MAX),
  /** When the first lot expires; null when there is none. */
  nextExpiryAtMs: TimeMs.nullable(),
  /** How many entries the user's ledger has. */
  lines: z.int().min(0),
  /** The last day on which the user checked in, and the number of days in a row up to then. */
  checkIn: z.object({ day: ShanghaiDay, streak: z.int().min(1) }).nullable(),
  /** How often each reward was given, on the last day when one was given. */
  rewards: z.object({ day: ShanghaiDay, counts: z.partialRecord(DailyReward, z.int().min(1)) }).nullable(),
  updatedAtMs: TimeMs,
});
export type PointsAccount = z.infer<typeof PointsAccount>;

/**
 * The state of a hold: `held → released | spent`. It goes from `released` back to `held` when the order holds points
 * again, after it was priced anew or was paid late.
 */
export const PointsHoldState = z.enum(['held', 'released', 'spent']);
export type PointsHoldState = z.infer<typeof PointsHoldState>;

/** The points that an order holds or has spent, under the order's id. */
export const PointsHold = z.object({
  id: OrderId,
  userId: UserId,
  /** The number of this hold among the order's holds, from 1. */
  number: z.int().min(1),
  state: PointsHoldState,
  count: PointsCount,
  /** The lots that the points were taken from. They sum to `count`. */
  lots: z.array(PointsLot).min(1).max(LOTS_MAX),
  /** How many of the spent points have come back by refunds: at most `count`. */
  returned: z.int().min(0),
  updatedAtMs: TimeMs,
});
export type PointsHold = z.infer<typeof PointsHold>;

/**
 * An entry as its owner sees it. `delta` is its change of the spendable balance; it is 0 for points that had been
 * held.
 */
export const PointsEntryView = PointsEntry.omit({
  userId: true,
  postings: true,
  availableAfter: true,
}).extend({
  delta: z.int(),
  /** The spendable balance after it. */
  balanceAfter: z.int(),
  /** The pending rewards after it. */
  pendingAfter: z.int(),
});
export type PointsEntryView = z.infer<typeof PointsEntryView>;

/** The balances and one page of the ledger, newest first. */
export const PointsView = z.object({
  /** The spendable points. */
  balance: z.int(),
  held: z.int(),
  debt: z.int(),
  /**
   * Rewards earned by purchases that may still be given back. They become spendable once that is no longer possible.
   */
  pending: z.int(),
  /** The part of the balance that expires within 30 days, and when the first of it expires. */
  expiringSoon: z.object({ count: z.int(), firstAtMs: TimeMs.nullable() }),
  ledger: pageOf(PointsEntryView),
});
export type PointsView = z.infer<typeof PointsView>;

/** A calendar month in Shanghai: `2026-11`. */
export const Month = z.string().regex(/^20[0-9]{2}-(0[1-9]|1[0-2])$/);

/**
 * A month's statement: `opening + earned + returned + adjusted − spent − expired − takenBack = closing`. The
 * balances are available plus held minus debt, so placing an order changes nothing and paying it does. Pending
 * rewards are not in a statement until they can be spent.
 */
export const PointsStatement = z.object({
  month: Month,
  opening: z.int(),
  earned: z.int(),
  spent: z.int(),
  expired: z.int(),
  /** Points that orders had spent and refunds gave back. */
  returned: z.int(),
  /** Points that were earned by something that was later undone. */
  takenBack: z.int(),
  /** The change by staff; may be negative. */
  adjusted: z.int(),
  closing: z.int(),
});
export type PointsStatement = z.infer<typeof PointsStatement>;
