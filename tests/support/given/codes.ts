/** Batches of redeem codes for tests, made as staff make them. */
import { createCodeBatch } from '../../../functions/admin/access/createCodeBatch.ts';
import { CodeBatchId, type ProductId } from '../../../shared/schemas/base.ts';
import type { World } from '../world.ts';
import { givenSold } from './products.ts';
import { givenStaff, type Staff } from './staff.ts';

/** A batch with its printed codes, and who made it. */
export interface GivenBatch {
  readonly batchId: CodeBatchId;
  readonly productId: ProductId;
  readonly codes: readonly string[];
  readonly staff: Staff;
}

/** The request of staff for a batch that is valid for a day. */
export function aBatchDraft(world: World, productId: ProductId, count: number, wishes: object = {}) {
  return {
    batchId: CodeBatchId.parse(world.ports.ids.make('bat')),
    title: '一批兑换码',
    productId,
    count,
    expiresAtMs: world.clock.now() + 86_400_000,
    reason: '线下活动赠送',
    ...wishes,
  };
}

/** Makes a batch of `count` codes, by default for an audio. */
export async function givenBatch(
  world: World,
  count: number,
  wishes: { readonly productId?: ProductId; readonly expiresAtMs?: number } = {},
): Promise<GivenBatch> {
  const productId = wishes.productId ?? (await givenSold(world, 'media')).id;
  const staff = await givenStaff(world, 'finance');
  const draft = aBatchDraft(world, productId, count, wishes);
  const { data } = await world.call(createCodeBatch, draft, staff);
  return { batchId: draft.batchId, productId, codes: data.codes, staff };
}
