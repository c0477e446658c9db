/**
 * A buyer: somebody with a phone who wants things, is impatient, changes their mind, and remembers every answer. An
 * answer that promises something for good is kept as a promise and checked until the end.
 */
import * as z from 'zod';
import type { Ids } from '../../shared/ports/ids.ts';
import { MINUTE_MS, SECOND_MS } from '../../shared/schemas/base.ts';
import { CouponPage, CouponView } from '../../shared/schemas/coupons/coupon.ts';
import { OrderView } from '../../shared/schemas/orders/order.ts';
import { PhonePaymentView } from '../../shared/schemas/payments/payment.ts';
import type { Phone as Held } from './faults.ts';
import { type Answer, Person, type Surrounded, TRIES_MAX } from './person.ts';
import { extras, type Goods, goods, templatesOf } from './shop.ts';

interface Ask {
  readonly orderId: string;
  readonly lines: readonly { readonly productId: string; readonly gifts?: number }[];
  readonly platform: Held;
  readonly points: number;
  readonly couponId: string | null;
  readonly shownFen: number;
}

const Ordered = z.object({ order: OrderView });
const Quoted = z.object({
  quote: z.object({
    payableFen: z.int(),
    couponId: z.string().nullable(),
    points: z.object({ count: z.int() }),
  }),
});
const Claimed = z.object({ coupon: CouponView });
const Opened = z.object({ payment: PhonePaymentView });
const Balance = z.object({ balance: z.int() });
const Gifts = z.object({ items: z.array(z.object({ token: z.string(), left: z.int() })) });
const Gifted = z.object({ productId: z.string() });
const QuotedRefund = z.object({ quote: z.object({ refundFen: z.int(), by: z.string() }) });

/** The surroundings of a buyer. */
export interface Circumstances extends Surrounded {
  /** Orders whose buyers got the parameters to pay them. Shared by everybody. */
  readonly handed: Set<string>;
  /** Refunds that were asked for. Shared by everybody. */
  readonly asked: Set<string>;
  /** Links of gifts, passed on among friends. */
  readonly links: string[];
  /** The device in the buyer's hand. */
  readonly held: Held;
  readonly ids: Ids;
  /** When the shop opened. */
  readonly startMs: number;
}

/** The buyer. `live` is the whole visit. */
export class Buyer extends Person {
  /** The orders that were answered to the buyer. Others may exist whose answers were lost. */
  readonly #orderIds = new Set<string>();
  #couponIds: readonly string[] = [];
  #points = 0;
  readonly #given: Circumstances;

  constructor(name: string, given: Circumstances) {
    super(name, given);
    this.#given = given;
  }

