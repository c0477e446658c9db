/** What the product has acknowledged, and what must therefore stay true, whatever dies or gets lost afterwards. */
import type { OrderView } from '../../shared/schemas/order.ts';
import type { Store } from './store.ts';

interface Given {
  readonly what: string;
  readonly holds: (store: Store) => boolean;
}

/** Every acknowledgement of a run. */
export class Promises {
  readonly #given = new Map<string, Given>();
  readonly #broken: string[] = [];

  /** Something that was wrong at once. */
  broken(what: string): void {
    this.#broken.push(what);
  }

  registered(userId: string): void {
    this.#give(`${userId} is registered`, (store) => store.users.has(userId));
  }

  ordered(
    userId: string,
    order: OrderView,
    ask: { readonly orderId: string; readonly lines: readonly { readonly productId: string }[] },
  ): void {
    const asked = ask.lines.map((line) => line.productId).join();
    const isAsked = order.id === ask.orderId && order.lines.map((line) => line.productId).join() === asked;
    if (!isAsked) this.broken(`${ask.orderId}: another order was answered`);
    this.#give(`${order.id} is placed`, (store) => {
      const stored = store.orders.get(order.id);
      return stored?.userId === userId && stored.lines.map((line) => line.productId).join() === asked;
    });
    this.seen(order);
  }

  /** An order in a state that it cannot leave, or cannot go back from. */
  seen({ id, state }: OrderView): void {
    if (state === 'paid' || state === 'closed') {
      this.#give(`${id} is ${state}`, (store) => store.orders.get(id)?.state === state);
    }
    if (state === 'closing') {
      this.#give(`${id} is being closed`, (store) => store.orders.get(id)?.state !== 'pending');
    }
  }

  claimed(userId: string, couponId: string): void {
    this.#give(`${couponId} is claimed`, (store) => store.coupons.get(couponId)?.userId === userId);
  }

  /** Nobody takes anything out of a cart in a simulated run, and orders leave it alone. */
  inCart(userId: string, productId: string): void {
    this.#give(
      `${productId} is in the cart of ${userId}`,
      (store) => store.carts.get(userId)?.items.some((item) => item.productId === productId) === true,
    );
  }

  /** A paid lesson was opened: somebody paid for that, and nobody can take that back here. */
  opened(userId: string, productId: string): void {
    this.#give(`${userId} may use ${productId}`, (store) =>
      [...store.orders.values()].some(
        (order) =>
          order.userId === userId &&
          order.state === 'paid' &&
          order.lines.some((line) => line.productId === productId),
      ),
    );
  }

  /** Points only ever rise in a simulated run. */
  balance(userId: string, balance: number): void {
    this.#give(
      `${userId} has ${balance} points`,
      (store) => (store.pointsAccounts.get(userId)?.available ?? 0) >= balance,
    );
  }

  /** WeChat Pay was told that its notice of this money has been taken. */
  paymentNoticed(transactionId: string): void {
    this.#give(`${transactionId} is taken`, (store) => store.receipts.has(`wxpay:${transactionId}`));
  }

  /** WeChat Pay was told that its notice of this refund has been taken. */
  refundNoticed(refundId: string): void {
    this.#give(
      `${refundId} is known to be back`,
      (store) => store.refunds.get(refundId)?.state === 'success',
    );
  }

  /** What was promised and is not so. */
  brokenBy(store: Store): string[] {
    const forgotten = [...this.#given.values()].filter(({ holds }) => !holds(store));
    return [...this.#broken, ...forgotten.map(({ what }) => `acknowledged, and not so: ${what}`)];
  }

  get count(): number {
    return this.#given.size;
  }

  #give(what: string, holds: Given['holds']): void {
    this.#given.set(what, { what, holds });
  }
}
