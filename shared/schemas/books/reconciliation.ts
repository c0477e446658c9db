/** Reconciliation: a rail's bill for one day, compared with our records, and the differences found. */
import * as z from 'zod';
import { pageOf, TimeMs } from '../base.ts';
import { Day } from './journal.ts';

/** A rail that provides bills. */
export const BillRail = z.enum(['wxpay', 'xpay']);
export type BillRail = z.infer<typeof BillRail>;

/** The kinds of difference between the bill and our records. */
export const DifferenceKind = z.enum([
  /** The bill has it, and we do not. */
  'missing_local',
  /** We have it, and the bill does not. */
  'missing_remote',
  'amount_diff',
  'state_diff',
  /** The rail's fee is not the agreed one, or a day's fee changed after it was booked. */
  'fee_diff',
  /** A line of the bill cannot be read, or is neither a payment nor a refund. */
  'unreadable',
]);
export type DifferenceKind = z.infer<typeof DifferenceKind>;

/** A difference, before it is stored. */
export const Difference = z.object({
  kind: DifferenceKind,
  of: z.enum(['payment', 'refund', 'fees', 'line']),
  /**
   * What it is about: a transaction's id; the number of one of our refunds; the transaction of a refund that is not
   * ours; a day; or a digest of an unreadable line.
   */
  about: z.string().min(1).max(64),
  transactionId: z.string().max(64).nullable(),
  /** The order number of the bill or of our records. It may be any text. */
  orderNumber: z.string().max(64).nullable(),
  refundId: z.string().max(64).nullable(),
  /** The amounts on both sides; null on the side that has none. */
  oursFen: z.int().nullable(),
  billFen: z.int().nullable(),
  ours: z.string().max(64).nullable(),
  /** For an unreadable line: the column that cannot be read, and its text. */
  bill: z.string().max(64).nullable(),
});
export type Difference = z.infer<typeof Difference>;

/** An unreadable line of a bill, with the fields that could be read. */
export type UnreadableLine = Pick<
  Difference,
  'about' | 'transactionId' | 'orderNumber' | 'refundId' | 'billFen' | 'bill'
>;

/** A stored difference, under `<rail>:<day>:<kind>:<about>`, so each is stored once. */
export const StoredDifference = Difference.extend({
  id: z.string().max(119),
  /** `<rail>:<day>`. */
  reconciliationId: z.string().max(20),
  /** `healed`: the bill supplied what was missing, and it was put right. An `open` difference is a case for staff. */
  state: z.enum(['open', 'healed']),
  foundAtMs: TimeMs,
  healedAtMs: TimeMs.nullable(),
});
export type StoredDifference = z.infer<typeof StoredDifference>;

/** The result of one rail's day, as of the last time it was reconciled. */
export const Reconciliation = z.object({
  /** `<rail>:<day>`. */
  id: z.string().max(20),
  rail: BillRail,
  day: Day,
  paymentCount: z.int().min(0),
  paidFen: z.int().min(0),
  refundCount: z.int().min(0),
  /** What was given back. Refunds still on their way, or that failed, do not count. */
  refundedFen: z.int().min(0),
  /** The rail's fees; negative when it gave back more than it kept. */
  feesFen: z.int(),
  /** How much less the rail owes for the day because of coupons that the shop gives at the rail (免充值券). */
  couponsFen: z.int().default(0),
  healedCount: z.int().min(0),
  openCount: z.int().min(0),
  finishedAtMs: TimeMs,
});
export type Reconciliation = z.infer<typeof Reconciliation>;

/** One page of results. */
export const ReconciliationPage = pageOf(Reconciliation);

/** One page of a day's differences. */
export const DifferencePage = pageOf(StoredDifference);