  async live(): Promise<void> {
    await this.wait(0, 15 * MINUTE_MS);
    if (!(await this.login())) return;
    await this.#checkIn();
    for (let left = this.#given.kernel.between(3, 5); left > 0; left -= 1) {
      await this.#learnCoupons();
      const wish = this.#given.kernel.pick([
        () => this.#claim(),
        () => this.#fillCart(),
        () => this.#buy(),
        () => this.#buy(),
        () => this.#buy(),
        () => this.#spendTwice(),
        () => this.#stumble(),
        () => this.#claimGift(),
        () => this.#claimGift(),
        () => this.#askBack(),
        () => this.#moveToAnotherPhone(),
      ]);
      await wish();
      await this.wait(0, 4 * MINUTE_MS);
    }
    await this.#look();
  }

  /** Checks everything once more: what was bought can be read, and nothing else. Answers what is wrong. */
  async reckon(paidFor: ReadonlySet<string>): Promise<readonly string[]> {
    if (this.token === null) return [];
    const wrong: string[] = [];
    for (const { productId, lessonId } of goods) {
      const answer = await this.insist('GET', `/api/lessons/${lessonId}`);
      const expected = paidFor.has(productId) ? null : 'lesson.not_owned';
      if (answer === null || answer.code !== expected) {
        wrong.push(
          `${this.name} reading ${productId}: ${answer === null ? 'no answer' : (answer.code ?? 'opened')}`,
        );
      }
    }
    for (const orderId of this.#orderIds) {
      const answer = await this.insist('GET', `/api/orders/${orderId}`);
      if (answer?.status !== 200)
        wrong.push(`${this.name} looking at ${orderId}: ${answer?.code ?? 'no answer'}`);
    }
    return wrong;
  }

  async #learnCoupons(): Promise<void> {
    const answer = await this.call('GET', '/api/me/coupons');
    if (answer?.status !== 200) return;
    this.#couponIds = CouponPage.parse(answer.data).items.map((coupon) => coupon.id);
  }

  /** Claims a coupon, sometimes with a double click. */
  async #claim(): Promise<void> {
    const { templateId } = this.#given.kernel.pick(
      templatesOf(this.#given.startMs).filter((each) => each.isClaimed),
    );
    const click = async () => {
      const answer = await this.insist('POST', '/api/coupons/receive', { templateId, number: 1 });
      if (answer?.status !== 200) return;
      this.#given.promises.claimed(this.userId, Claimed.parse(answer.data).coupon.id);
    };
    await Promise.all(this.#given.kernel.chance(0.4) ? [click(), click()] : [click()]);
    await this.#learnCoupons();
  }

  async #fillCart(): Promise<void> {
    const { productId } = this.#given.kernel.pick(goods);
    const answer = await this.insist('PUT', `/api/cart/items/${productId}`, {});
    if (answer?.status === 200) this.#given.promises.inCart(this.userId, productId);
  }

  /** Asks for a quote, and answers the order to place; null when there is no answer, or nothing can be bought. */
  async #quote(wanted: readonly Goods[], couponId: string | null): Promise<Ask | null> {
    const { kernel, held: platform, ids } = this.#given;
    const isGift = kernel.chance(0.15);
    const lines = wanted.map(({ productId, listFen }) => ({
      productId,
      ...(isGift && listFen > 0 ? { gifts: kernel.between(1, 2) } : {}),
    }));
    const asked = { lines, platform, points: kernel.chance(0.5) ? this.#points : 0 };
    const answer = await this.insist('POST', '/api/orders/quote', { ...asked, couponId });
    if (answer?.status !== 200) return null;
    const { payableFen, points, couponId: applied } = Quoted.parse(answer.data).quote;
    const orderId = ids.make('ord');
    return { ...asked, orderId, couponId: applied, points: points.count, shownFen: payableFen };
  }

  #choose(): readonly Goods[] {
    const { kernel, held } = this.#given;
    // Virtual payment takes one product at a time.
    const count = held === 'web' ? kernel.between(1, 3) : 1;
    const wanted = new Set(Array.from({ length: count }, () => kernel.pick([...goods, ...extras])));
    return [...wanted];
  }

  #someCoupon(): string | null {
    return this.#couponIds.length > 0 && this.#given.kernel.chance(0.7)
      ? this.#given.kernel.pick(this.#couponIds)
      : null;
  }

  /** Places an order until there is an answer, always with the same id. Null when it was refused, or no answer came. */
  async #place(ask: Ask): Promise<OrderView | null> {
    const answer = await this.insist('POST', '/api/orders', ask);
    if (answer?.status !== 200) return null;
    this.#orderIds.add(ask.orderId);
    const { order } = Ordered.parse(answer.data);
    this.#given.promises.ordered(this.userId, order, ask);
    if (this.#given.kernel.chance(0.2)) await this.#placeAgain(ask);
    return order;
  }

  /** The same request again must give the same order; another request with its id must be refused. */
  async #placeAgain(ask: Ask): Promise<void> {
    const same = await this.call('POST', '/api/orders', ask);
    if (same?.status === 200) this.#given.promises.ordered(this.userId, Ordered.parse(same.data).order, ask);
    else if (same !== null && same.status < 500)
      this.#given.promises.broken(`${ask.orderId} again: ${same.code}`);
    const other = await this.call('POST', '/api/orders', { ...ask, shownFen: ask.shownFen + 1 });
    if (other !== null && other.status < 500 && other.code !== 'order.id_taken') {
      this.#given.promises.broken(`${ask.orderId} with another body: ${other.code ?? 'accepted'}`);
    }
  }

  async #buy(): Promise<void> {
    const ask = await this.#quote(this.#choose(), this.#someCoupon());
    const order = ask === null ? null : await this.#place(ask);
    if (order === null || order.state !== 'pending') return;
    const end = this.#given.kernel.pick([
      () => this.#payNow(order),
      () => this.#payNow(order),
      () => this.#payNow(order),
      () => this.#payLate(order),
      () => this.#payTwice(order),
      () => this.#hesitate(order),
      () => this.#cancel(order),
      () => this.#payAndCancel(order),
      () => this.#changeCoupon(order),
      () => this.#payAndAskBack(order),
      async () => {},
    ]);
    await end();
    await this.#see(order.id);
    if (order.lines.some(({ gifts }) => gifts > 0)) await this.#passOnGifts();
  }

  /** Places two orders concurrently with the same coupon. One of them gets it. */
  async #spendTwice(): Promise<void> {
    const couponId = this.#someCoupon();
    const wanted = this.#choose();
    const asks = [await this.#quote(wanted, couponId), await this.#quote(wanted, couponId)];
    const orders = await Promise.all(asks.map((ask) => (ask === null ? null : this.#place(ask))));
    for (const order of orders) if (order?.state === 'pending') await this.#payNow(order);
  }

  /** Sends a request that must be refused and change nothing. */
  async #stumble(): Promise<void> {
    const [dear] = goods;
    if (dear === undefined) return;
    const lines = [{ productId: dear.productId }];
    const orderId = this.#given.ids.make('ord');
    const { held: platform } = this.#given;
    const asked = { orderId, lines, platform, couponId: null, shownFen: 1 };
    const answer = await this.call('POST', '/api/orders', asked);
    if (answer?.status === 200) this.#given.promises.broken(`${orderId}: the client made the price`);
  }

  /** Opens the payment. A phone whose session key has ended logs in again and sends the code. */
  async #open(order: OrderView): Promise<PhonePaymentView | null> {
    const path = `/api/orders/${order.id}/pay`;
    const { kernel, phone, handed } = this.#given;
    const withCode = () => ({ code: phone.loginCode(this.name) });
    let answer = await this.insist('POST', path, kernel.chance(0.2) ? withCode() : {});
    for (let tries = 0; tries < TRIES_MAX && isOfSession(answer); tries += 1) {
      answer = await this.call('POST', path, withCode());
    }
    if (answer?.status !== 200) return null;
    handed.add(order.id);
    return Opened.parse(answer.data).payment;
  }

  async #confirm(payment: PhonePaymentView): Promise<string> {
    const { kernel, phone, held } = this.#given;
    await kernel.step(this.process, 'confirms', kernel.between(0, 200));
    const said = phone.pay(this.name, held, payment, 'confirm');
    kernel.note(`${this.name} is told ${said}`);
    return said;
  }

  /** Logs in with the same name elsewhere, which ends the session key that payments were signed with. */
  async #moveToAnotherPhone(): Promise<void> {
    await Promise.all([this.login(), this.login()]);
  }

  async #checkIn(): Promise<void> {
    const answer = await this.insist('POST', '/api/points/check-in', {});
    if (answer?.status === 200) this.#points = Balance.parse(answer.data).balance;
  }

  /** Passes the links of bought gifts to friends. */
  async #passOnGifts(): Promise<void> {
    const own = await this.insist('GET', '/api/me/gifts');
    if (own?.status === 200) this.#given.links.push(...Gifts.parse(own.data).items.map(({ token }) => token));
  }

  /** Follows a link that a friend passed on. */
  async #claimGift(): Promise<void> {
    const { kernel, links, promises } = this.#given;
    await this.#passOnGifts();
    if (links.length === 0) return;
    const path = `/api/gifts/${kernel.pick(links)}/claim`;
    const click = async () => {
      const answer = await this.insist('POST', path, {});
      if (answer?.status === 200) promises.giftClaimed(this.userId, Gifted.parse(answer.data).productId);
    };
    await Promise.all(kernel.chance(0.4) ? [click(), click()] : [click()]);
  }

  /** Asks for a refund of one order, in part or as a whole; or has Apple refund it; or complains. */
  async #askBack(): Promise<void> {
    if (this.#orderIds.size === 0) return;
    await this.#askBackFor(this.#given.kernel.pick([...this.#orderIds]));
  }

  async #askBackFor(orderId: string): Promise<void> {
    const { kernel, phone, held, ids, asked, promises } = this.#given;
    if (held !== 'web' && kernel.chance(held === 'ios' ? 0.7 : 0.1)) {
      phone.interfere(orderId, kernel.pick(['refund', 'inquire', 'complain']));
    }
    const found = await this.insist('GET', `/api/orders/${orderId}`);
    if (found?.status !== 200) return;
    const { lines } = Ordered.parse(found.data).order;
    const productIds = kernel.chance(0.5) ? null : [kernel.pick(lines).productId];
    const about = productIds === null ? '' : `?productIds=${productIds.join()}`;
    const quoted = await this.insist('GET', `/api/orders/${orderId}/refunds/quote${about}`);
    if (quoted?.status !== 200) return;
    const { refundFen: shownFen } = QuotedRefund.parse(quoted.data).quote;
    const refundId = ids.make('rfd');
    asked.add(refundId);
    const click = async () => {
      const body = { refundId, productIds, words: '不想学了', shownFen };
      const answer = await this.insist('POST', `/api/orders/${orderId}/refunds`, body);
      if (answer?.status === 200) promises.refundAsked(refundId);
    };
    await Promise.all(kernel.chance(0.4) ? [click(), click()] : [click()]);
  }

  async #payAndAskBack(order: OrderView): Promise<void> {
    await this.#payNow(order);
    for (let tries = 0; tries < 3; tries += 1) {
      await this.#given.kernel.step(this.process, 'regrets', this.#given.kernel.between(0, 5 * SECOND_MS));
      await this.#askBackFor(order.id);
    }
  }

  async #payNow(order: OrderView): Promise<void> {
    const payment = await this.#open(order);
    if (payment === null) return;
    await this.wait(0, MINUTE_MS);
    const said = await this.#confirm(payment);
    // Somebody logged in meanwhile, or never did. The payment is signed again with a fresh code.
    if (!/ -1500[57]$/.test(said)) return;
    const again = await this.#open(order);
    if (again !== null) await this.#confirm(again);
  }

  /** Confirms the payment close to the end of the pay window, here or at the rail. */
  async #payLate(order: OrderView): Promise<void> {
    const payment = await this.#open(order);
    if (payment === null) return;
    const untilAtMs = order.expiresAtMs + this.#given.kernel.between(-30 * SECOND_MS, 7 * MINUTE_MS);
    await this.#given.kernel.step(this.process, 'sleeps', untilAtMs - this.#given.kernel.now());
    await this.#confirm(payment);
  }

  async #payTwice(order: OrderView): Promise<void> {
    const payments = await Promise.all([this.#open(order), this.#open(order)]);
    await Promise.all(payments.map((payment) => (payment === null ? undefined : this.#confirm(payment))));
  }

  async #hesitate(order: OrderView): Promise<void> {
    const payment = await this.#open(order);
    if (payment === null) return;
    this.#given.phone.pay(this.name, this.#given.held, payment, 'dismiss');
    await this.wait(0, 10 * MINUTE_MS);
    if (this.#given.kernel.chance(0.5)) await this.#confirm(payment);
  }

  async #cancel(order: OrderView): Promise<void> {
    if (this.#given.kernel.chance(0.5)) await this.#open(order);
    const answer = await this.insist('POST', `/api/orders/${order.id}/cancel`, {});
    if (answer?.status === 200) this.#given.promises.seen(Ordered.parse(answer.data).order);
  }

  async #payAndCancel(order: OrderView): Promise<void> {
    const payment = await this.#open(order);
    const cancel = () => this.insist('POST', `/api/orders/${order.id}/cancel`, {});
    await Promise.all(payment === null ? [cancel()] : [this.#confirm(payment), cancel()]);
  }

  async #changeCoupon(order: OrderView): Promise<void> {
    const couponId = this.#someCoupon();
    const use = (shownFen: number) =>
      this.insist('POST', '/api/coupons/use', { orderId: order.id, couponId, shownFen });
    const first = await use(order.payableFen);
    const quoted = Quoted.safeParse(first?.data);
    if (first?.code === 'order.price_changed' && quoted.success) {
      const opening = this.#given.kernel.chance(0.3) ? this.#open(order) : null;
      await use(quoted.data.quote.payableFen);
      await opening;
    }
    await this.#payNow(order);
  }

  async #see(orderId: string): Promise<void> {
    const answer = await this.call('GET', `/api/orders/${orderId}`);
    if (answer?.status === 200) this.#given.promises.seen(Ordered.parse(answer.data).order);
    const { lessonId } = this.#given.kernel.pick(goods);
    await this.call('GET', `/api/lessons/${lessonId}`);
  }

  async #look(): Promise<void> {
    for (const orderId of this.#orderIds) await this.#see(orderId);
    const answer = await this.call('GET', '/api/me/points');
    if (answer?.status === 200) this.#points = Balance.parse(answer.data).balance;
  }
}

const isOfSession = (answer: Answer | null) =>
  answer !== null && ['auth.session_key_ended', 'auth.code_invalid'].includes(answer.code ?? '');
