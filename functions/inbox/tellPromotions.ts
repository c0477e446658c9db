import { promotionStarted } from '../../events/promotionStarted.ts';
import * as campaigns from '../../shared/data/pricing/campaigns.ts';
import * as flashSales from '../../shared/data/pricing/flashSales.ts';
import { fact } from '../../shared/event.ts';
import { eachDue } from '../../shared/flows/eachDue.ts';
import { tellOnce } from '../../shared/flows/inbox/tellOnce.ts';
import { timer } from '../../shared/function.ts';
import { DAY_MS } from '../../shared/schemas/base.ts';

/** A promotion that began longer ago is no news. */
const NEWS_MS = DAY_MS;

/** Finds campaigns and flash sales that have begun, and has those told who asked for it. Each is told once. */
export const tellPromotions = timer({ cron: '0 5 * * * * *', budgetMs: 50_000 }, async (call) => {
  const { now, ports, hasTime } = call;
  const ahead = [
    ...(await campaigns.ahead(ports.database, now)),
    ...(await flashSales.ahead(ports.database, now)),
  ];
  return eachDue(
    ahead.filter(({ fromAtMs }) => fromAtMs <= now && now < fromAtMs + NEWS_MS),
    ({ id: promotionId, title, untilAtMs }) =>
      tellOnce(
        call,
        fact(promotionStarted, `${promotionId}:first`, { promotionId, title, untilAtMs, after: null }),
      ),
    { noun: 'promotion', hasTime, log: ports.log },
  );
});
