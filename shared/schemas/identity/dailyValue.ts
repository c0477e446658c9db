/** Daily limits on the value that one member of staff gives away. */
import * as z from 'zod';

/**
 * How much value one person may give away in one Shanghai day. `points`: points given. `accessFen`: the list prices
 * of access and codes given. `membershipDays`: days of membership given. `discountFen`: the most that published
 * coupons and flash sales can take off. `priceCut`: the sum of price cuts on published products, each in basis
 * points of the old price; more for the same price is a cut too.
 */
export const DailyValue = z.strictObject({
  points: z.int().min(0).default(100_000),
  accessFen: z.int().min(0).default(2_000_000),
  membershipDays: z.int().min(0).default(1_100),
  discountFen: z.int().min(0).default(5_000_000),
  priceCut: z.int().min(0).default(10_000),
});
export type DailyValue = z.infer<typeof DailyValue>;

/** A kind of value. */
export const ValueKind = DailyValue.keyof();
export type ValueKind = z.infer<typeof ValueKind>;
