import * as z from 'zod';
import * as products from '../../../shared/data/catalogue/products.ts';
import * as audit from '../../../shared/data/operations/audit.ts';
import * as flashSales from '../../../shared/data/pricing/flashSales.ts';
import { addedPlaces, offMaxFen, withPlaces } from '../../../shared/domain/pricing/flashSale.ts';
import { extendPromotion } from '../../../shared/domain/pricing/promotion.ts';
import { makingValue } from '../../../shared/flows/identity/makingValue.ts';
import { SALES_KEY } from '../../../shared/flows/pricing/todaysPrices.ts';
import { http } from '../../../shared/function.ts';
import { Reason } from '../../../shared/schemas/identity/staff.ts';
import { FlashSaleExtension, StaffFlashSaleView } from '../../../shared/schemas/pricing/promotion.ts';

/**
 * Lets a published flash sale last longer, or adds places to it. It can never shorten or reduce anything.
 *
 * `expectedVersion` is the version that the caller saw. Repeating the very same change gives the same answer as the
 * first time.
 */
export const extendFlashSale = http(
  {
    route: 'POST /api/admin/flash-sales/{id}/extend',
    auth: { may: 'promotion.extend', secondFactor: 'fresh' },
    input: FlashSaleExtension.extend({ reason: Reason }),
    output: z.object({ sale: StaffFlashSaleView }),
    errors: [
      ...(['promotion.not_found', 'promotion.not_extendable', 'promotion.version_changed'] as const),
      'staff.second_person_needed',
    ],
  },
  async (call) => {
    const { input, user, now, ports, requestId } = call;
    const { id, expectedVersion, places, reason } = input;
    const ids = places.map(({ productId }) => productId);
    const sold = await products.findMany(ports.database, ids);
    const act = { action: 'promotion.extend', key: `${id} ${expectedVersion}` } as const;
    const sale = await makingValue(call, act, async (tx, spend) => {
      const before = await flashSales.get(tx, id);
      const { untilAtMs = before.untilAtMs } = input;
      const longer = { untilAtMs, items: withPlaces(before.items, places) };
      const after = extendPromotion(before, { expectedVersion, longer }, now);
      if (after === before) return before;
      await spend('discountFen', offMaxFen(after, sold) - offMaxFen(before, sold));
      await flashSales.save(tx, before, after);
      for (const added of addedPlaces(before, after)) await flashSales.addPlaces(tx, added);
      await audit.append(tx, {
        id: `promotion.extend:${id}:${after.version}`,
        ...{ actorId: user.id, action: 'promotion.extend', target: id, reason, now, requestId },
        ...{ before, after },
      });
      return after;
    });
    await ports.cache.forget(SALES_KEY);
    return { sale };
  },
);
