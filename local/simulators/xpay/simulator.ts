/**
 * A mini-program's virtual payment, simulated. It verifies requests of the phone and of the shop's server as the real
 * one does, keeps its own books, pushes what happened, and fails on demand.
 *
 * Time, chance and the way back to the server are passed in. So the same class runs in a seeded simulation, in a test
 * and behind a real port.
 */
import type { OutsideResponse, Send } from '../../../shared/adapters/http/request.ts';
import type { Clock } from '../../../shared/ports/clock.ts';
import { HOUR_MS, MINUTE_MS, SECOND_MS, type TimeMs } from '../../../shared/schemas/base.ts';
import { Chances } from '../chances.ts';
import type { SimulatedRequest } from '../exchange.ts';
import type { SimulatorKeys } from '../keys.ts';
import { CallLimit } from '../limit.ts';
import { MessagePush } from '../wechat/push.ts';
import { textOf, type WeixinSimulator } from '../wechat/simulator.ts';
import type { Schedule } from '../wxpay/notices.ts';
import type { RefundByHand } from '../wxpay/simulator.ts';
import { XpayLists } from './bills.ts';
import { type InquiryRecord, type XpayBooks, xpayBooksOf } from './books.ts';
import { NO_XPAY_FAULTS, type XpayFault } from './faults.ts';
import { Shelf, type Shelves } from './goods.ts';
import { type XpayBegun, XpayLedger, type XpayPayment, type XpayRefund } from './ledger.ts';
import {
  type AskedOfPhone,
  appKeyOf,
  billOf,
  macOf,
  readByPhone,
  type VirtualPaymentAnswer,
} from './phone.ts';
import { BODIES, bodyOf, type Env, jsonOf, type XpayBody, type XpayPath, XpayRefused } from './requests.ts';
import {
  complaintWords,
  deliveryWords,
  forgedWords,
  inquiryWords,
  paymentWords,
  refundPushWords,
  refundWords,
  unpaidWords,
  type Words,
} from './words.ts';

/** What a simulator is made of. */
export interface XpaySimulatorOptions {
  readonly keys: SimulatorKeys;
  readonly clock: Clock;
  readonly random: () => number;
  readonly schedule: Schedule;
  /** The transport for pushes to the mini-program's server. */
  readonly deliver: Send;
  /** Simulated WeChat, which knows access tokens and session keys. */
  readonly weixin: WeixinSimulator;
  /** The URL for pushes; null until it is set. */
  readonly pushUrl: string | null;
  /** How many times faster than in reality pushes are repeated and goods are published. 1 by default. */
  readonly clockFactor?: number;
  /** Where the numbers of transactions and refunds begin. 0 by default. */
  readonly numbersFrom?: number;
}

const LATE_MAX_MS = 3 * HOUR_MS;
const TWICE_MAX_MS = MINUTE_MS;
const REFUND_MAX_MS = MINUTE_MS;
const DELAY_MAX_MS = 20 * MINUTE_MS;
const DUPLICATE_AFTER_MS = SECOND_MS;
const LAG_MIN_MS = 5 * SECOND_MS;
const LAG_MAX_MS = 12 * SECOND_MS;
const INQUIRY_WITHIN_MS = 3 * SECOND_MS;
const INQUIRIES_MAX = 3;
const INQUIRY_PAUSE_MS = MINUTE_MS;

function isPath(path: string): path is XpayPath {
  return Object.hasOwn(BODIES, path);
}

