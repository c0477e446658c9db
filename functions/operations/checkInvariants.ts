import { goOnLooking } from '../../shared/flows/operations/goOnLooking.ts';
import { timer } from '../../shared/function.ts';

/**
 * Checks each night that stored data is consistent: prices, money, refunds, books, access, coupons, points.
 *
 * Whatever seems wrong is read a second time, because it may have been changed while it was read. A contradiction that
 * is still there is logged as an error and opens a case, even when staff closed the same case before. Nothing is
 * corrected here. A run continues where the last one stopped, for as many nights as it takes. A night that was too
 * short opens a case, too.
 */
export const checkInvariants = timer(
  { cron: '0 10,20,30,40,50 3-5 * * * *', budgetMs: 540_000 },
  ({ now, ports, hasTime }) => goOnLooking(ports, { now, hasTime }),
);
