/** The collection of redeem codes, under their keyed digests. */
import type { Page, Reader, Tx } from '../../ports/database.ts';
import { RedeemCode } from '../../schemas/access/redeemCode.ts';
import type { CodeBatchId } from '../../schemas/base.ts';
import { defineCollection, store } from '../collection.ts';

/** Found by digest. `byBatch` lists the codes of a batch by number. */
export const collection = defineCollection({
  name: 'redeemCodes',
  schema: RedeemCode,
  version: 1,
  indexes: { byBatch: { fields: ['batchId', 'number'] } },
});

/** The code with this digest, or null. */
export function find(reader: Pick<Reader, 'find'>, digest: string): Promise<RedeemCode | null> {
  return reader.find(collection, digest);
}

/** One page of a batch's codes, by number. @throws request.invalid for a cursor that is not ours */
export function ofBatch(
  reader: Reader,
  batchId: CodeBatchId,
  page: { readonly limit: number; readonly cursor: string | null },
): Promise<Page<RedeemCode>> {
  return reader.list(collection, { index: 'byBatch', where: { batchId }, order: 'ascending', ...page });
}

/** Stores a new code. */
export function insert(tx: Tx, code: RedeemCode): Promise<void> {
  return tx.insert(collection, code);
}

/** Stores `after` in place of `before`. Does nothing when it is the same object. */
export function save(tx: Tx, before: RedeemCode, after: RedeemCode): Promise<void> {
  return store(tx, collection, before, after);
}
