import * as z from 'zod';
import * as flashSales from '../../../shared/data/pricing/flashSales.ts';
import { refuseUnlessDraft } from '../../../shared/domain/pricing/promotion.ts';
import { keepRemoved } from '../../../shared/flows/operations/removeDraft.ts';
import { http } from '../../../shared/function.ts';
import { FlashSaleId, QueryVersion } from '../../../shared/schemas/base.ts';

/** Removes a flash sale that was never published. The audit log keeps it, and its id cannot be used again. */
export const removeFlashSaleDraft = http(
  {
    route: 'DELETE /api/admin/flash-sales/{id}',
    auth: { may: 'promotion.create' },
    input: z.strictObject({ id: FlashSaleId, expectedVersion: QueryVersion }),
    output: z.object({ id: FlashSaleId }),
    errors: ['promotion.not_found', 'promotion.not_draft', 'promotion.version_changed'],
  },
  async ({ input: { id, expectedVersion }, ports, ...call }) => {
    await ports.database.tx(async (tx) => {
      const draft = await flashSales.get(tx, id);
      refuseUnlessDraft(draft, expectedVersion);
      await flashSales.remove(tx, id);
      await keepRemoved(tx, call, { action: 'promotion.remove', id: id, draft });
    });
    return { id };
  },
);
