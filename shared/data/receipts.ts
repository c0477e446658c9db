/** Receipts: money that came, once for each transaction of a rail. Only ever added. */
import type { Reader, Tx } from '../ports.ts';
import { Receipt } from '../schemas/payment.ts';
import { defineCollection } from './collection.ts';

/** Stored receipts; the id is the rail's own number of the transaction. */
export const collection = defineCollection({ name: 'receipts', schema: Receipt, version: 1, indexes: {} });

/** The receipt, or null. */
export function find(reader: Pick<Reader, 'find'>, id: string): Promise<Receipt | null> {
  return reader.find(collection, id);
}

/** Writes a new receipt: the guard that money counts once. */
export function insert(tx: Tx, receipt: Receipt): Promise<void> {
  return tx.insert(collection, receipt);
}
