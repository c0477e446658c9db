/**
 * WeChat Pay API v3, simulated. It verifies requests as the real one does, keeps its own books, signs its answers,
 * sends notices, and fails on demand.
 *
 * Time, chance and the way back to the merchant are passed in. So the same class runs in a seeded simulation, in a test
 * and behind a real port.
 */
import type { OutsideResponse, Send } from '../../../shared/adapters/http/request.ts';
import type { Clock } from '../../../shared/ports/clock.ts';
import type { PhonePayment } from '../../../shared/ports/rail.ts';
import { MINUTE_MS } from '../../../shared/schemas/base.ts';
import { Chances } from '../chances.ts';
import type { SimulatedRequest } from '../exchange.ts';
import type { SimulatorKeys } from '../keys.ts';
import { CallLimit } from '../limit.ts';
import { Bills } from './bills.ts';
import { NO_WECHAT_PAY_FAULTS, type WechatPayFault } from './faults.ts';
import { Ledger, type RailOrder, type RailRefund, type RailTransaction } from './ledger.ts';
import { type NoticeRecord, Notices, type Schedule } from './notices.ts';
import { Close, Prepay, parsed, Refund } from './requests.ts';
import type { Signers, Signs } from './signers.ts';
import { answerOf, Refused, type Said, spoiled, Wire } from './wire.ts';
import { beijing, orderWords, refundNoticeWords, refundWords, transactionWords } from './words.ts';

/** What a simulator is made of. */
export interface WechatPaySimulatorOptions {
  readonly keys: SimulatorKeys;
  readonly clock: Clock;
  readonly random: () => number;
  readonly schedule: Schedule;
  /** The transport for notices to the merchant. */
  readonly deliver: Send;
  /** How many times faster than in reality notices are repeated and refunds are finished. 1 by default. */
  readonly clockFactor?: number;
  /** Where the numbers of transactions and refunds begin. 0 by default. */
  readonly numbersFrom?: number;
}

/** A refund by hand at the merchant's console. Without an amount it gives back all that is left. */
export interface RefundByHand {
  readonly orderNumber: string;
  readonly refundFen?: number | undefined;
  /** By default a number of the console's own. */
  readonly refundNumber?: string | undefined;
  /** Whether the merchant's server gets a notice of its end. True by default. */
  readonly isTold?: boolean | undefined;
}

/** What the phone tells the mini-program: `requestPayment:ok`, `requestPayment:fail cancel` or another failure. */
export interface PhoneAnswer {
  readonly errMsg: string;
}

const LATE_MAX_MS = 20 * MINUTE_MS;
const TWICE_MAX_MS = MINUTE_MS;
const REFUND_MAX_MS = MINUTE_MS;

const ORDER_PATH = /^\/v3\/pay\/transactions\/out-trade-no\/([^/?]+)(\/close)?$/;
const TRANSACTION_PATH = /^\/v3\/pay\/transactions\/id\/([^/?]+)$/;
const REFUND_PATH = /^\/v3\/refund\/domestic\/refunds\/([^/?]+)$/;

/** What the books say, for judges outside: in a form that JSON can hold. */
export interface WechatPayBooks {
  readonly orders: readonly {
    readonly orderNumber: string;
    readonly totalFen: number;
    readonly openid: string;
    readonly createdAtMs: number;
    readonly expiresAtMs: number;
    /** Whether the order was not paid and can no longer be paid. */
    readonly isClosed: boolean;
  }[];
  readonly transactions: readonly RailTransaction[];
  readonly refunds: readonly (Omit<RailRefund, 'words'> & { readonly isSuccess: boolean })[];
  readonly closes: readonly { readonly orderNumber: string; readonly atMs: number }[];
  readonly notices: readonly NoticeRecord[];
}

/** A planted refusal of calls to some paths, as a merchant with a wrong account or wrong keys gets it. */
export interface PlantedRefusal {
  readonly path: RegExp;
  readonly status: number;
  readonly words: Readonly<Record<string, unknown>>;
  /** Whether the answer is signed. WeChat Pay does not sign when it cannot tell who asks. */
  readonly isSigned: boolean;
}

const prepayIdIn = (packed: string) => /^prepay_id=(.+)$/.exec(packed)?.[1] ?? '';

