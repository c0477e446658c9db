import { tellEndingCoupons, tellEndingPoints, tellGains } from '../../shared/flows/inbox/morningNews.ts';
import { timer } from '../../shared/function.ts';

/**
 * Tells of coupons that end within two days, points that end within seven, and at least 50 points that came yesterday.
 * Each is told once. It goes on twenty minutes later where time was up.
 */
export const tellEachMorning = timer({ cron: '0 10,30,50 9 * * * *', budgetMs: 50_000 }, async (call) => ({
  ...(await tellEndingCoupons(call)),
  ...(await tellEndingPoints(call)),
  ...(await tellGains(call)),
}));
