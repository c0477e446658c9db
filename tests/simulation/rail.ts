/**
 * WeChat, WeChat Pay and virtual payment in a simulated run: the simulators themselves, with honest books of their own,
 * and the network to and from them, which loses, delays and duplicates messages.
 */

import { SafetyCheck } from '../../local/simulators/wechat/safety.ts';
import { createWeixinSimulator, type WeixinSimulator } from '../../local/simulators/wechat/simulator.ts';
import { SIMULATED_TEMPLATES } from '../../local/simulators/wechat/templates.ts';
import { createWechatPaySimulator, type WechatPaySimulator } from '../../local/simulators/wxpay/simulator.ts';
import { Refused } from '../../local/simulators/wxpay/wire.ts';
import { XpayRefused } from '../../local/simulators/xpay/requests.ts';
import { createXpaySimulator, type XpaySimulator } from '../../local/simulators/xpay/simulator.ts';
import type { OutsideRequest, OutsideResponse, Send } from '../../shared/adapters/http/request.ts';
import { wechatApi } from '../../shared/adapters/wechat/api.ts';
import { wechatMessages } from '../../shared/adapters/wechat/messages.ts';
import { wechatPush } from '../../shared/adapters/wechat/push.ts';
import { wechatSafety } from '../../shared/adapters/wechat/safety.ts';
import { wechatCalls } from '../../shared/adapters/wechat/token.ts';
import { wechatPay } from '../../shared/adapters/wxpay/rail.ts';
import { xpay } from '../../shared/adapters/xpay/rail.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type { Ids } from '../../shared/ports/ids.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import type { HttpRequest, HttpResponse } from '../../shared/runtime/exchange.ts';
import { SECOND_MS, timeMs } from '../../shared/schemas/base.ts';
import type { PhonePaymentView } from '../../shared/schemas/payments/payment.ts';
import { endlessTurn } from '../support/clock.ts';
import { keys as madeKeys } from '../support/keys.ts';
import { quiet } from '../support/quiet.ts';
import type { Faults, Phone } from './faults.ts';
import type { Instance } from './instance.ts';
import { type Kernel, Process } from './kernel.ts';
import { type RailBooks, railBooksOf } from './railBooks.ts';
import { extras, goods } from './shop.ts';

/** The appid determines the openids, which are part of the history. So it is the same in every process. */
const keys = { ...madeKeys, appid: 'wx0123456789abcdef' };

const API_URL = 'https://api.weixin.qq.com';
const PAY_URL = 'https://api.mch.weixin.qq.com';
/** Where WeChat reaches the shop. */
export const SHOP_URL = 'https://shop.example.com';
const NOTIFY_PATH = '/api/pay/notify';
const PUSH_PATH = '/api/wechat/push';
const ACKNOWLEDGED: HttpResponse = { status: 200, headers: {}, body: '' };

/** How long a request that timed out may still be on its way. */
const LATE_MS_MAX = 90 * SECOND_MS;
const NOTICE_LATE_MS_MAX = 20 * 60 * SECOND_MS;

interface Given {
  readonly kernel: Kernel;
  readonly faults: () => Faults;
  /** Passes a request to an instance; null when the instance dies meanwhile. */
  readonly serve: (request: HttpRequest) => Promise<HttpResponse | null>;
  /** Called when WeChat Pay got a success for this notice. */
  readonly acknowledged: (kind: 'payment' | 'refund', about: string) => Promise<void>;
  /** How often verdicts about files are late, twice, or never come. */
  readonly verdicts: Readonly<Record<string, number>>;
  /** A planted bug: the answer is sent first, and the work is done after. */
  readonly isAckedFirst: boolean;
}

/** WeChat's side of a run. */
export class Rail {
  readonly #given: Given;
  readonly #process = new Process('wechat');
  readonly #weixin: WeixinSimulator;
  readonly #safety: SafetyCheck;
  readonly #pay: WechatPaySimulator;
  readonly #xpay: XpaySimulator;
  /** Orders that are paid twice. Only notices can tell of it, so their notices arrive in the end. */
  readonly #doubled = new Set<string>();
  readonly #untold = new Map<string, boolean>();
  /** The numbers of refunds that were made by hand. */
  readonly #byHand = new Set<string>();