/** The simulator. `faults`, `refusing`, and the push's `mode` and `format`, may be changed at any time. */
export class XpaySimulator {
  /** The answer to calls of matching paths, while it is set. */
  refusing: { readonly path: RegExp; readonly words: Words } | null = null;
  readonly faults: Chances<XpayFault>;
  /** The limit of calls in a second. */
  readonly limit: CallLimit;
  readonly push: MessagePush;
  /** The learner's phone. */
  readonly phone = {
    /** `wx.requestVirtualPayment`, with the decision of the phone's owner. */
    payVirtual: (asked: AskedOfPhone, decision: 'confirm' | 'dismiss'): VirtualPaymentAnswer => {
      const errCode = this.#pay(asked, decision);
      return { errCode, errMsg: `requestVirtualPayment:${errCode === 0 ? 'ok' : `fail ${errCode}`}` };
    },
    /** What the sheet says before somebody confirms: how much, and for what. Null for data that cannot be read. */
    bill: (signData: string) => billOf(signData, this.#shelves),
    /** Complains about a paid order. */
    complain: (orderNumber: string) => this.#complain(this.#paid(orderNumber)),
  };
  /** Apple's side, for orders that were paid on its phones. */
  readonly apple = {
    /** Refunds without asking the shop. */
    refund: (orderNumber: string) => this.#refundByApple(this.#paidToApple(orderNumber)),
    /** Asks the shop up to three times, and refunds unless the shop objects. */
    inquire: (orderNumber: string, reason = '不小心购买') =>
      this.#inquireLater(this.#paidToApple(orderNumber), reason, 1, 0),
  };
  /** The merchant's console, where staff refund by hand. Answers the refund's number. @throws XpayRefused */
  readonly console = { refund: (asked: RefundByHand): string => this.#refundByHand(asked) };
  readonly #options: XpaySimulatorOptions;
  readonly #factor: number;
  readonly #ledger: XpayLedger;
  /** The order lists that can be downloaded. */
  readonly lists: XpayLists;
  readonly #shelves: Shelves;
  readonly #inquiries: InquiryRecord[] = [];

  constructor(options: XpaySimulatorOptions) {
    const { random, pushUrl, clockFactor = 1 } = options;
    this.#options = options;
    this.#ledger = new XpayLedger(options.numbersFrom);
    this.lists = new XpayLists(this.#ledger);
    this.#factor = clockFactor;
    this.faults = new Chances({ ...NO_XPAY_FAULTS }, random);
    this.limit = new CallLimit(options.clock);
    this.push = new MessagePush({ ...options, url: pushUrl, clockFactor });
    // A mini-program has one push, for messages too.
    options.weixin.subscriptions.push = this.push;
    const shelf = { random, faults: this.faults, clockFactor };
    this.#shelves = { 0: new Shelf(shelf), 1: new Shelf(shelf) };
  }

  /** Puts something on sale at once, as if it had been uploaded and published long ago. */
  putOnSale(goods: {
    readonly id: string;
    readonly name?: string | undefined;
    readonly priceFen: number;
    readonly env?: Env;
  }): void {
    const { id, name = id, priceFen, env = 0 } = goods;
    this.#shelves[env].put({ id, name, priceFen });
  }

  /** Answers a call of the API; null when no answer comes, whether or not it was acted upon. */
  handle(request: SimulatedRequest): OutsideResponse | null {
    const { faults } = this;
    const say = (words: Words) => textOf(200, JSON.stringify(words));
    if (faults.happens('requestLost')) return null;
    if (faults.happens('serverError')) return textOf(502, '<html>502 Bad Gateway</html>');
    if (faults.happens('busy')) return say({ errcode: -1, errmsg: 'system error' });
    if (this.limit.isTooMany() || faults.happens('rateLimited')) return say(wordsOf(new XpayRefused('rate')));
    if (this.refusing?.path.test(request.path)) return say(this.refusing.words);
    const file = this.#file(request);
    if (file !== null) return file;
    const words = this.#said(request);
    if (faults.happens('answerLost')) return null;
    if (faults.happens('doubtfulError')) return say({ errcode: -1, errmsg: 'system error' });
    return words === null ? textOf(404, 'not found') : say(words);
  }

  /** Answers the download of a list; null for other requests. */
  #file({ method, path }: SimulatedRequest): OutsideResponse | null {
    const [, name] = /^\/xpay\/lists\/([a-z0-9]+\.csv)$/.exec(path) ?? [];
    if (method !== 'GET' || name === undefined) return null;
    const text = this.lists.file(name, this.#options.clock.now());
    return text === null ? textOf(404, 'not found') : textOf(200, text);
  }

  #said({ method, path: asked, body, headers }: SimulatedRequest): Words | null {
    const [path = '', search = ''] = asked.split('?');
    if (method !== 'POST' || !isPath(path)) return null;
    const query = new URLSearchParams(search);
    const refusal = this.#options.weixin.tokenRefusal(query.get('access_token') ?? undefined);
    if (refusal !== null) return refusal;
    const text = Buffer.from(body).toString('utf8');
    try {
      this.#admit(path, text, query.get('pay_sig'));
      return { errcode: 0, errmsg: 'ok', ...this.#routed(path, text, headers.host ?? 'api.weixin.qq.com') };
    } catch (caught) {
      if (caught instanceof XpayRefused) return wordsOf(caught);
      throw caught;
    }
  }

  /**
   * Checks the signature of a request. @throws XpayRefused when it is not signed with the key of the environment that
   * it names
   */
  #admit(path: XpayPath, text: string, paySig: string | null): void {
    const json = jsonOf(text);
    const isSandbox = typeof json === 'object' && json !== null && 'env' in json && json.env === 1;
    const appKey = appKeyOf(this.#options.keys, isSandbox ? 1 : 0);
    if (macOf(appKey, `${path}&${text}`) !== paySig) throw new XpayRefused('signature');
  }

  #routed(path: XpayPath, text: string, host: string): Words {
    const now = this.#options.clock.now();
    switch (path) {
      case '/xpay/query_order':
        return { order: this.#order(bodyOf(path, text), now) };
      case '/xpay/notify_provide_goods':
        return this.#provide(bodyOf(path, text), now);
      case '/xpay/refund_order':
        return this.#refund(bodyOf(path, text), now);
      case '/xpay/start_upload_goods': {
        const asked = bodyOf(path, text);
        this.#shelves[asked.env].upload(asked, now);
        return {};
      }
      case '/xpay/query_upload_goods':
        return this.#shelves[bodyOf(path, text).env].uploaded(now);
      case '/xpay/start_publish_goods': {
        const asked = bodyOf(path, text);
        this.#shelves[asked.env].publish(asked, now);
        return {};
      }
      case '/xpay/query_publish_goods':
        return this.#shelves[bodyOf(path, text).env].published(now);
      case '/xpay/start_download_order': {
        const share = this.faults.happens('listSlow') ? this.#options.random() : 0;
        const how = { now, share, isFailed: this.faults.happens('listFailed') };
        return { task_id: this.lists.start(bodyOf(path, text), how) };
      }
      case '/xpay/query_download_order':
        return this.lists.task(bodyOf(path, text), now, host);
    }
  }

  #order(asked: XpayBody<'/xpay/query_order'>, now: TimeMs): Words {
    const refund = this.#ledger.refundOf(asked);
    const byNumber = asked.order_id === undefined ? null : this.#ledger.find(asked.env, asked.order_id);
    const begun =
      refund?.payment.begun ??
      byNumber ??
      (asked.order_id === undefined ? this.#ledger.payment(asked).begun : null);
    if (begun === null) throw new XpayRefused('absent');
    if (begun.openid !== asked.openid) throw new XpayRefused('openid');
    if (refund !== null) return refundWords(refund);
    const isUnpaid = begun.payments.length === 0;
    if (isUnpaid) return unpaidWords(begun, this.#ledger.isClosed(begun, now));
    const which = begun.payments.length > 1 && this.faults.happens('secondShown') ? -1 : 0;
    const payment = this.#ledger.payment(asked, which);
    if (now < payment.shownAtMs) return unpaidWords(begun, false);
    return paymentWords(payment, this.#ledger.refundsOf(payment));
  }

  #provide(asked: XpayBody<'/xpay/notify_provide_goods'>, now: TimeMs): Words {
    const payment = this.#ledger.payment(asked);
    if (now < payment.shownAtMs) throw new XpayRefused('absent');
    if (payment.providedAtMs !== null) throw new XpayRefused('done');
    payment.providedAtMs = now;
    return {};
  }

  #refund(asked: XpayBody<'/xpay/refund_order'>, now: TimeMs): Words {
    const refund = this.#ledger.refund(asked, now);
    this.#finishLater(refund);
    return {
      refund_order_id: asked.refund_order_id,
      refund_wx_order_id: refund.refundId,
      pay_order_id: refund.payment.orderNumber,
      pay_wx_order_id: refund.payment.wxOrderId,
    };
  }

  #refundByHand({ orderNumber, refundFen, refundNumber, isTold = true }: RefundByHand): string {
    const now = this.#options.clock.now();
    const payment = this.#paid(orderNumber);
    const number = refundNumber ?? this.#ledger.consoleNumber(now);
    const refund = this.#ledger.refund(
      {
        openid: payment.begun.openid,
        env: payment.begun.asked.env,
        wx_order_id: payment.wxOrderId,
        refund_order_id: number,
        left_fee: payment.leftFen,
        refund_fee: refundFen ?? payment.leftFen,
        refund_reason: '5',
        req_from: '3',
      },
      now,
    );
    this.#finishLater(refund, isTold);
    return number;
  }

  #finishLater(refund: XpayRefund, isTold = true): void {
    this.#later(this.#options.random() * REFUND_MAX_MS, () =>
      this.#finish(refund, this.faults.happens('refundFailed') ? 'FAILED' : 'SUCCESS', isTold),
    );
  }

  #finish(refund: XpayRefund, state: 'SUCCESS' | 'FAILED', isTold = true): void {
    this.#ledger.finish(refund, state, this.#options.clock.now());
    if (!isTold) return;
    this.#tell('xpay_refund_notify', refund.payment, (tries) => refundPushWords(refund, tries));
  }

  #later(delayMs: number, job: () => void): void {
    this.#options.schedule(Math.round(delayMs / this.#factor), async () => job());
  }

  #pay(asked: AskedOfPhone, decision: 'confirm' | 'dismiss'): number {
    const { keys, weixin, clock, random } = this.#options;
    const now = clock.now();
    const sessionKey = weixin.sessionKeyOf(asked.openid);
    const read = readByPhone(asked, { keys, sessionKey, shelves: this.#shelves, now });
    if (typeof read === 'number') return read;
    const { openid, signData: words, platform } = asked;
    const begun = this.#ledger.begin({ asked: read, words, openid, isApple: platform === 'ios' }, now);
    if (typeof begun === 'number') return begun;
    if (decision === 'dismiss') {
      this.#maybeForge(begun);
      return -2;
    }
    if (this.faults.happens('payLate')) {
      this.#maybeForge(begun);
      this.#later(random() * LATE_MAX_MS, () => {
        if (begun.payments.length === 0) this.#take(begun);
      });
      return -1;
    }
    this.#take(begun);
    if (this.faults.happens('doublePay')) this.#later(random() * TWICE_MAX_MS, () => this.#take(begun));
    return 0;
  }

  #take(begun: XpayBegun): void {
    const { clock, random } = this.#options;
    const now = clock.now();
    const lagMs = this.faults.happens('statusLag') ? LAG_MIN_MS + random() * (LAG_MAX_MS - LAG_MIN_MS) : 0;
    const payment = this.#ledger.pay(begun, now, {
      shownAtMs: now + Math.round(lagMs / this.#factor),
      moreFen: this.faults.happens('otherAmount') ? 1 : 0,
      isDiscounted: this.faults.happens('platformDiscount'),
    });
    this.#maybeForge(begun);
    const told = this.#tell(
      'xpay_goods_deliver_notify',
      payment,
      () => deliveryWords(payment),
      () => {
        payment.providedAtMs ??= clock.now();
      },
    );
    payment.isPushed = told;
  }

  /** Perhaps sends a forged push about an order, whether or not it was paid. */
  #maybeForge(begun: XpayBegun): void {
    if (!this.faults.happens('forge')) return;
    const { random } = this.#options;
    const words = forgedWords(begun, random());
    const delivery = random() < 0.5 ? 'rewritten' : 'unsigned';
    const { outTradeNo: orderNumber } = begun.asked;
    this.#later(0, async () => {
      await this.push.deliver(
        { event: 'xpay_goods_deliver_notify', orderNumber, words: () => words },
        delivery,
      );
    });
  }

  /** Sends a push or loses it, and answers which. */
  #tell(
    event: string,
    { orderNumber }: XpayPayment,
    words: (tries: number) => Words,
    taken?: () => void,
  ): boolean {
    const { faults } = this;
    if (faults.happens('lose')) return false;
    const delayMs = faults.happens('delay') ? this.#options.random() * DELAY_MAX_MS : 0;
    const push = { event, orderNumber, words };
    this.push.tell(push, delayMs, taken);
    if (faults.happens('duplicate')) this.push.tell(push, delayMs + DUPLICATE_AFTER_MS, taken);
    return true;
  }

  /** The order's first payment. @throws when there is none */
  #paid(orderNumber: string): XpayPayment {
    const payment = [...this.#ledger.payments.values()].find((each) => each.orderNumber === orderNumber);
    if (payment === undefined) throw new Error(`nobody has paid ${orderNumber}`);
    return payment;
  }

  /** The order's first payment, made to Apple. @throws when Apple did not take the money */
  #paidToApple(orderNumber: string): XpayPayment {
    const payment = this.#paid(orderNumber);
    if (!payment.begun.isApple) throw new Error(`${orderNumber} was not paid through Apple`);
    return payment;
  }

  #complain(payment: XpayPayment): void {
    const now = this.#options.clock.now();
    const requestId = `${payment.wxOrderId}-complaint`;
    this.#tell('xpay_complaint_notify', payment, (tries) => complaintWords(payment, requestId, now, tries));
  }

  #refundByApple(payment: XpayPayment): void {
    if (payment.leftFen === 0) return;
    this.#finish(this.#ledger.refundByApple(payment, this.#options.clock.now()), 'SUCCESS');
  }

  #inquireLater(payment: XpayPayment, reason: string, tries: number, delayMs: number): void {
    this.#options.schedule(Math.round(delayMs / this.#factor), () => this.#inquire(payment, reason, tries));
  }

  async #inquire(payment: XpayPayment, reason: string, tries: number): Promise<void> {
    const { orderNumber } = payment;
    const atMs = this.#options.clock.now();
    const words = inquiryWords(payment, reason, atMs);
    const reply = await this.push.ask('xpay_subscribe_ios_refund_query_notify', words, {
      withinMs: INQUIRY_WITHIN_MS,
    });
    const { result_code: said, evidence } = reply?.words ?? {};
    const code = reply?.status === 200 && typeof evidence === 'string' ? Number(said) : Number.NaN;
    const resultCode = code === 0 || code === 1 ? code : null;
    this.#inquiries.push({ orderNumber, atMs, resultCode, evidence: String(evidence ?? '') });
    if (resultCode === null && tries < INQUIRIES_MAX)
      return this.#inquireLater(payment, reason, tries + 1, INQUIRY_PAUSE_MS);
    if (resultCode !== 1) this.#refundByApple(payment);
  }

  /** The books as they are now. */
  books(): XpayBooks {
    return xpayBooksOf({
      now: this.#options.clock.now(),
      ledger: this.#ledger,
      shelf: this.#shelves[0],
      pushes: this.push.records.filter(({ event }) => event.startsWith('xpay_')),
      inquiries: this.#inquiries,
    });
  }
}

function wordsOf({ errcode, message }: XpayRefused): Words {
  return { errcode, errmsg: message };
}

/** Makes simulated virtual payment. */
export function createXpaySimulator(options: XpaySimulatorOptions): XpaySimulator {
  return new XpaySimulator(options);
}
