import { goOnLooking } from '../../shared/flows/operations/goOnLooking.ts';
import { timer } from '../../shared/function.ts';

/**
 * Looks each night whether what is stored contradicts itself: prices, money, refunds, books, access, coupons, points.
 *
 * What was found is looked at once more, because it may have been changed while it was read; what is still wrong is
 * logged as an error and becomes a case, also again after staff closed it. Nothing is put right here. A run goes on where
 * the one before it has stopped, for as many nights as it takes. That a night was not enough is a case, too.
 */
export const checkInvariants = timer(
  { cron: '0 10,20,30,40,50 3-5 * * * *', budgetMs: 540_000 },
  ({ now, ports, hasTime }) => goOnLooking(ports, { now, hasTime }),
);
