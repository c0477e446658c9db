import * as z from 'zod';
import * as audit from '../../../shared/data/operations/audit.ts';
import * as flashSales from '../../../shared/data/pricing/flashSales.ts';
import { endPromotion } from '../../../shared/domain/pricing/promotion.ts';
import { SALES_KEY } from '../../../shared/flows/pricing/todaysPrices.ts';
import { http } from '../../../shared/function.ts';
import { FlashSaleId } from '../../../shared/schemas/base.ts';
import { Reason } from '../../../shared/schemas/identity/staff.ts';
import { StaffFlashSaleView } from '../../../shared/schemas/pricing/promotion.ts';

/** Ends a flash sale early. Orders that were placed keep their prices. Safe to repeat. */
export const endFlashSale = http(
  {
    route: 'POST /api/admin/flash-sales/{id}/end',
    auth: { may: 'promotion.end' },
    input: z.strictObject({ id: FlashSaleId, reason: Reason }),
    output: z.object({ sale: StaffFlashSaleView }),
    errors: ['promotion.not_found'],
  },
  async ({ input: { id, reason }, user, now, ports, requestId }) => {
    const sale = await ports.database.tx(async (tx) => {
      const before = await flashSales.get(tx, id);
      const after = endPromotion(before, now);
      if (after === before) return before;
      await flashSales.save(tx, before, after);
      await audit.append(tx, {
        ...{ id: `promotion.end:${id}`, actorId: user.id, action: 'promotion.end', target: id, reason },
        ...{ before, after, now, requestId },
      });
      return after;
    });
    await ports.cache.forget(SALES_KEY);
    return { sale };
  },
);
