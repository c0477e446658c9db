import * as z from 'zod';
import * as audit from '../../../shared/data/operations/audit.ts';
import * as flashSales from '../../../shared/data/pricing/flashSales.ts';
import { rewrite } from '../../../shared/domain/pricing/promotion.ts';
import { http } from '../../../shared/function.ts';
import { FlashSaleRewrite, StaffFlashSaleView } from '../../../shared/schemas/pricing/promotion.ts';

/**
 * Replaces the draft of a flash sale as a whole. A published flash sale cannot be changed: its rule stays until it
 * ends.
 *
 * `expectedVersion` is the version that the caller saw. Repeating the very same change gives the same answer as the
 * first time.
 */
export const updateFlashSale = http(
  {
    route: 'PUT /api/admin/flash-sales/{id}',
    auth: { may: 'promotion.create' },
    input: FlashSaleRewrite,
    output: z.object({ sale: StaffFlashSaleView }),
    errors: ['promotion.not_found', 'promotion.not_draft', 'promotion.version_changed'],
  },
  async ({ input, user, now, ports, requestId }) => {
    const auditId = ports.ids.make('aud');
    const sale = await ports.database.tx(async (tx) => {
      const before = await flashSales.get(tx, input.id);
      const after = rewrite(before, input, now);
      if (after === before) return before;
      await flashSales.save(tx, before, after);
      await audit.append(tx, {
        ...{ id: auditId, actorId: user.id, action: 'promotion.update', target: input.id, reason: null },
        ...{ before, after, now, requestId },
      });
      return after;
    });
    return { sale };
  },
);
