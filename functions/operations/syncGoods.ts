import { advanceGoods, putPricesIntoForce } from '../../shared/flows/operations/syncGoods.ts';
import { timer } from '../../shared/function.ts';

/**
 * Tells the platform of virtual payment what is sold and at which price, one thing at a time, and puts a price into
 * force once it can be paid there.
 *
 * Each step is written down before the platform is asked, and followed by asking what became of it, so a lost answer
 * only delays. What the platform refuses becomes a case.
 */
export const syncGoods = timer({ cron: '*/15 * * * * * *', budgetMs: 12_000 }, async ({ now, ports }) => {
  const { xpay } = ports.rails;
  const inForce = await putPricesIntoForce(ports, now);
  if (xpay === null) return { 'price.inForce': inForce };
  const { uploaded, published } = await advanceGoods(ports, xpay.goods, now);
  return { 'price.inForce': inForce, 'goods.uploaded': uploaded, 'goods.published': published };
});
