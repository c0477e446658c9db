import * as couponStocks from '../../data/coupons/couponStocks.ts';
import * as couponTemplates from '../../data/coupons/couponTemplates.ts';
import * as drops from '../../data/talk/drops.ts';
import { stockIds } from '../../domain/coupons/couponTemplate.ts';
import { endDrop, giveBack, leftOf } from '../../domain/talk/drop.ts';
import type { Tx } from '../../ports/database.ts';
import type { TemplateId, TimeMs } from '../../schemas/base.ts';
import type { CouponStock } from '../../schemas/coupons/coupon.ts';
import type { Drop } from '../../schemas/talk/drop.ts';

/** All parts of a template's stock, read to change them; none for a draft. */
export async function stockOf(tx: Tx, templateId: TemplateId): Promise<readonly CouponStock[]> {
  const template = await couponTemplates.get(tx, templateId);
  const found = await Promise.all(stockIds(template).map((id) => couponStocks.find(tx, id)));
  return found.filter((stock) => stock !== null);
}

/**
 * Ends a drop, and gives what is left of it back to the stock in the same transaction. A claim at the same moment comes
 * before it or gets nothing. The same object is returned for a drop that has ended already.
 */
export async function closeDrop(tx: Tx, before: Drop, now: TimeMs): Promise<Drop> {
  const stocks = before.state === 'published' ? await stockOf(tx, before.templateId) : [];
  const after = endDrop(before, leftOf(stocks, before.id), now);
  await drops.save(tx, before, after);
  for (const [index, stock] of giveBack(stocks, before.id).entries())
    await couponStocks.save(tx, stocks[index] ?? null, stock);
  return after;
}
