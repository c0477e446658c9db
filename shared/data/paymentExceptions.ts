/** What is wrong with money that came, for staff to look at. Only ever added. */
import type { Tx } from '../ports.ts';
import { PaymentException } from '../schemas/payment.ts';
import { defineCollection } from './collection.ts';

/** Stored payment exceptions; `byTime` is the order staff read them in. */
export const collection = defineCollection({
  name: 'paymentExceptions',
  schema: PaymentException,
  version: 1,
  indexes: { byTime: { fields: ['createdAtMs'] } },
});

/** Writes it down, once: what was told again keeps its first row. */
export async function record(tx: Tx, exception: PaymentException): Promise<void> {
  const before = await tx.find(collection, exception.id);
  if (before === null) await tx.insert(collection, exception);
}
