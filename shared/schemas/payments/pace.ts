/** Paces: rate limits on our background calls to the platforms. */
import * as z from 'zod';

/** A kind of call with a limit of its own at the platform. */
export const PacePath = z.enum([
  'wxpay.query',
  'wxpay.close',
  'wxpay.refund',
  'wxpay.queryRefund',
  'wxpay.bill',
  'wechat.shipping',
  'wechat.checkText',
  'wechat.checkMedia',
  'wechat.message',
  /** Payments and refunds are queried, and refunds are made, by the same calls. */
  'xpay.order',
  'xpay.bill',
]);
export type PacePath = z.infer<typeof PacePath>;

/** The largest number of calls per second. */
const PerSecond = z.number().min(0.1).max(1_000);

/** The largest number of calls per second, by kind. The defaults are well below the documented limits. */
export const Paces = z.strictObject({
  // The documented limit is 1,800 per second.
  'wxpay.query': PerSecond.default(100),
  'wxpay.close': PerSecond.default(50),
  // The documented limit is 150 per second.
  'wxpay.refund': PerSecond.default(50),
  // The documented limit is 300 per second.
  'wxpay.queryRefund': PerSecond.default(50),
  'wxpay.bill': PerSecond.default(2),
  'wechat.shipping': PerSecond.default(10),
  // The documented limits are 4,000 and 2,000 per minute.
  'wechat.checkText': PerSecond.default(40),
  'wechat.checkMedia': PerSecond.default(15),
  // The documented limit is ten million a day.
  'wechat.message': PerSecond.default(50),
  // No limit is documented.
  'xpay.order': PerSecond.default(20),
  'xpay.bill': PerSecond.default(2),
}) satisfies z.ZodType<Record<PacePath, number>>;
export type Paces = z.infer<typeof Paces>;

/**
 * The shared state of a pace, under the path's name. Its instants may have fractions of a millisecond, so that a
 * thousand turns fit into a second.
 */
export const Pace = z.object({
  id: PacePath,
  /** When the next turn is free: one queue for fresh calls, one for the backlog. */
  freshNextAtMs: z.number().min(0),
  backlogNextAtMs: z.number().min(0),
  /**
   * The rate (per second) it was lowered to when the platform last said that we call too often, and when that was.
   */
  slowedTo: z.number().min(0).nullable(),
  slowedAtMs: z.number().min(0),
});
export type Pace = z.infer<typeof Pace>;
