import * as z from 'zod';
import * as audit from '../../../shared/data/operations/audit.ts';
import * as flashSales from '../../../shared/data/pricing/flashSales.ts';
import { addedPlaces, withPlaces } from '../../../shared/domain/pricing/flashSale.ts';
import { extendPromotion } from '../../../shared/domain/pricing/promotion.ts';
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
    errors: ['promotion.not_found', 'promotion.not_extendable', 'promotion.version_changed'],
  },
  async ({ input, user, now, ports, requestId }) => {
    const { id, expectedVersion, places, reason } = input;
    const sale = await ports.database.tx(async (tx) => {
      const before = await flashSales.get(tx, id);
      const { untilAtMs = before.untilAtMs } = input;
      const longer = { untilAtMs, items: withPlaces(before.items, places) };
      const after = extendPromotion(before, { expectedVersion, longer }, now);
      if (after === before) return before;
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
