/** Buys: does what `model/buying.ts` decides, and tells it what came of that. */
import { ZhikeError } from '../../client/client.ts';
import type { CouponId, Fen, OrderLines, OrderView, PhonePaymentView, Quote } from '../../client/types.ts';
import type { CallResult } from '../../local/phone/platform.ts';
import {
  type Buying,
  type BuyingEffect,
  type BuyingEvent,
  buy,
  buyingOf,
  endOfPayment,
  endOfVirtualPayment,
  type KeptBecause,
  mayTap,
  readyToBuy,
} from '../model/buying.ts';
import { platformOf } from '../model/platform.ts';
import { client } from './client.ts';
import { failureOf } from './failure.ts';
import { newId } from './ids.ts';
import { forgetId, keepId, keptId } from './keptIds.ts';
import { freshCode } from './login.ts';

/** What is to be ordered, at the price that was shown. */
export interface Basket {
  readonly lines: OrderLines;
  readonly couponId: CouponId | null;
  readonly points: number;
  readonly shownFen: Fen;
}

/** The platform of this phone. */
export const thisPlatform = () => platformOf(wx.getDeviceInfo().platform);

const aboutOf = (lines: OrderLines) => `order:${lines.map(({ productId }) => productId).join()}`;

const isCallResult = (caught: unknown): caught is CallResult & { readonly errCode?: number } =>
  typeof caught === 'object' && caught !== null && 'errMsg' in caught;

/** One buying on one page. It keeps its state to itself, so two pages never share one. */
export class Buyer {
  #state: Buying = readyToBuy(null);
  #basket: Basket | null = null;
  readonly #show: (state: Buying) => void;

  /** `show` is called with each new state. */
  constructor(show: (state: Buying) => void) {
    this.#show = show;
  }

  /** The state. */
  get state(): Buying {
    return this.#state;
  }

  /** Begins with things to be ordered. An id that was never answered is used again. */
  startWith(lines: OrderLines): void {
    this.#put(readyToBuy(keptId(aboutOf(lines))));
  }

  /** Begins with an order that was placed before, and why it was not paid at once. */
  startWithOrder(order: OrderView, because: KeptBecause): void {
    this.#put(buyingOf(order, because));
  }

  /** The buyer tapped the button. `basket` is what to order; null on the page of an order. */
  async tap(basket: Basket | null): Promise<void> {
    if (!mayTap(this.#state)) return;
    this.#basket = basket;
    // A prepared payment has to be shown before anything else happens, so no id is made for it.
    if ('order' in this.#state) {
      this.#happens({ kind: 'tap', newId: this.#state.order.id });
      return;
    }
    // Of two taps that both wait for an id here, the second finds that the first is under way.
    this.#happens({ kind: 'tap', newId: await newId('ord') });
  }

  /** The page is in front again. */
  shown(): void {
    this.#happens({ kind: 'shown' });
  }

  /** The page is gone. */
  left(): void {
    this.#happens({ kind: 'left' });
  }

  #put(state: Buying): void {
    this.#state = state;
    this.#show(state);
  }

  #happens(event: BuyingEvent): void {
    const before = this.#state;
    const { next, effects } = buy(before, event);
    this.#state = next;
    for (const effect of effects) void this.#do(effect);
    if (next !== before) this.#show(next);
  }

  async #do(effect: BuyingEffect): Promise<void> {
    switch (effect.do) {
      case 'create':
        return this.#answered(() => this.#create(effect.orderId));
      case 'forget':
        if (this.#basket !== null) forgetId(aboutOf(this.#basket.lines));
        return;
      case 'open':
        return this.#answered(() => open(effect.order));
      case 'sheet':
        return sheet(effect.payment, (event) => this.#happens(event));
      case 'ask':
        return this.#ask(effect.orderId, effect.afterMs);
    }
  }

  async #answered(call: () => Promise<BuyingEvent>): Promise<void> {
    let event: BuyingEvent;
    try {
      event = await call();
    } catch (caught) {
      event = failedOf(caught);
    }
    this.#happens(event);
  }

  async #create(orderId: string): Promise<BuyingEvent> {
    if (this.#basket === null) throw new Error('nothing to order');
    const { lines, couponId, points, shownFen } = this.#basket;
    keepId(aboutOf(lines), orderId);
    const asked = { orderId, lines, couponId, points, shownFen, platform: thisPlatform() };
    const { order } = await client.createOrder(asked);
    return { kind: 'created', order };
  }

  async #ask(orderId: string, afterMs: number): Promise<void> {
    const question = () =>
      this.#answered(async () => {
        const { order } = await client.getOrder({ orderId });
        return { kind: 'asked', order };
      });
    if (afterMs === 0) return question();
    setTimeout(() => {
      if (this.#state.at !== 'left') void question();
    }, afterMs);
  }
}

function failedOf(caught: unknown): BuyingEvent {
  if (caught instanceof ZhikeError && caught.code === 'order.price_changed') {
    return { kind: 'repriced', quote: caught.params.quote as Quote };
  }
  if (!isCallResult(caught)) return { kind: 'failed', failure: failureOf(caught) };
  // `wx.login` gave no code.
  const message = '微信登录没有成功，请稍后再试。';
  return { kind: 'failed', failure: { kind: 'later', code: 'wx.login', message, requestId: null } };
}

/** Opens the payment. For virtual payment WeChat is asked for a code right before, and at no other time. */
async function open({ id: orderId, rail }: OrderView): Promise<BuyingEvent> {
  const asked = rail === 'xpay' ? { orderId, code: await freshCode() } : { orderId };
  const { payment } = await client.payOrder(asked);
  return { kind: 'opened', payment };
}

/** Shows the payment sheet with what the server signed, as it came. */
function sheet(payment: PhonePaymentView, happens: (event: BuyingEvent) => void): void {
  if (payment.rail === 'wxpay') {
    const { rail: _, ...signed } = payment;
    const ended = ({ errMsg }: CallResult) => happens({ kind: 'sheet', end: endOfPayment(errMsg) });
    wx.requestPayment(signed).then(ended, ended);
    return;
  }
  const { rail: _, ...signed } = payment;
  const ended = (result: CallResult & { readonly errCode?: number }) =>
    happens({ kind: 'sheet', end: endOfVirtualPayment(result) });
  wx.requestVirtualPayment({ ...signed, success: ended, fail: ended });
}
