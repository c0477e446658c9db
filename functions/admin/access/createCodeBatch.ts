import * as z from 'zod';
import * as codeBatches from '../../../shared/data/access/codeBatches.ts';
import * as products from '../../../shared/data/catalogue/products.ts';
import * as audit from '../../../shared/data/operations/audit.ts';
import {
  batchBefore,
  codeBatchView,
  newBatch,
  printedCode,
} from '../../../shared/domain/access/redeemCode.ts';
import { fail } from '../../../shared/errors.ts';
import { makeCodes, newSeed } from '../../../shared/flows/access/makeCodes.ts';
import { makingValue } from '../../../shared/flows/identity/makingValue.ts';
import { http } from '../../../shared/function.ts';
import { CODES_MAX, CodeBatchDraft, CodeBatchView } from '../../../shared/schemas/access/redeemCode.ts';
import { Reason } from '../../../shared/schemas/identity/staff.ts';

/**
 * Makes a batch of redeem codes for a product and answers them. They are shown only here.
 *
 * If the same person repeats the very same request, they get the very same codes, because an answer can be lost. Each
 * request is in the audit log. Only keyed digests of the codes are stored.
 */
export const createCodeBatch = http(
  {
    route: 'POST /api/admin/code-batches',
    auth: { may: 'code_batch.create', secondFactor: 'fresh' },
    input: z.strictObject({ ...CodeBatchDraft.shape, reason: Reason }),
    output: z.object({ batch: CodeBatchView, codes: z.array(z.string()).max(CODES_MAX) }),
    errors: ['product.not_found', 'batch.id_taken', 'staff.second_person_needed'],
    limit: { max: 30, windowMs: 60_000 },
  },
  async (call) => {
    const { input, user, now, ports, requestId } = call;
    const { batchId, productId, count, title, reason } = input;
    const made = newBatch(input, { seedSealed: newSeed(ports), createdBy: user.id, now });
    const recordId = ports.ids.make('aud');
    const act = { action: 'code_batch.create', key: batchId } as const;
    const stored = await makingValue(call, act, async (tx, spend) => {
      const before = await codeBatches.find(tx, batchId);
      const batch = before === null ? made : batchBefore(before, input, user.id);
      const [product] = await products.peekMany(tx, [productId]);
      if (product === undefined || product.state === 'draft') throw fail('product.not_found');
      if (before === null) await spend('accessFen', count * product.listFen);
      if (before === null) await codeBatches.insert(tx, batch);
      await audit.append(tx, {
        id: before === null ? `code_batch.create:${batchId}` : `code_batch.show:${recordId}`,
        action: before === null ? 'code_batch.create' : 'code_batch.show',
        ...{ actorId: user.id, target: batchId, reason, now, requestId },
        before: null,
        after: { productId, count, title },
      });
      return batch;
    });
    const { batch, codes } = await makeCodes(ports, stored, now);
    return { batch: codeBatchView(batch), codes: codes.map(printedCode) };
  },
);
