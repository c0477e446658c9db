import { createPrivateKey } from 'node:crypto';
import type { SimulatedRequest } from '../../local/simulators/exchange.ts';
import { createWechatPaySimulator, type WechatPaySimulator } from '../../local/simulators/wxpay/simulator.ts';
import type { OutsideRequest, OutsideResponse } from '../../shared/adapters/http/request.ts';
import { authorization } from '../../shared/adapters/wxpay/call.ts';
import { signedLines, signRsa } from '../../shared/adapters/wxpay/crypto.ts';
import type { PhonePayment } from '../../shared/ports/rail.ts';
import { type VirtualClock, virtualClock } from './clock.ts';
import { keys } from './keys.ts';
import { seeded } from './seeded.ts';

const privateKey = createPrivateKey(keys.merchantPrivateKeyPem);
const merchant = { merchantId: keys.merchantId, merchantSerial: keys.merchantSerial, privateKey };

/** The openid of the payer in these tests. */
export const OPENID = 'oPayer00000000000000000000A';
export const NOTIFY_URL = 'https://merchant.example/notify';

/** The body of `POST /v3/pay/transactions/jsapi`, with changes. */
export function prepayOf(orderNumber: string, changes: Readonly<Record<string, unknown>> = {}) {
  return {
    appid: keys.appid,
    mchid: keys.merchantId,
    description: '课程',
    out_trade_no: orderNumber,
    notify_url: NOTIFY_URL,
    amount: { total: 9_900, currency: 'CNY' },
    payer: { openid: OPENID },
    ...changes,
  };
}

/** A request with the merchant's signature. */
export function signedRequest(
  method: 'GET' | 'POST',
  path: string,
  json: unknown,
  atMs: number,
): SimulatedRequest & { readonly headers: Record<string, string> } {
  const body = json === null ? '' : JSON.stringify(json);
  const timestamp = String(Math.floor(atMs / 1_000));
  return {
    method,
    path,
    headers: {
      accept: 'application/json',
      'user-agent': 'merchant',
      'content-type': 'application/json',
      authorization: authorization(merchant, { method, path, body }, timestamp, 'nonce'),
    },
    body: Buffer.from(body),
  };
}

/** The parameters with which the phone pays. */
export function requestPaymentOf(prepayId: string, atMs: number): Extract<PhonePayment, { rail: 'wxpay' }> {
  const timeStamp = String(Math.floor(atMs / 1_000));
  const packed = `prepay_id=${prepayId}`;
  const paySign = signRsa(signedLines(keys.appid, timeStamp, 'nonce', packed), privateKey);
  return { rail: 'wxpay', timeStamp, nonceStr: 'nonce', package: packed, signType: 'RSA', paySign };
}

/** An answer of the API with its parsed JSON; null for no body. */
export interface RailAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  readonly json: Record<string, unknown> | null;
}

function answerOf({ status, headers, body }: OutsideResponse): RailAnswer {
  const text = Buffer.from(body).toString('utf8');
  return { status, headers, text, json: text.startsWith('{') ? JSON.parse(text) : null };
}

/** A merchant that talks to simulated WeChat Pay without the product, in virtual time. */
export interface Merchant {
  readonly clock: VirtualClock;
  readonly rail: WechatPaySimulator;
  /** The notices that came. Each gets the next of `answers`, or 200 when there is none; null is no answer. */
  readonly notices: OutsideRequest[];
  readonly answers: (number | null)[];
  /** Null when no answer came. */
  ask(method: 'GET' | 'POST', path: string, json?: unknown): RailAnswer | null;
  /** Opens an order, and answers its `prepay_id`. */
  open(orderNumber: string, changes?: Readonly<Record<string, unknown>>): string;
  /** What the phone reports after its owner's decision. */
  pay(prepayId: string, decision?: 'confirm' | 'dismiss', openid?: string): string;
  /** Lets time pass, from one job of the clock to the next. */
  pass(ms: number): Promise<void>;
}

/** Makes a merchant. */
export function createMerchant(
  options: { readonly clockFactor?: number; readonly seed?: number } = {},
): Merchant {
  const clock = virtualClock();
  const notices: OutsideRequest[] = [];
  const answers: (number | null)[] = [];
  const deliver = async (request: OutsideRequest): Promise<OutsideResponse> => {
    notices.push(request);
    const status = answers.length === 0 ? 200 : (answers.shift() ?? null);
    if (status === null) throw new Error('no answer');
    return { status, headers: {}, body: new Uint8Array() };
  };
  const random = seeded(options.seed ?? 1);
  const { clockFactor = 1 } = options;
  const rail = createWechatPaySimulator({
    keys,
    clock,
    random,
    schedule: clock.schedule,
    deliver,
    clockFactor,
  });
  const ask = (method: 'GET' | 'POST', path: string, json: unknown = null) => {
    const answer = rail.handle(signedRequest(method, path, json, clock.now()));
    return answer === null ? null : answerOf(answer);
  };
  return {
    clock,
    rail,
    notices,
    answers,
    ask,
    open: (orderNumber, changes) => {
      const answer = ask('POST', '/v3/pay/transactions/jsapi', prepayOf(orderNumber, changes));
      if (typeof answer?.json?.prepay_id !== 'string') throw new Error(`not opened: ${answer?.text}`);
      return answer.json.prepay_id;
    },
    pay: (prepayId, decision = 'confirm', openid = OPENID) =>
      rail.phone.pay({ ...requestPaymentOf(prepayId, clock.now()), openid }, decision).errMsg,
    pass: async (ms) => {
      const untilAtMs = clock.now() + ms;
      for (;;) {
        const nextAtMs = clock.nextAtMs();
        if (nextAtMs === null || nextAtMs > untilAtMs) break;
        clock.advance(Math.max(0, nextAtMs - clock.now()));
        await clock.runDue();
      }
      clock.advance(untilAtMs - clock.now());
    },
  };
}
