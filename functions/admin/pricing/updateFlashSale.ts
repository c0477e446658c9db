import * as z from 'zod';
import * as audit from '../../../shared/data/operations/audit.ts';
import * as flashSales from '../../../shared/data/pricing/flashSales.ts';
import { rewrite } from '../../../shared/domain/pricing/promotion.ts';
import { http } from '../../../shared/function.ts';
import { FlashSaleDraft, StaffFlashSaleView } from '../../../shared/schemas/pricing/promotion.ts';

/** Writes the draft of a flash sale anew, as a whole. What is published keeps its rule until it ends. */
export const updateFlashSale = http(
  {
    route: 'PUT /api/admin/flash-sales/{id}',
    auth: { may: 'promotion.create' },
    input: FlashSaleDraft,
    output: z.object({ sale: StaffFlashSaleView }),
    errors: ['promotion.not_found', 'promotion.not_draft'],
  },
  async ({ input, user, now, ports, requestId }) => {
    const auditId = ports.ids.make('aud');
    const sale = await ports.database.tx(async (tx) => {
      const before = await flashSales.get(tx, input.id);
      const after = rewrite(before, input, now);
      await flashSales.save(tx, after);
      await audit.append(tx, {
        ...{ id: auditId, actorId: user.id, action: 'promotion.update', target: input.id, reason: null },
        ...{ before, after, now, requestId },
      });
      return after;
    });
    return { sale };
  },
);