/** The simulator. `faults`, `signs`, `skewMs` and `refusing` may be changed at any time. */
export class WechatPaySimulator {
  readonly faults: Chances<WechatPayFault>;
  /** The limit of calls in a second. */
  readonly limit: CallLimit;
  /** The kind of key that signs notices, and answers to requests that name no key. */
  signs: Signs = 'public_key';
  /** What it refuses, while it is set. */
  refusing: PlantedRefusal | null = null;
  /** How far WeChat Pay's clock is ahead, in milliseconds. */
  skewMs = 0;
  /** The learner's phone. */
  readonly phone = {
    pay: (
      asked: Extract<PhonePayment, { rail: 'wxpay' }> & { readonly openid: string },
      decision: 'confirm' | 'dismiss',
    ): PhoneAnswer => ({
      errMsg: `requestPayment:${this.#pay(asked, decision)}`,
    }),
    /** What the sheet says before somebody confirms: how much, and for what. Null for a wrong package. */
    bill: (packed: string) => this.#ledger.asked(prepayIdIn(packed)),
  };
  /** The merchant's console, where staff refund by hand. */
  readonly console = {
    /** Answers the refund's number. @throws Refused */
    refund: (asked: RefundByHand): string => this.#refundByHand(asked),
    /** Sends the money of the order's abnormal refunds another way, so that they succeed. */
    finishAbnormal: (orderNumber: string): void => this.#finishAbnormal(orderNumber),
  };
  readonly #options: WechatPaySimulatorOptions;
  readonly #wire: Wire;
  readonly #ledger: Ledger;
  /** The bills it makes, and what is wrong with them. */
  readonly bills: Bills;
  /** The keys that it signs with. They can be added and withdrawn. */
  readonly signers: Signers;
  readonly #notices: Notices;
  readonly #merchant: { readonly appid: string; readonly mchid: string };

