/** The journal: the shop's money, by double-entry bookkeeping. */
import * as z from 'zod';
import { OrderId, TimeMs } from '../base.ts';
import { ProductKind } from '../catalogue/productKind.ts';

/**
 * The accounts of the journal.
 *
 * - `cash:<rail>`: what the rail holds for us or has paid out to us.
 * - `fees`: what rails kept as fees.
 * - `rev:<kind>`: sales at list price, by kind of product.
 * - `disc:<source>`: what was taken off sales. `disc:rail` is for coupons that the shop gives at the rail (免充值券), as
 *   told by the bills.
 * - `refunds`: what was given back of sales.
 * - `payable:late`: money that came too late or twice. It is empty when nothing is open.
 * - `payable:refund`: money on its way back. It is empty when nothing is open.
 * - `liab:credit`: second payments that we cannot give back.
 * - `deferred:question`, `liab:escrow`: what was paid for questions and is neither earned nor back yet, once as what is
 *   not ours and once as what we owe. Both are empty when no question is open.
 * - `cost:payee`: the shares of sales that others have earned; `payable:payee` is what we owe them for it.
 * - `loss:honoured`: what orders were short of because they were honoured without the coupon, points and seats that
 *   had lowered their price.
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
  'deferred:question',
  'liab:escrow',
  'cost:payee',
  'payable:payee',
  'loss:honoured',
]);
export type Account = z.infer<typeof Account>;

/** The reason for a journal entry. */
export const JournalCause = z.enum([
  'order_paid',
  'money_late',
  'refund_begun',
  'refund_succeeded',
  'refund_closed',
  'fees_charged',
  /** A question was paid, a part of its money went back, or its answer earned it; and a share that was taken back. */
  'question_held',
  'question_returned',
  'question_earned',
  'question_unearned',
]);
export type JournalCause = z.infer<typeof JournalCause>;

/** A calendar day in Shanghai: `2026-11-22`. */
export const Day = z.iso.date();
export type Day = z.infer<typeof Day>;

/** One line of an entry: an account, and its change in fen. Positive is a debit, negative a credit; never zero. */
export const JournalLine = z.tuple([Account, z.int().refine((amountFen) => amountFen !== 0)]);
export type JournalLine = z.infer<typeof JournalLine>;

/**
 * One journal entry. It is written once and never changed; its lines sum to zero. A mistake is corrected by a
 * further entry.
 */
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
  /** The day whose books it belongs to. */
  dayShanghai: Day,
  atMs: TimeMs,
});
export type JournalEntry = z.infer<typeof JournalEntry>;