  constructor(given: Given) {
    const { kernel } = given;
    this.#given = given;
    const clock = { now: () => timeMs(kernel.now()) };
    const { random } = kernel;
    this.#weixin = createWeixinSimulator({ keys, clock, random });
    const schedule = (delayMs: number, job: () => Promise<void>) =>
      kernel.after(this.#process, delayMs, 'goes on', () => kernel.start(job));
    const deliver = (request: OutsideRequest) => this.#deliver(request);
    this.#pay = createWechatPaySimulator({ keys, clock, random, schedule, deliver });
    const pushUrl = `${SHOP_URL}${PUSH_PATH}`;
    this.#xpay = createXpaySimulator({
      keys,
      clock,
      random,
      schedule,
      deliver: (request) => this.#push(request),
      weixin: this.#weixin,
      pushUrl,
    });
    const { push } = this.#xpay;
    const fetch = (request: OutsideRequest) => this.#push(request);
    this.#safety = new SafetyCheck({ clock, random, schedule, weixin: this.#weixin, push, fetch });
    this.#weixin.safety = this.#safety;
    Object.assign(this.#weixin.faults.shares, given.verdicts);
    for (const { productId, listFen } of [...goods, ...extras]) {
      if (listFen > 0) this.#xpay.putOnSale({ id: `${productId}_${listFen}`, priceFen: listFen });
    }
    // Not faults of the network: what buyers and others do at WeChat Pay.
    this.#pay.faults.shares.payLate = 0.05;
    this.#pay.faults.shares.forge = 0.05;
    this.#pay.faults.shares.probe = 0.05;
    this.#pay.faults.shares.refundClosed = 0.06;
    this.#pay.faults.shares.refundAbnormal = 0.04;
    const { shares } = this.#xpay.faults;
    shares.payLate = 0.08;
    shares.forge = 0.1;
    shares.statusLag = 0.3;
    shares.secondShown = 0.5;
    shares.refundFailed = 0.08;
    shares.lose = given.faults().noticeNever;
  }

  /** The adapters of one instance. */
  connect(
    send: Send,
    clock: Clock,
    ids: Ids,
  ): Pick<Ports, 'wechat' | 'safety' | 'messages' | 'rails' | 'push'> {
    const account = { appid: keys.appid, secret: keys.appSecret, baseUrl: API_URL, send, clock, log: quiet };
    const call = wechatCalls(account);
    const { appid } = keys;
    const shop = { appid, offerId: keys.xpayOfferId, appKey: keys.xpayAppKey, env: 0 } as const;
    const pause = (ms: number) => this.#given.kernel.step(this.#process, 'pauses', ms);
    return {
      wechat: wechatApi({ ...account, call }),
      safety: wechatSafety(call),
      messages: wechatMessages(call),
      push: wechatPush({ appid, tokens: [keys.pushToken], encodingAesKeys: [keys.pushAesKey], clock, ids }),
      rails: {
        xpay: xpay({ ...shop, call, send, listOrigins: [API_URL], pause, loop: endlessTurn }),
        wxpay: wechatPay({
          ...keys,
          apiV3Keys: [keys.apiV3Key],
          publicKeys: [{ id: keys.publicKeyId, pem: keys.publicKeyPem }],
          baseUrl: PAY_URL,
          backupBaseUrl: null,
          notifyUrl: `${SHOP_URL}${NOTIFY_PATH}`,
          send,
          clock,
          log: quiet,
          ids,
          loop: endlessTurn,
        }),
      },
    };
  }