  constructor(options: WechatPaySimulatorOptions) {
    const { keys, random } = options;
    this.#options = options;
    this.#ledger = new Ledger(options.numbersFrom);
    this.#merchant = { appid: keys.appid, mchid: keys.merchantId };
    this.#wire = new Wire(options);
    this.signers = this.#wire.signers;
    this.bills = new Bills(this.#ledger, this.#merchant);
    this.faults = new Chances({ ...NO_WECHAT_PAY_FAULTS }, random);
    this.limit = new CallLimit(options.clock);
    this.#notices = new Notices({
      ...options,
      clockFactor: options.clockFactor ?? 1,
      wire: this.#wire,
      faults: this.faults,
      manner: () => ({ signs: this.signs, skewMs: this.skewMs }),
    });
  }

  /** Answers a call of the API; null when no answer comes, whether or not it was acted upon. */
  handle(request: SimulatedRequest): OutsideResponse | null {
    const { faults } = this;
    const broken = () => this.#signed(request, new Refused(500, 'SYSTEM_ERROR', '系统错误').said);
    if (faults.happens('requestLost')) return null;
    if (faults.happens('serverError')) return broken();
    if (this.limit.isTooMany() || faults.happens('rateLimited'))
      return this.#signed(request, new Refused(429, 'FREQUENCY_LIMITED', '频率超限').said);
    if (this.refusing?.path.test(request.path)) return this.#refused(request, this.refusing);
    const said = this.#said(request);
    if (faults.happens('answerLost')) return null;
    if ('file' in said) return { status: 200, headers: { 'content-type': 'text/plain' }, body: said.file };
    return faults.happens('doubtfulError') ? broken() : this.#signed(request, said);
  }

  #refused(request: SimulatedRequest, { status, words, isSigned }: PlantedRefusal): OutsideResponse {
    return isSigned
      ? this.#signed(request, { status, json: words })
      : answerOf(status, JSON.stringify(words), {});
  }

  #signed({ headers: asked }: SimulatedRequest, { status, json }: Said): OutsideResponse {
    const text = this.faults.happens('garbage')
      ? '<html>502</html>'
      : json === null
        ? ''
        : JSON.stringify(json);
    const named = this.signers.named(asked['wechatpay-serial']);
    const headers = this.#wire.signed(text, named ?? this.signs, this.skewMs);
    return answerOf(status, text, this.faults.happens('badSignature') ? spoiled(headers) : headers);
  }

  #said(request: SimulatedRequest): Said | { readonly file: Uint8Array } {
    try {
      this.#admit(request);
      const [route = '', query = ''] = request.path.split('?');
      const file =
        route === '/v3/billdownload/file'
          ? this.bills.file(new URLSearchParams(query).get('token') ?? '')
          : null;
      return file === null ? this.#routed(request) : { file };
    } catch (caught) {
      if (caught instanceof Refused) return caught.said;
      throw caught;
    }
  }

  /** Checks a request: that it comes from the merchant and has the right form. @throws Refused */
  #admit(request: SimulatedRequest): void {
    const { headers, method } = request;
    const refusal = this.#wire.refusalOf(request);
    if (refusal !== null) throw new Refused(401, 'SIGN_ERROR', refusal);
    if (!/application\/json|\*\/\*/.test(headers.accept ?? '') || !headers['user-agent'])
      throw new Refused(400, 'PARAM_ERROR', 'Accept或User-Agent有误');
    if (method === 'POST' && !headers['content-type']?.startsWith('application/json'))
      throw new Refused(415, 'PARAM_ERROR', 'Content-Type有误');
    const named = headers['wechatpay-serial'];
    if (named !== undefined && this.signers.named(named) === undefined)
      throw new Refused(400, 'PARAM_ERROR', 'Wechatpay-Serial有误');
  }

  #routed({ method, path, body }: SimulatedRequest): Said {
    const [route = '', query = ''] = path.split('?');
    const now = this.#options.clock.now();
    if (method === 'POST') return this.#post(route, body);
    if (route === '/v3/certificates') return this.#certificates();
    if (route === '/v3/bill/tradebill')
      return { status: 200, json: this.bills.named(new URLSearchParams(query), now) };
    const refundNumber = REFUND_PATH.exec(route)?.[1];
    if (refundNumber !== undefined) {
      const refund = this.#ledger.refunds.get(decodeURIComponent(refundNumber));
      if (refund === undefined) throw new Refused(404, 'RESOURCE_NOT_EXISTS', '退款单不存在');
      return { status: 200, json: refundWords(refund) };
    }
    const orderNumber = ORDER_PATH.exec(route)?.[1];
    const transactionId = TRANSACTION_PATH.exec(route)?.[1];
    if (orderNumber === undefined && transactionId === undefined)
      throw new Refused(404, 'RESOURCE_NOT_EXISTS', '接口不存在');
    this.#ours(new URLSearchParams(query).get('mchid'));
    if (orderNumber !== undefined) {
      const order = this.#ledger.order(decodeURIComponent(orderNumber));
      return { status: 200, json: orderWords(this.#ledger, order, now) };
    }
    const transaction = this.#ledger.transactions.get(transactionId ?? '');
    if (transaction === undefined) throw new Refused(404, 'ORDER_NOT_EXIST', '订单不存在');
    const isRefunded = this.#ledger.refundsOf(transaction.transactionId).length > 0;
    return {
      status: 200,
      json: transactionWords(this.#merchant, transaction, isRefunded ? 'REFUND' : 'SUCCESS'),
    };
  }

  #post(route: string, body: Uint8Array): Said {
    const now = this.#options.clock.now();
    if (route === '/v3/pay/transactions/jsapi') {
      const asked = parsed(Prepay, body);
      this.#ours(asked.mchid);
      if (asked.appid !== this.#merchant.appid)
        throw new Refused(400, 'APPID_MCHID_NOT_MATCH', '商户号与appid不匹配');
      return { status: 200, json: { prepay_id: this.#ledger.open(asked, now).prepayId } };
    }
    if (route === '/v3/refund/domestic/refunds') return this.#refunded(parsed(Refund, body));
    const [, orderNumber, close] = ORDER_PATH.exec(route) ?? [];
    if (orderNumber === undefined || close === undefined)
      throw new Refused(404, 'RESOURCE_NOT_EXISTS', '接口不存在');
    this.#ours(parsed(Close, body).mchid);
    this.#ledger.close(decodeURIComponent(orderNumber), now);
    return { status: 204, json: null };
  }

  #ours(mchid: string | null): void {
    if (mchid !== this.#merchant.mchid) throw new Refused(400, 'PARAM_ERROR', '商户号有误');
  }

  #certificates(): Said {
    const data = this.signers.certificates.map(({ serial, pem, fromAtMs, untilAtMs }) => ({
      serial_no: serial,
      effective_time: beijing(fromAtMs),
      expire_time: beijing(untilAtMs),
      encrypt_certificate: this.#wire.sealed(pem, 'certificate'),
    }));
    return { status: 200, json: { data: [...this.signers.oddities, ...data] } };
  }

  #later(maxMs: number, job: () => void): void {
    const { clockFactor = 1, random, schedule } = this.#options;
    schedule(Math.round((random() * maxMs) / clockFactor), async () => job());
  }

  #refunded(asked: Refund): Said {
    if (this.faults.happens('fundsLacking')) throw new Refused(403, 'NOT_ENOUGH', '基本账户余额不足');
    const { refund, isNew } = this.#ledger.refund(asked, this.#options.clock.now());
    if (isNew) this.#later(REFUND_MAX_MS, () => this.#finish(refund));
    return { status: 200, json: refundWords(refund) };
  }

  #refundByHand({ orderNumber, refundFen, refundNumber, isTold = true }: RefundByHand): string {
    const now = this.#options.clock.now();
    const [paid] = this.#ledger.order(orderNumber).transactions;
    if (paid === undefined) throw new Refused(400, 'INVALID_REQUEST', '订单未支付');
    const { transactionId, totalFen } = paid;
    const live = this.#ledger.refundsOf(transactionId).filter(({ state }) => state !== 'CLOSED');
    const leftFen = live.reduce((left, each) => left - each.refundFen, totalFen);
    const asked = {
      transaction_id: transactionId,
      out_refund_no: refundNumber ?? this.#ledger.consoleNumber(now),
      amount: { refund: refundFen ?? leftFen, total: totalFen, currency: 'CNY' as const },
      ...(isTold ? { notify_url: paid.notifyUrl } : {}),
    };
    const { refund, isNew } = this.#ledger.refund(asked, now);
    if (isNew) this.#later(REFUND_MAX_MS, () => this.#finish(refund));
    return refund.refundNumber;
  }

  #finishAbnormal(orderNumber: string): void {
    for (const { transactionId } of this.#ledger.order(orderNumber).transactions) {
      for (const refund of this.#ledger.refundsOf(transactionId))
        if (refund.state === 'ABNORMAL') this.#end(refund, 'SUCCESS');
    }
  }

  #finish(refund: RailRefund): void {
    const { faults } = this;
    if (faults.happens('refundClosed')) this.#end(refund, 'CLOSED');
    else this.#end(refund, faults.happens('refundAbnormal') ? 'ABNORMAL' : 'SUCCESS');
  }

  #end(refund: RailRefund, state: RailRefund['state']): void {
    refund.state = state;
    refund.finishedAtMs = this.#options.clock.now();
    if (refund.notifyUrl === null) return;
    this.#notices.tell({
      kind: 'refund',
      eventType: `REFUND.${refund.state}`,
      url: refund.notifyUrl,
      orderNumber: refund.orderNumber,
      about: refund.refundNumber,
      words: refundNoticeWords(this.#merchant.mchid, refund),
    });
  }

  #pay(
    asked: Extract<PhonePayment, { rail: 'wxpay' }> & { readonly openid: string },
    decision: 'confirm' | 'dismiss',
  ): string {
    const { timeStamp, nonceStr, package: packed, signType, paySign, openid } = asked;
    const lines = [this.#merchant.appid, timeStamp, nonceStr, packed];
    if (signType !== 'RSA' || !this.#wire.isMerchants(lines, paySign)) return 'fail 支付验证签名失败';
    const payable = () => this.#ledger.payable(prepayIdIn(packed), openid, this.#options.clock.now());
    const order = payable();
    if (typeof order === 'string') return `fail ${order}`;
    if (decision === 'dismiss') return 'fail cancel';
    if (this.faults.happens('payLate')) {
      this.#later(LATE_MAX_MS, () => {
        const late = payable();
        if (typeof late !== 'string') this.#take(late);
      });
      return 'fail timeout';
    }
    this.#take(order);
    if (this.faults.happens('payTwice')) this.#later(TWICE_MAX_MS, () => this.#take(order));
    return 'ok';
  }

  #take(order: RailOrder): void {
    const { faults } = this;
    const transaction = this.#ledger.pay(order, this.#options.clock.now(), {
      ...(faults.happens('otherAmount') ? { totalFen: order.asked.amount.total + 1 } : {}),
      ...(faults.happens('otherCurrency') ? { currency: 'USD' } : {}),
      isDiscounted: faults.happens('platformDiscount'),
    });
    this.#notices.tell({
      kind: 'payment',
      eventType: 'TRANSACTION.SUCCESS',
      url: transaction.notifyUrl,
      orderNumber: transaction.orderNumber,
      about: transaction.transactionId,
      words: transactionWords(this.#merchant, transaction),
    });
  }

  /** The books as they are now. */
  books(): WechatPayBooks {
    const now = this.#options.clock.now();
    const { orders, transactions, refunds, closes } = this.#ledger;
    return {
      orders: [...orders.values()].map((order) => ({
        orderNumber: order.orderNumber,
        totalFen: order.asked.amount.total,
        openid: order.asked.payer.openid,
        createdAtMs: order.createdAtMs,
        expiresAtMs: order.expiresAtMs,
        isClosed: this.#ledger.isClosed(order, now),
      })),
      transactions: [...transactions.values()],
      refunds: [...refunds.values()].map(({ words: _, ...refund }) => ({
        ...refund,
        isSuccess: refund.state === 'SUCCESS',
      })),
      closes: [...closes],
      notices: structuredClone(this.#notices.records),
    };
  }
}

/** Makes simulated WeChat Pay. */
export function createWechatPaySimulator(options: WechatPaySimulatorOptions): WechatPaySimulator {
  return new WechatPaySimulator(options);
}
