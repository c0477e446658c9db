/** The journal: the books of the shop's money, by double entry. */
import * as z from 'zod';
import { OrderId, TimeMs } from '../base.ts';
import { ProductKind } from '../catalogue/product.ts';

/**
 * The accounts. `cash:<rail>` is what a rail holds or has paid out to us. `fees` is what it kept. `rev:<kind>` is what
 * was sold, at list price, and `disc:<source>` what was taken off it;
 * `disc:rail` is what coupons took off that the shop gives at the rail (免充值券), as bills tell. `refunds` is what was given back of it.
 * `payable:late` is money that came too late or twice, and `payable:refund` money on its way back: both are empty when
 * nothing is open. `liab:credit` is a second payment that we cannot give back. `loss:honoured` is what an order was
 * short of because it was honoured without the coupon, points and places it was priced with.
 */
export const Account = z.enum([
  'cash:wxpay',
  'cash:xpay',
  'fees',
  ...ProductKind.options.map((kind) => `rev:${kind}` as const),
  'disc:activity',
  'disc:member',
  'disc:owned',
  'disc:campaign',
  'disc:coupon',
  'disc:points',
  'disc:rail',
  'refunds',
  'payable:late',
  'payable:refund',
  'liab:credit',
  'loss:honoured',
]);
export type Account = z.infer<typeof Account>;

/** Why something was booked. */
export const JournalCause = z.enum([
  'order_paid',
  'money_late',
  'refund_begun',
  'refund_succeeded',
  'refund_closed',
  'fees_charged',
]);
export type JournalCause = z.infer<typeof JournalCause>;

/** A day of the shop's calendar, which is Shanghai's: `2026-11-22`. */
export const Day = z.iso.date();
export type Day = z.infer<typeof Day>;

/** One line: an account and what changes in it. Positive is a debit, negative a credit, never zero. */
export const JournalLine = z.tuple([Account, z.int().refine((amountFen) => amountFen !== 0)]);
export type JournalLine = z.infer<typeof JournalLine>;

/** One entry of the journal: written once, never changed, its lines sum to zero. What was wrong is put right by another one. */
export const JournalEntry = z.object({
  /** `j_<kind>_<cause>`, so that one cause is booked once. */
  id: z.string().regex(/^j_[\x21-\x7e]{1,118}$/),
  unit: z.literal('fen'),
  lines: z
    .array(JournalLine)
    .min(2)
    .max(Account.options.length)
    .refine((lines) => lines.reduce((sum, [, amountFen]) => sum + amountFen, 0) === 0)
    .refine((lines) => new Set(lines.map(([account]) => account)).size === lines.length),
  cause: JournalCause,
  orderId: OrderId.nullable(),
  /** The day it belongs to, for the day's books. */
  dayShanghai: Day,
  atMs: TimeMs,
});
export type JournalEntry = z.infer<typeof JournalEntry>;
