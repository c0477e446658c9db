/** The collection of redeem-code batches. */
import { fail } from '../../errors.ts';
import type { Page, Reader, Tx } from '../../ports/database.ts';
import { CodeBatch } from '../../schemas/access/redeemCode.ts';
import type { CodeBatchId } from '../../schemas/base.ts';
import { defineCollection, store } from '../collection.ts';

/** Stored batches; `newest` lists all of them. */
export const collection = defineCollection({
  name: 'codeBatches',
  schema: CodeBatch,
  version: 1,
  indexes: { newest: { fields: ['createdAtMs'] } },
});

/** The batch, or null. */
export function find(reader: Pick<Reader, 'find'>, id: CodeBatchId): Promise<CodeBatch | null> {
  return reader.find(collection, id);
}

/** The batch. @throws batch.not_found */
export async function get(reader: Pick<Reader, 'find'>, id: CodeBatchId): Promise<CodeBatch> {
  const batch = await find(reader, id);
  if (batch === null) throw fail('batch.not_found');
  return batch;
}

/** The batch, or null. It is peeked at, so that many users who redeem its codes at once do not conflict. */
export function peek(tx: Pick<Tx, 'peek'>, id: CodeBatchId): Promise<CodeBatch | null> {
  return tx.peek(collection, id);
}

/** One page of batches, newest first. @throws request.invalid for a cursor that is not ours */
export function list(
  reader: Reader,
  page: { readonly limit: number; readonly cursor: string | null },
): Promise<Page<CodeBatch>> {
  return reader.list(collection, { index: 'newest', where: {}, order: 'descending', ...page });
}

/** Stores a new batch. */
export function insert(tx: Tx, batch: CodeBatch): Promise<void> {
  return tx.insert(collection, batch);
}

/** Stores `after` in place of `before`. Does nothing when it is the same object. */
export function save(tx: Tx, before: CodeBatch, after: CodeBatch): Promise<void> {
  return store(tx, collection, before, after);
}
