/** Reconciliation: a rail's bill of a day held against what we have written down, and what differs. */
import * as z from 'zod';
import { pageOf, TimeMs } from '../base.ts';
import { Day } from './journal.ts';

/** A rail that sends bills. */
export const BillRail = z.enum(['wxpay', 'xpay']);
export type BillRail = z.infer<typeof BillRail>;

/** How the bill and our books differ. */
export const DifferenceKind = z.enum([
  /** The bill has it, we do not. */
  'missing_local',
  /** We have it, the bill does not. */
  'missing_remote',
  'amount_diff',
  'state_diff',
  /** The rail kept something else than agreed; or what it kept of a day changed after it was booked. */
  'fee_diff',
  /** A line of the bill that cannot be read, or is neither a payment nor a refund. */
  'unreadable',
]);
export type DifferenceKind = z.infer<typeof DifferenceKind>;

/** What differs, before it is written down. */
export const Difference = z.object({
  kind: DifferenceKind,
  of: z.enum(['payment', 'refund', 'fees', 'line']),
  /**
   * The transaction, our number of the refund (or the transaction it is of, when it is none of ours), the day, or a digest
   * of a line that cannot be read.
   */
  about: z.string().min(1).max(64),
  transactionId: z.string().max(64).nullable(),
  /** As the bill says it, or as we do: any text. */
  orderNumber: z.string().max(64).nullable(),
  refundId: z.string().max(64).nullable(),
  /** The amounts that differ, or that there are, on both sides; null on the side that has none. */
  oursFen: z.int().nullable(),
  billFen: z.int().nullable(),
  ours: z.string().max(64).nullable(),
  /** Of a line that cannot be read: the column that cannot, and what stands in it. */
  bill: z.string().max(64).nullable(),
});
export type Difference = z.infer<typeof Difference>;

/** A line of a bill that is no row of it, and what could be read of it all the same. */
export type UnreadableLine = Pick<
  Difference,
  'about' | 'transactionId' | 'orderNumber' | 'refundId' | 'billFen' | 'bill'
>;

/** A stored difference: `<rail>:<day>:<kind>:<about>`, once each. */
export const StoredDifference = Difference.extend({
  id: z.string().max(119),
  /** `<rail>:<day>`. */
  reconciliationId: z.string().max(20),
  /** `healed`: it was there, and what was found in the bill put it right. What is `open` is a case for staff. */
  state: z.enum(['open', 'healed']),
  foundAtMs: TimeMs,
  healedAtMs: TimeMs.nullable(),
});
export type StoredDifference = z.infer<typeof StoredDifference>;

/** The result of one rail's day, as of the last time it was looked at. */
export const Reconciliation = z.object({
  /** `<rail>:<day>`. */
  id: z.string().max(20),
  rail: BillRail,
  day: Day,
  paymentCount: z.int().min(0),
  paidFen: z.int().min(0),
  refundCount: z.int().min(0),
  /** What went back: of what is still on its way, or never went, nothing. */
  refundedFen: z.int().min(0),
  /** What the rail kept; negative when it gave back more. */
  feesFen: z.int(),
  /** What coupons that the shop itself gives at the rail (免充值券) took off what the rail owes it for the day. */
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
