/** The audit log: what staff did. Only ever appended to. */
import type { Tx } from '../ports.ts';
import { AuditEntry } from '../schemas/task.ts';
import { defineCollection } from './collection.ts';

/** Under ids made from causes, `<action>:<target>`, so that what is done once is logged once. */
export const collection = defineCollection({ name: 'audit', schema: AuditEntry, version: 1, indexes: {} });

/** Writes down what a member of staff did, in the transaction that did it. */
export function append(tx: Pick<Tx, 'insert'>, entry: AuditEntry): Promise<void> {
  return tx.insert(collection, entry);
}
