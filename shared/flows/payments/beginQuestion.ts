import * as orders from '../../data/orders/orders.ts';
import * as payments from '../../data/payments/payments.ts';
import * as refunds from '../../data/refunds/refunds.ts';
import { beginPaymentSync, beginSync, unbeginSync } from '../../domain/payments/payment.ts';
import type { Database, Tx } from '../../ports/database.ts';
import type { OrderId, TimeMs } from '../../schemas/base.ts';
import type { TakeBack } from './askInTurn.ts';

interface Questioned {
  readonly id: string;
  readonly syncTries: number;
  readonly syncNextAtMs: TimeMs | null;
  readonly updatedAtMs: TimeMs;
}

/** Starts a question about a document. Null when none is due. */
async function begin<D extends Questioned>(
  database: Database,
  data: {
    readonly get: (tx: Tx) => Promise<D>;
    readonly save: (tx: Tx, before: D, after: D) => Promise<void>;
  },
  begun: (tx: Tx, doc: D) => Promise<D | null>,
): Promise<TakeBack | null> {
  const question = await database.tx(async (tx) => {
    const before = await data.get(tx);
    const after = await begun(tx, before);
    if (after !== null) await data.save(tx, before, after);
    return after === null || after.syncTries === before.syncTries ? null : { before, after };
  });
  if (question === null) return null;
  return () =>
    database.tx(async (tx) => {
      const before = await data.get(tx);
      const as = unbeginSync(before, question.after, question.before);
      if (as !== null) await data.save(tx, before, as);
    });
}

/** Starts a question about a payment. Null when none is due, and when closing its order asks. */
export function beginPaymentQuestion(database: Database, id: OrderId, now: TimeMs): Promise<TakeBack | null> {
  const data = { get: (tx: Tx) => payments.get(tx, id), save: payments.save };
  return begin(database, data, async (tx, payment) =>
    beginPaymentSync(payment, await orders.get(tx, id), now),
  );
}

/** Starts a question about a refund. Null when none is due. */
export function beginRefundQuestion(database: Database, id: string, now: TimeMs): Promise<TakeBack | null> {
  const data = { get: (tx: Tx) => refunds.get(tx, id), save: refunds.save };
  return begin(database, data, async (_, refund) => beginSync(refund, now));
}
