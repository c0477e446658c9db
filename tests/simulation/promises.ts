/** What the product has acknowledged. It must stay true, whatever dies or gets lost later. */
import type { OrderView } from '../../shared/schemas/orders/order.ts';
import type { Store } from './store.ts';
import { DROP } from './talkShop.ts';

interface Given {
  readonly what: string;
  readonly holds: (store: Store) => boolean;
}

/** All acknowledgements of a run. */
export class Promises {
  readonly #given = new Map<string, Given>();
  readonly #broken: string[] = [];

  /** Records something that was wrong at once. */
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

  /** Records an order in a state from which it cannot go back. */
  seen({ id, state, rail }: OrderView): void {
    // With virtual payment, a closed order may still be paid and then become paid.
    if (state === 'paid' || (state === 'closed' && rail !== 'xpay')) {
      this.#give(`${id} is ${state}`, (store) => store.orders.get(id)?.state === state);
    }
    if (state === 'closing') {
      this.#give(`${id} is being closed`, (store) => store.orders.get(id)?.state !== 'pending');
    }
  }

  claimed(userId: string, couponId: string): void {
    this.#give(`${couponId} is claimed`, (store) => store.coupons.get(couponId)?.userId === userId);
  }

  /** Records a cart item. In a simulated run, only a paid order removes items from a cart. */
  inCart(userId: string, productId: string): void {
    this.#give(`${productId} is in the cart of ${userId}, or was paid for`, (store) => {
      const isBought = [...store.orders.values()].some(
        (order) =>
          order.userId === userId &&
          order.state === 'paid' &&
          order.lines.some((line) => line.productId === productId),
      );
      return isBought || store.carts.get(userId)?.items.some((item) => item.productId === productId) === true;
    });
  }

  /** Records an accepted refund, approved or waiting for staff. */
  refundAsked(refundId: string): void {
    this.#give(`${refundId} is asked for`, (store) => store.refunds.has(refundId));
  }

  /** Records a claimed gift. */
  giftClaimed(userId: string, productId: string): void {
    this.#give(`${userId} has claimed ${productId}`, (store) =>
      [...store.gifts.values()].some(
        (gift) => gift.productId === productId && gift.claims.some((claim) => claim.userId === userId),
      ),
    );
  }

  /** Records a text that was taken. Its author may delete it, and its place stays. */
  wrote(userId: string, where: 'comments' | 'topics', id: string): void {
    this.#give(`${id} is written`, (store) => store[where].get(id)?.userId === userId);
  }

  /** Records what somebody said last of a thing; null when no answer came. */
  liked(userId: string, target: string, isOn: boolean | null): void {
    const about = `what ${userId} thinks of ${target}`;
    if (isOn === null) this.#given.delete(about);
    else this.#give(about, (store) => (store.marks.get(`like:${target}:${userId}`)?.isOn ?? false) === isOn);
  }

  /** Records a claimed coupon of the drop. */
  dropClaimed(userId: string): void {
    this.#give(`${userId} has claimed of the drop`, (store) => {
      const claim = store.dropClaims.get(`${DROP.id}:${userId}`);
      return claim !== undefined && store.coupons.get(claim.couponId)?.userId === userId;
    });
  }

  /** Records a trial. */
  tried(userId: string, productId: string): void {
    this.#give(`${userId} tries ${productId}`, (store) => store.trials.has(`${userId}:${productId}`));
  }

  /** Records that WeChat Pay got a success for its notice of this payment. */
  paymentNoticed(transactionId: string): void {
    this.#give(`${transactionId} is taken`, (store) => store.receipts.has(`wxpay:${transactionId}`));
  }

  /** Records that WeChat Pay got a success for its notice of this refund. */
  refundNoticed(refundId: string): void {
    this.#give(
      `${refundId} is known to be over`,
      (store) => !isUnderWay(store.refunds.get(refundId)?.state ?? 'approved'),
    );
  }

  /** The promises that do not hold. */
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

const isUnderWay = (state: string) => state === 'requested' || state === 'approved' || state === 'processing';
