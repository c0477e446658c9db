/** Paces: how fast we ask the platforms what nobody waits for. */
import * as z from 'zod';

/** What has a limit of its own at a platform: calls of one kind, whoever makes them. */
export const PacePath = z.enum([
  'wxpay.query',
  'wxpay.close',
  'wxpay.refund',
  'wxpay.queryRefund',
  'wxpay.bill',
  'wechat.shipping',
  /** Payments and refunds are asked about, and given back, by the same calls. */
  'xpay.order',
  'xpay.bill',
]);
export type PacePath = z.infer<typeof PacePath>;

/** Calls in a second, at most. */
const PerSecond = z.number().min(0.1).max(1_000);

/** How many calls of each kind we make in a second at most; ours are well below the documented limits. */
export const Paces = z.strictObject({
  // Documented: 1,800 a second.
  'wxpay.query': PerSecond.default(100),
  'wxpay.close': PerSecond.default(50),
  // Documented: 150 a second.
  'wxpay.refund': PerSecond.default(50),
  // Documented: 300 a second.
  'wxpay.queryRefund': PerSecond.default(50),
  'wxpay.bill': PerSecond.default(2),
  'wechat.shipping': PerSecond.default(10),
  // Nothing is documented.
  'xpay.order': PerSecond.default(20),
  'xpay.bill': PerSecond.default(2),
}) satisfies z.ZodType<Record<PacePath, number>>;
export type Paces = z.infer<typeof Paces>;

/** What of a pace all processes share, under the path's name. Instants with fractions: a thousand turns fit a second. */
export const Pace = z.object({
  id: PacePath,
  /** From when on the next turn is free: of what is fresh, and of what has been waiting. */
  freshNextAtMs: z.number().min(0),
  backlogNextAtMs: z.number().min(0),
  /** How many a second it was set down to when the platform last said that we ask too often, and when that was. */
  slowedTo: z.number().min(0).nullable(),
  slowedAtMs: z.number().min(0),
});
export type Pace = z.infer<typeof Pace>;
