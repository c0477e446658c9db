import * as z from 'zod';
import * as products from '../../../shared/data/catalogue/products.ts';
import * as audit from '../../../shared/data/operations/audit.ts';
import * as flashSales from '../../../shared/data/pricing/flashSales.ts';
import { newStocks, offMaxFen, refuseUnlessSellable } from '../../../shared/domain/pricing/flashSale.ts';
import {
  publishPromotion,
  refuseIfTooMany,
  refuseUnlessSeen,
} from '../../../shared/domain/pricing/promotion.ts';
import { makingValue } from '../../../shared/flows/identity/makingValue.ts';
import { wantSaleGoods } from '../../../shared/flows/pricing/flashSales.ts';
import { SALES_KEY } from '../../../shared/flows/pricing/todaysPrices.ts';
import { http } from '../../../shared/function.ts';
import { FlashSaleId } from '../../../shared/schemas/base.ts';
import { Reason } from '../../../shared/schemas/identity/staff.ts';
import { SeenVersion, StaffFlashSaleView } from '../../../shared/schemas/pricing/promotion.ts';

/**
 * Publishes a flash sale, which then runs from its start to its end with all its places. Safe to repeat. Refused if it
 * is not at `expectedVersion`. A platform that has to know each price is told first: up to half an hour.
 */
export const publishFlashSale = http(
  {
    route: 'POST /api/admin/flash-sales/{id}/publish',
    auth: { may: 'promotion.publish', secondFactor: 'fresh' },
    input: z.strictObject({ id: FlashSaleId, expectedVersion: SeenVersion, reason: Reason }),
    output: z.object({ sale: StaffFlashSaleView }),
    errors: [
      ...(['promotion.not_found', 'promotion.version_changed', 'promotion.not_publishable'] as const),
      ...(['promotion.too_many', 'staff.second_person_needed'] as const),
    ],
  },
  async (call) => {
    const { input, user, now, ports, requestId } = call;
    const { id, expectedVersion, reason } = input;
    const draft = await flashSales.get(ports.database, id);
    const ahead = await flashSales.ahead(ports.database, now);
    const sold = await products.findMany(
      ports.database,
      draft.items.map((item) => item.productId),
    );
    const act = { action: 'promotion.publish', key: id } as const;
    const sale = await makingValue(call, act, async (tx, spend) => {
      const before = await flashSales.get(tx, id);
      const after = publishPromotion(before, now);
      if (after === before) return before;
      refuseUnlessSeen(before, expectedVersion);
      refuseUnlessSellable(after, sold);
      refuseIfTooMany(ahead, flashSales.AHEAD_MAX);
      await spend('discountFen', offMaxFen(after, sold));
      await flashSales.save(tx, before, after);
      for (const stock of newStocks(after)) await flashSales.saveStock(tx, null, stock);
      await audit.append(tx, {
        ...{ id: `promotion.publish:${id}`, actorId: user.id, action: 'promotion.publish', target: id },
        ...{ reason, before, after, now, requestId },
      });
      return after;
    });
    await ports.cache.forget(SALES_KEY);
    await wantSaleGoods(ports, sale, now);
    return { sale };
  },
);
