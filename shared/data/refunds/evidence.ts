/** The collection of evidence for Apple about orders. It is written once, when the order is paid. */
import type { Reader, Tx } from '../../ports/database.ts';
import { Evidence } from '../../schemas/refunds/evidence.ts';
import { defineCollection } from '../collection.ts';

/** Found by the order's id only. */
export const collection = defineCollection({ name: 'evidence', schema: Evidence, version: 1, indexes: {} });

/** The evidence; null when Apple has no such order. */
export function find(reader: Pick<Reader, 'find'>, orderId: string): Promise<Evidence | null> {
  return reader.find(collection, orderId);
}

/** Stores new evidence. */
export function insert(tx: Tx, evidence: Evidence): Promise<void> {
  return tx.insert(collection, evidence);
}