  /**
   * A call from an instance to WeChat and back. Rejects when no answer comes, whether or not the call was acted upon.
   */
  async travel(instance: Instance, request: OutsideRequest): Promise<OutsideResponse> {
    const { kernel, faults } = this.#given;
    const label = `${request.method} ${new URL(request.url).pathname}`;
    await instance.step(label, kernel.between(0, 100));
    const { requestLost, answerLost } = faults();
    if (kernel.chance(requestLost)) return this.#timeOut(instance, request);
    if (kernel.chance(answerLost)) {
      if (kernel.chance(0.5)) this.#handle(request);
      else {
        const delayMs = kernel.between(request.timeoutMs, LATE_MS_MAX);
        kernel.after(this.#process, delayMs, `late ${label}`, () => this.#handle(request));
      }
      return this.#timeOut(instance, request);
    }
    const response = this.#handle(request);
    await instance.step(`answered ${response.status}`, kernel.between(0, 100));
    return response;
  }

  /** The code of `wx.login` on this person's phone. */
  loginCode(name: string): string {
    return this.#weixin.phone.login(name).code;
  }

  /** The code of WeChat's button for phone numbers. */
  phoneCode(): string {
    return this.#weixin.phone.shareNumber('13800138000').code;
  }

  /** Somebody allows one more message about replies. */
  allow(name: string): void {
    this.#weixin.subscriptions.answer(this.#weixin.openidOf(name), {
      [SIMULATED_TEMPLATES.reply.id]: 'accept',
    });
  }

  /** Whether WeChat was asked about a text that contains this, and found nothing. */
  isPassed(content: string): boolean {
    return this.#safety.texts.some(
      (each) => each.content.includes(content) && each.judged.suggest === 'pass',
    );
  }

  /** Messages that reached somebody more than once. No two have the same words and time. */
  reachedTwice(): readonly string[] {
    const reached = this.#weixin.subscriptions.reached.map(
      ({ openid, page, data }) => `${openid} ${page} ${JSON.stringify(data)}`,
    );
    return reached.filter((each, at) => reached.indexOf(each) !== at);
  }

  /** What this person's phone answers to a request to pay. Sometimes the order is paid twice. */
  pay(name: string, phone: Phone, payment: PhonePaymentView, decision: 'confirm' | 'dismiss'): string {
    const openid = this.#weixin.openidOf(name);
    const isTwice = decision === 'confirm' && this.#given.kernel.chance(0.08);
    if (payment.rail === 'xpay') {
      if (phone === 'web') throw new Error('no browser pays virtually');
      this.#xpay.faults.shares.doublePay = isTwice ? 1 : 0;
      return this.#xpay.phone.payVirtual({ ...payment, openid, platform: phone }, decision).errMsg;
    }
    const before = this.#pay.books().transactions.length;
    this.#pay.faults.shares.payTwice = isTwice ? 1 : 0;
    const { errMsg } = this.#pay.phone.pay({ ...payment, openid }, decision);
    this.#pay.faults.shares.payTwice = 0;
    const paid = this.#pay.books().transactions.at(before);
    if (isTwice && paid !== undefined) this.#doubled.add(paid.orderNumber);
    return errMsg;
  }

  /** Apple refunds an order, with or without asking first; or its buyer complains. Does nothing for an unpaid order. */
  interfere(orderNumber: string, how: 'refund' | 'inquire' | 'complain'): void {
    const paid = this.#xpay.books().transactions.find((each) => each.orderNumber === orderNumber);
    if (paid === undefined) return;
    if (how === 'complain') this.#xpay.phone.complain(orderNumber);
    else if (paid.isApple) this.#xpay.apple[how](orderNumber);
  }

  /**
   * Staff refund by hand at the merchant's console: that share of what is left, or all of it. Does nothing for an
   * unpaid order, for money that only Apple can refund, and while another refund is in progress.
   */
  refundByHand(orderNumber: string, share: number): void {
    const virtual = this.#xpay.books().transactions.find((each) => each.orderNumber === orderNumber);
    const paid = virtual ?? this.#pay.books().transactions.find((each) => each.orderNumber === orderNumber);
    if (paid === undefined) return;
    const refundFen = share === 1 ? undefined : Math.ceil(paid.totalFen * share);
    const { console } = virtual === undefined ? this.#pay : this.#xpay;
    try {
      this.#byHand.add(console.refund({ orderNumber, refundFen }));
    } catch (caught) {
      if (!(caught instanceof Refused) && !(caught instanceof XpayRefused)) throw caught;
    }
  }

  /**
   * Staff deal with what they refunded by hand at WeChat Pay's console: what is abnormal, they send another way.
   * Returns whether each refund by hand of the order has failed, so that nothing went back by hand.
   */
  settleByHand(orderNumber: string): boolean {
    const byHand = () =>
      this.#pay
        .books()
        .refunds.filter((each) => each.orderNumber === orderNumber && this.#byHand.has(each.refundNumber));
    if (byHand().some(({ state }) => state === 'ABNORMAL')) this.#pay.console.finishAbnormal(orderNumber);
    return byHand().every(({ state }) => state === 'CLOSED');
  }

  /** From now on no new fault happens at the rails. */
  calm(): void {
    for (const { shares } of [this.#pay.faults, this.#xpay.faults, this.#weixin.faults]) {
      for (const name of Object.keys(shares)) Object.assign(shares, { [name]: 0 });
    }
    this.#xpay.faults.shares.secondShown = 0.5;
  }

  /** The rails' own books. */
  books(): RailBooks {
    return railBooksOf(this.#pay.books(), this.#xpay.books(), this.#byHand);
  }

  /** What happened here, to show that anything did. */
  counts(): Record<string, number> {
    const { transactions, closes, notices } = this.#pay.books();
    const virtual = this.#xpay.books();
    return {
      transactions: transactions.length,
      doubled: this.#doubled.size,
      closes: closes.length,
      deliveries: notices.reduce((sum, { deliveries }) => sum + deliveries.length, 0),
      virtual: virtual.transactions.length,
      pushes: virtual.pushes.length,
      byHand: this.#byHand.size,
      byApple: virtual.refunds.filter(({ refundNumber }) => refundNumber === null).length,
    };
  }

  async #timeOut(instance: Instance, { timeoutMs }: OutsideRequest): Promise<never> {
    await instance.step('times out', timeoutMs);
    throw new Error('no answer came in time');
  }

  #handle({ method, url, headers, body }: OutsideRequest): OutsideResponse {
    const path = url.slice(new URL(url).origin.length);
    const host = url.startsWith(PAY_URL) ? this.#pay : path.startsWith('/xpay/') ? this.#xpay : this.#weixin;
    const response = host.handle({ method, path, headers, body: Buffer.from(body) });
    if (response === null) throw new Error('the simulator was told to keep silent');
    return response;
  }

  /** The network for a notice to one of our instances. It may lose, delay and duplicate the notice. */
  async #deliver(request: OutsideRequest): Promise<OutsideResponse> {
    const { kernel, faults } = this.#given;
    const { id } = JSON.parse(request.body);
    const notice = this.#pay.books().notices.find((each) => each.id === id);
    if (notice === undefined) throw new Error('a notice of nothing');
    const { noticeLost, noticeLate, noticeTwice, noticeNever } = faults();
    const lateMs = kernel.chance(noticeLate) ? NOTICE_LATE_MS_MAX : SECOND_MS;
    await kernel.step(this.#process, `tells of ${notice.about}`, kernel.between(0, lateMs));
    const isUntold = this.#untold.get(notice.about) ?? kernel.chance(noticeNever);
    this.#untold.set(notice.about, isUntold);
    const isOnlyWay = notice.kind === 'payment' && this.#doubled.has(notice.orderNumber);
    if ((isUntold && !isOnlyWay) || kernel.chance(noticeLost)) {
      await kernel.step(this.#process, 'is not heard', request.timeoutMs);
      throw new Error('no answer came in time');
    }
    if (kernel.chance(noticeTwice)) {
      const again = () => kernel.start(() => this.#tell(request, notice));
      kernel.after(this.#process, kernel.between(0, 2 * SECOND_MS), 'tells again', again);
    }
    return this.#tell(request, notice);
  }

  /** The network for a push, with the same faults. What was pushed cannot be seen from outside. */
  async #push(request: OutsideRequest): Promise<OutsideResponse> {
    const { kernel, faults } = this.#given;
    const { noticeLost, noticeLate, noticeTwice } = faults();
    const lateMs = kernel.chance(noticeLate) ? request.timeoutMs : SECOND_MS;
    await kernel.step(this.#process, 'pushes', kernel.between(0, lateMs));
    if (kernel.chance(noticeLost)) {
      await kernel.step(this.#process, 'is not heard', request.timeoutMs);
      throw new Error('no answer came in time');
    }
    if (kernel.chance(noticeTwice)) {
      const again = () => kernel.start(() => this.#ask(request));
      kernel.after(this.#process, kernel.between(0, 2 * SECOND_MS), 'pushes again', again);
    }
    const served = this.#ask(request);
    const response = this.#given.isAckedFirst ? ACKNOWLEDGED : await served;
    return response === null
      ? { status: 599, headers: {}, body: Buffer.alloc(0) }
      : { ...response, body: Buffer.from(response.body) };
  }

  async #tell(
    request: OutsideRequest,
    { kind, about }: { readonly kind: 'payment' | 'refund'; readonly about: string },
  ): Promise<OutsideResponse> {
    const { acknowledged, isAckedFirst } = this.#given;
    const served = this.#ask(request);
    const response = isAckedFirst ? ACKNOWLEDGED : await served;
    if (response === null) return { status: 599, headers: {}, body: Buffer.alloc(0) };
    // A refund by hand, and one of an unknown payment, come later by the bill.
    if (response.status < 300 && !this.#byHand.has(about)) await acknowledged(kind, about);
    return { ...response, body: Buffer.from(response.body) };
  }

  /** Lets one of our instances answer, for as long as WeChat waits; null when none did. */
  #ask({ method, url, headers, body, timeoutMs }: OutsideRequest): Promise<HttpResponse | null> {
    const { kernel, serve } = this.#given;
    const { pathname: path, searchParams } = new URL(url);
    const query = Object.fromEntries(searchParams);
    const rawBody = Buffer.from(body);
    const request: HttpRequest = { method, path, query, headers, rawBody, address: '203.0.113.200' };
    return new Promise((resolve) => {
      kernel.after(this.#process, timeoutMs, 'has waited', () => resolve(null));
      kernel.start(async () => resolve(await serve(request)));
    });
  }
}
