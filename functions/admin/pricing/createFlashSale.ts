import * as z from 'zod';
import * as audit from '../../../shared/data/operations/audit.ts';
import * as flashSales from '../../../shared/data/pricing/flashSales.ts';
import { draftOf } from '../../../shared/domain/pricing/promotion.ts';
import { fail } from '../../../shared/errors.ts';
import { http } from '../../../shared/function.ts';
import { FlashSaleDraft, StaffFlashSaleView } from '../../../shared/schemas/pricing/promotion.ts';

/**
 * Creates a flash sale as a draft, which only staff see before `publishFlashSale`.
 *
 * The client makes the id and keeps it until it has an answer. A repeat with the same id and the same content answers
 * the same flash sale, in whatever state it is by then.
 */
export const createFlashSale = http(
  {
    route: 'POST /api/admin/flash-sales',
    auth: { may: 'promotion.create' },
    input: FlashSaleDraft,
    output: z.object({ sale: StaffFlashSaleView }),
    errors: ['promotion.id_taken'],
  },
  async ({ input, user, now, ports, requestId }) => {
    const draftDigest = ports.secrets.digest('sale.draft', JSON.stringify(input));
    const sale = await ports.database.tx(async (tx) => {
      const before = await flashSales.find(tx, input.id);
      if (before?.draftDigest === draftDigest) return before;
      if (before !== null || (await audit.wasRemoved(tx, input.id))) throw fail('promotion.id_taken');
      const draft = draftOf(input, draftDigest, now);
      await flashSales.insert(tx, draft);
      await audit.append(tx, {
        id: `promotion.create:${input.id}`,
        ...{ actorId: user.id, action: 'promotion.create', target: input.id, reason: null, now, requestId },
        ...{ before: null, after: input },
      });
      return draft;
    });
    return { sale };
  },
);
