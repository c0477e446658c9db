/** Payments in the platform's books that we have not been told of, and genuine notices of them. */
import type { OrderView } from '../../shared/schemas/orders/order.ts';
import type { Buyer } from '../support/given/order.ts';
import { loseNotices, noticeOf, paidWords, transactionsOf } from '../support/given/payment.ts';
import type { RawCall } from '../support/world.ts';
import type { Shop } from './shop.ts';

/** A payment in the books of WeChat Pay. */
export interface Untold {
  readonly order: OrderView;
  readonly buyer: Buyer;
  /** Another genuine notice of it, with these fields changed. */
  notice(changes?: Readonly<Record<string, unknown>>): RawCall;
}

/** So many payments by WeChat Pay, each of another buyer. Their notices never arrive by themselves. */
export async function untoldPayments(shop: Shop, count: number, buyers = 50): Promise<Untold[]> {
  loseNotices(shop.world);
  const people: Buyer[] = [];
  for (let n = 0; n < Math.min(count, buyers); n += 1) people.push(await shop.buyer(`buyer${n}`));
  const untold: Untold[] = [];
  for (let n = 0; n < count; n += 1) {
    const buyer = people[n % people.length];
    if (buyer === undefined) throw new Error('nobody buys');
    const order = await shop.order(buyer);
    if (!(await shop.pay(buyer, order))) throw new Error(`${order.id} was not paid`);
    const [transaction] = transactionsOf(shop.world, order.id);
    const known = { transaction_id: transaction?.transactionId };
    untold.push({
      order,
      buyer,
      notice: (changes = {}) =>
        noticeOf(shop.world, paidWords(shop.world, buyer, order, { ...known, ...changes })),
    });
  }
  return untold;
}
