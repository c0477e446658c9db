/** Evidence: what Apple is told about an order. Written once, when the order was paid. */
import type { Reader, Tx } from '../../ports/database.ts';
import { Evidence } from '../../schemas/refunds/evidence.ts';
import { defineCollection } from '../collection.ts';

/** By id only: the order's. */
export const collection = defineCollection({ name: 'evidence', schema: Evidence, version: 1, indexes: {} });

/** The evidence, or null when there is no such order at Apple. */
export function find(reader: Pick<Reader, 'find'>, orderId: string): Promise<Evidence | null> {
  return reader.find(collection, orderId);
}

/** Writes new evidence. */
export function insert(tx: Tx, evidence: Evidence): Promise<void> {
  return tx.insert(collection, evidence);
}
