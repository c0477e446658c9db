import { advanceGoods, putPricesIntoForce } from '../../shared/flows/operations/syncGoods.ts';
import { timer } from '../../shared/function.ts';

/**
 * Tells the virtual payment platform which goods are sold at which price, one at a time. A price applies here once the
 * platform accepts payments at it.
 *
 * Each step is stored before the platform is asked, and its result is asked for afterwards. So a lost answer only
 * delays. A refusal by the platform becomes a case.
 */
export const syncGoods = timer({ cron: '*/15 * * * * * *', budgetMs: 12_000 }, async ({ now, ports }) => {
  const { xpay } = ports.rails;
  const inForce = await putPricesIntoForce(ports, now);
  if (xpay === null) return { 'price.inForce': inForce };
  const { uploaded, published } = await advanceGoods(ports, xpay.goods, now);
  return { 'price.inForce': inForce, 'goods.uploaded': uploaded, 'goods.published': published };
});
