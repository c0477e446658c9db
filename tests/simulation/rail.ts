/**
 * WeChat and WeChat Pay in a simulated run: the simulators themselves, honest and with their own books, and the roads
 * that lead there and back, on which things get lost, late and doubled.
 */
import { createWechatPaySimulator, type WechatPaySimulator } from '../../local/simulators/wechatpay.ts';
import { createWeixinSimulator, type WeixinSimulator } from '../../local/simulators/weixin.ts';
import { wechatPay } from '../../shared/adapters/pay.wechat.ts';
import type { OutsideRequest, OutsideResponse, Send } from '../../shared/adapters/request.ts';
import { wechatApi } from '../../shared/adapters/wechat.api.ts';
import { wechatCalls } from '../../shared/adapters/wechat.token.ts';
import type { Clock, Ids, Rails, Wechat } from '../../shared/ports.ts';
import type { HttpRequest, HttpResponse } from '../../shared/runtime/exchange.ts';
import { SECOND_MS, timeMs } from '../../shared/schemas/base.ts';
import type { WxpayPaymentView } from '../../shared/schemas/payment.ts';
import { keys as madeKeys } from '../support/keys.ts';
import type { Faults } from './faults.ts';
import type { Instance } from './instance.ts';
import type { RailBooks } from './invariants.ts';
import { type Kernel, Process } from './kernel.ts';

/** The appid makes the openids, which are part of the history: the same in every process. */
const keys = { ...madeKeys, appid: 'wx0123456789abcdef' };

const API_URL = 'https://api.weixin.qq.com';
const PAY_URL = 'https://api.mch.weixin.qq.com';
const NOTIFY_PATH = '/api/pay/notify';
const ACKNOWLEDGED: HttpResponse = { status: 200, headers: {}, body: '' };

/** A request that timed out may still be on its way for so long. */
const LATE_MS_MAX = 90 * SECOND_MS;
const NOTICE_LATE_MS_MAX = 20 * 60 * SECOND_MS;

interface Given {
  readonly kernel: Kernel;
  readonly faults: () => Faults;
  /** Has an instance answer; null when it dies over it. */
  readonly serve: (request: HttpRequest) => Promise<HttpResponse | null>;
  /** WeChat Pay was told that this notice has been taken. */
  readonly acknowledged: (kind: 'payment' | 'refund', about: string) => Promise<void>;
  /** A planted bug: the answer goes out first, the work comes after. */
  readonly isAckedFirst: boolean;
}

/** WeChat's side of a run. */
export class Rail {
  readonly #given: Given;
  readonly #process = new Process('wechat');
  readonly #weixin: WeixinSimulator;
  readonly #pay: WechatPaySimulator;
  /** Orders that are paid twice: only notices can say so, so theirs do arrive in the end. */
  readonly #doubled = new Set<string>();
  readonly #untold = new Map<string, boolean>();

  constructor(given: Given) {
    const { kernel } = given;
    this.#given = given;
    const clock = { now: () => timeMs(kernel.now()) };
    const { random } = kernel;
    this.#weixin = createWeixinSimulator({ keys, clock, random });
    this.#pay = createWechatPaySimulator({
      keys,
      clock,
      random,
      schedule: (delayMs, job) => kernel.after(this.#process, delayMs, 'goes on', () => kernel.start(job)),
      deliver: (request) => this.#deliver(request),
    });
    // Not faults of the road: what buyers and others do to WeChat Pay.
    this.#pay.faults.shares.payLate = 0.05;
    this.#pay.faults.shares.forge = 0.05;
    this.#pay.faults.shares.probe = 0.05;
  }

  /** The adapters of one instance. */
  connect(send: Send, clock: Clock, ids: Ids): { readonly wechat: Wechat; readonly rails: Rails } {
    const account = { appid: keys.appid, secret: keys.appSecret, baseUrl: API_URL, send, clock };
    return {
      wechat: wechatApi({ ...account, call: wechatCalls(account) }),
      rails: {
        xpay: null,
        wxpay: wechatPay({
          ...keys,
          baseUrl: PAY_URL,
          backupBaseUrl: null,
          notifyUrl: `https://shop.example.com${NOTIFY_PATH}`,
          send,
          clock,
          ids,
        }),
      },
    };
  }

  /** A call from an instance to WeChat, and back. Rejects when no answer comes; what was done then is another matter. */
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

  /** What `wx.login` gives the phone of this person. */
  loginCode(name: string): string {
    return this.#weixin.phone.login(name).code;
  }

  /** What `wx.requestPayment` answers on the phone of this person. Now and then the order is paid twice. */
  pay(name: string, payment: WxpayPaymentView, decision: 'confirm' | 'dismiss'): string {
    const before = this.#pay.books().transactions.length;
    const isTwice = decision === 'confirm' && this.#given.kernel.chance(0.08);
    this.#pay.faults.shares.payTwice = isTwice ? 1 : 0;
    const { errMsg } = this.#pay.phone.pay({ ...payment, openid: this.#weixin.openidOf(name) }, decision);
    this.#pay.faults.shares.payTwice = 0;
    const paid = this.#pay.books().transactions.at(before);
    if (isTwice && paid !== undefined) this.#doubled.add(paid.orderNumber);
    return errMsg;
  }

  /** WeChat Pay's own books. */
  books(): RailBooks {
    return this.#pay.books();
  }

  /** What happened here, for who wants to know whether anything did. */
  counts(): Record<string, number> {
    const { transactions, closes, notices } = this.#pay.books();
    return {
      transactions: transactions.length,
      doubled: this.#doubled.size,
      closes: closes.length,
      deliveries: notices.reduce((sum, { deliveries }) => sum + deliveries.length, 0),
    };
  }

  async #timeOut(instance: Instance, { timeoutMs }: OutsideRequest): Promise<never> {
    await instance.step('times out', timeoutMs);
    throw new Error('no answer came in time');
  }

  #handle({ method, url, headers, body }: OutsideRequest): OutsideResponse {
    const host = url.startsWith(PAY_URL) ? this.#pay : this.#weixin;
    const path = url.slice(new URL(url).origin.length);
    const response = host.handle({ method, path, headers, body: Buffer.from(body) });
    if (response === null) throw new Error('the simulator was told to keep silent');
    return response;
  }

  /** The road of a notice to one of our instances: it may lead nowhere, take its time, and lead there twice. */
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

  async #tell(
    { headers, body, timeoutMs }: OutsideRequest,
    { kind, about }: { readonly kind: 'payment' | 'refund'; readonly about: string },
  ): Promise<OutsideResponse> {
    const { kernel, serve, acknowledged, isAckedFirst } = this.#given;
    const request: HttpRequest = {
      method: 'POST',
      path: NOTIFY_PATH,
      query: {},
      headers,
      rawBody: Buffer.from(body),
      address: '203.0.113.200',
    };
    const served = new Promise<HttpResponse | null>((resolve) => {
      kernel.after(this.#process, timeoutMs, 'has waited', () => resolve(null));
      kernel.start(async () => resolve(await serve(request)));
    });
    const response = isAckedFirst ? ACKNOWLEDGED : await served;
    if (response === null) return { status: 599, headers: {}, body: Buffer.alloc(0) };
    if (response.status < 300) await acknowledged(kind, about);
    return { ...response, body: Buffer.from(response.body) };
  }
}
