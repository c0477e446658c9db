/** Points: a ledger that is only appended to, by double entry, and the account that it adds up to. */
import * as z from 'zod';
import { OrderId, pageOf, storedText, TimeMs, UserId } from '../base.ts';
import { Reason } from '../identity/staff.ts';

/** The most points one entry of the ledger may move. */
export const POINTS_MAX = 10_000_000;

/** By how much staff change what a user has: signed whole points, never 0. */
export const PointsDelta = z
  .int()
  .min(-POINTS_MAX)
  .max(POINTS_MAX)
  .refine((delta) => delta !== 0);

/** So many points, 1 … POINTS_MAX. */
export const PointsCount = z.int().min(1).max(POINTS_MAX);

/** Points that end at the same moment. An account has each moment once, soonest first, and none of them is empty. */
export const PointsLot = z.object({ expiresAtMs: TimeMs, remaining: z.int().min(1) });
export type PointsLot = z.infer<typeof PointsLot>;

/**
 * How many lots an account has at most. What is earned ends with one of the next 13 months, and what comes back from
 * an order with one of the next 8 days, if it would have ended before: 21 moments, with room for older shapes.
 */
export const LOTS_MAX = 40;

/**
 * The accounts of the ledger. The user's own: `available`, which can be spent; `held` by a pending order; `debt`, which
 * is at or below zero: points taken back that had been spent already; `pending`, a reward that cannot be spent yet. And
 * the house's: `issued` for what was done here, `redeemed` for something, `expired`, `adjusted` by staff, and `promised`,
 * the other side of what is pending.
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

/** One line of an entry: an account and by how much it changes, never 0. */
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
  /** A reward that was pending can be spent, or (of what is not due after all) is dropped. */
  'reward_due',
  'reward_dropped',
  'expire',
  'adjustment',
]);
export type PointsCause = z.infer<typeof PointsCause>;

/**
 * One entry of the ledger: written once, never changed, its postings sum to 0. Its id is made from its cause
 * (`<orderId>:earn`, `<adjustmentId>`), so one cause moves points once.
 */
export const PointsEntry = z.object({
  id: z.string().max(80),
  userId: UserId,
  /** The number among the user's entries, from 1: gives the ledger an order and shows a gap. */
  line: z.int().min(1),
  cause: PointsCause,
  postings: z
    .array(PointsPosting)
    .min(2)
    .max(PointsLedgerAccount.options.length)
    .refine((postings) => postings.reduce((sum, [, amount]) => sum + amount, 0) === 0)
    .refine((postings) => new Set(postings.map(([account]) => account)).size === postings.length),
  /** What the user has after this entry. */
  availableAfter: z.int().min(0),
  heldAfter: z.int().min(0),
  debtAfter: z.int().min(0),
  /** Not there in entries that were written before rewards could wait. */
  pendingAfter: z.int().min(0).optional(),
  orderId: OrderId.nullable(),
  reason: storedText(Reason).nullable(),
  /** Never before the entry with the number before it. */
  createdAtMs: TimeMs,
});
export type PointsEntry = z.infer<typeof PointsEntry>;

/** A day in Shanghai, `2026-11-22`. */
const ShanghaiDay = z.string().length(10);

/** What somebody may earn again and again, but only so often a day. */
export const DailyReward = z.enum(['friend_bought', 'course_finished', 'comment_approved']);
export type DailyReward = z.infer<typeof DailyReward>;

/**
 * A user's account, under the user's id. `available` is the sum of the lots, and all three balances are those of the
 * ledger, always. Who has a debt has nothing available: whatever comes in pays the debt first.
 */
export const PointsAccount = z.object({
  id: UserId,
  available: z.int().min(0),
  held: z.int().min(0),
  /** How many are owed: 0 or more. */
  debt: z.int().min(0),
  /** Rewards that cannot be spent yet; not there for who never had one. */
  pending: z.int().min(0).optional(),
  lots: z.array(PointsLot).max(LOTS_MAX),
  /** When the first lot ends; null when there is none. */
  nextExpiryAtMs: TimeMs.nullable(),
  /** How many entries the ledger has. */
  lines: z.int().min(0),
  /** The last day the user checked in, and the how-manieth day in a row that was. */
  checkIn: z.object({ day: ShanghaiDay, streak: z.int().min(1) }).nullable(),
  /** How often each reward was given on the last day on which one was. */
  rewards: z.object({ day: ShanghaiDay, counts: z.partialRecord(DailyReward, z.int().min(1)) }).nullable(),
  updatedAtMs: TimeMs,
});
export type PointsAccount = z.infer<typeof PointsAccount>;

/**
 * `held → released | spent`, and `released → held` when the order holds points again: by another price, or because it
 * was paid for late.
 */
export const PointsHoldState = z.enum(['held', 'released', 'spent']);
export type PointsHoldState = z.infer<typeof PointsHoldState>;

/** What an order holds, or has spent: under the order's id. */
export const PointsHold = z.object({
  id: OrderId,
  userId: UserId,
  /** The how-manieth hold of this order it is. */
  number: z.int().min(1),
  state: PointsHoldState,
  count: PointsCount,
  /** Where they were taken from. They sum to `count`. */
  lots: z.array(PointsLot).min(1).max(LOTS_MAX),
  /** How many of what was spent has come back by refunds: at most `count`. */
  returned: z.int().min(0),
  updatedAtMs: TimeMs,
});
export type PointsHold = z.infer<typeof PointsHold>;

/** An entry as its owner sees it. `delta` is what it changes in what can be spent: 0 where that was held before. */
export const PointsEntryView = PointsEntry.omit({
  userId: true,
  postings: true,
  availableAfter: true,
}).extend({
  delta: z.int(),
  /** What could be spent after it. */
  balanceAfter: z.int(),
  /** What was earned by then and cannot be spent yet. */
  pendingAfter: z.int(),
});
export type PointsEntryView = z.infer<typeof PointsEntryView>;

/** Balance and one page of the ledger, newest first. */
export const PointsView = z.object({
  /** What can be spent. */
  balance: z.int(),
  held: z.int(),
  debt: z.int(),
  /** Earned by what may still be given back: it can be spent once that is no longer so. */
  pending: z.int(),
  /** What of the balance ends within 30 days, and when the first of it does. */
  expiringSoon: z.object({ count: z.int(), firstAtMs: TimeMs.nullable() }),
  ledger: pageOf(PointsEntryView),
});
export type PointsView = z.infer<typeof PointsView>;

/** A calendar month in Shanghai, `2026-11`. */
export const Month = z.string().regex(/^20[0-9]{2}-(0[1-9]|1[0-2])$/);

/**
 * A month's statement. What a user has is what is available and held less what is owed, so placing an order changes
 * nothing, and paying it does. What is pending is in no statement before it can be spent: `opening + earned + returned + adjusted − spent − expired − takenBack = closing`.
 */
export const PointsStatement = z.object({
  month: Month,
  opening: z.int(),
  earned: z.int(),
  spent: z.int(),
  expired: z.int(),
  /** What orders had spent and refunds gave back. */
  returned: z.int(),
  /** What was earned by something that was undone. */
  takenBack: z.int(),
  /** By staff: may be below 0. */
  adjusted: z.int(),
  closing: z.int(),
});
export type PointsStatement = z.infer<typeof PointsStatement>;
