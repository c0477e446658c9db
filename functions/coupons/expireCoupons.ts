import * as coupons from '../../shared/data/coupons/coupons.ts';
import { expireCoupon, seenState } from '../../shared/domain/coupons/coupon.ts';
import { eachDue } from '../../shared/flows/eachDue.ts';
import { timer } from '../../shared/function.ts';

/**
 * Marks unused coupons as expired after their end.
 *
 * This is for the books only: a coupon past its end is refused whether or not this has run. Each coupon is read again
 * in its own transaction, so one that an order has locked meanwhile is left alone.
 */
export const expireCoupons = timer(
  { cron: '0 */10 * * * * *', budgetMs: 50_000 },
  ({ now, ports, hasTime }) =>
    eachDue(
      coupons.due(ports.database, now),
      ({ id }) =>
        ports.database.tx(async (tx) => {
          const coupon = await coupons.get(tx, id);
          const isDue = coupon.state === 'available' && seenState(coupon, now) === 'expired';
          if (isDue) await coupons.save(tx, coupon, expireCoupon(coupon, now));
          return isDue ? 'expired' : 'kept';
        }),
      { noun: 'coupon', hasTime, log: ports.log },
    ),
);
