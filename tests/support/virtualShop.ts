import { createHmac } from 'node:crypto';
import { createWeixinSimulator, type WeixinSimulator } from '../../local/simulators/wechat/simulator.ts';
import type { AskedOfPhone } from '../../local/simulators/xpay/phone.ts';
import { createXpaySimulator, type XpaySimulator } from '../../local/simulators/xpay/simulator.ts';
import type { OutsideRequest, OutsideResponse } from '../../shared/adapters/http/request.ts';
import { type VirtualClock, virtualClock } from './clock.ts';
import { keys } from './keys.ts';
import { seeded } from './seeded.ts';

export const PUSH_URL = 'https://api.example.com/api/wechat/push';
export const GOODS = { id: 'course_7_9900', priceFen: 9_900 } as const;

const mac = (key: string, text: string) => createHmac('sha256', key).update(text).digest('hex');

/** A shop that talks to simulated virtual payment without the product, in virtual time. */
export interface VirtualShop {
  readonly clock: VirtualClock;
  readonly weixin: WeixinSimulator;
  readonly xpay: XpaySimulator;
  /** The pushes that came. Each gets the next of `answers`, or `success` when there is none; null is no answer. */
  readonly pushes: OutsideRequest[];
  readonly answers: (OutsideResponse | null | ((push: OutsideRequest) => OutsideResponse))[];
  readonly openid: string;
  /** Logs somebody in again. Answers the newest session key. */
  login(name?: string): string;
  /** Signs and sends a request; null when no answer came. */
  ask(
    path: string,
    json: unknown,
    changes?: { appKey?: string; token?: string },
  ): Record<string, unknown> | null;
  /** What the mini-program passes to the phone for that order. */
  signed(
    orderNumber: string,
    changes?: Readonly<Record<string, unknown>>,
    how?: { readonly appKey?: string; readonly sessionKey?: string },
  ): AskedOfPhone;
  /** Pays it, and answers the error number, 0 for none. */
  pay(
    orderNumber: string,
    changes?: Readonly<Record<string, unknown>>,
    device?: Partial<AskedOfPhone>,
    decision?: 'confirm' | 'dismiss',
  ): number;
  /** `order` in the answer of `query_order`. */
  order(number: Readonly<Record<string, unknown>>): Record<string, unknown>;
  /** Lets time pass, from one job of the clock to the next. */
  pass(ms: number): Promise<void>;
}

/** An answer with that text. */
export function answering(text: string, status = 200): OutsideResponse {
  return { status, headers: {}, body: Buffer.from(text) };
}

/** What the mini-program passes to the phone for an order of the goods, signed as the shop's server does it. */
export function signedForPhone(
  orderNumber: string,
  sessionKey: string,
  changes: Readonly<Record<string, unknown>> = {},
  appKey = keys.xpayAppKey,
) {
  const signData = JSON.stringify({
    offerId: keys.xpayOfferId,
    buyQuantity: 1,
    env: 0,
    currencyType: 'CNY',
    productId: GOODS.id,
    goodsPrice: GOODS.priceFen,
    outTradeNo: orderNumber,
    attach: 'attached',
    ...changes,
  });
  return {
    mode: 'short_series_goods',
    signData,
    paySig: mac(appKey, `requestVirtualPayment&${signData}`),
    signature: mac(sessionKey, signData),
  };
}

/** Makes a shop. Its goods are on sale, and alice has logged in. */
export function createVirtualShop(seed = 1): VirtualShop {
  const clock = virtualClock();
  const random = seeded(seed);
  const weixin = createWeixinSimulator({ keys, clock, random });
  const pushes: OutsideRequest[] = [];
  const answers: VirtualShop['answers'] = [];
  const deliver = async (request: OutsideRequest): Promise<OutsideResponse> => {
    pushes.push(request);
    const answer = answers.length === 0 ? answering('success') : (answers.shift() ?? null);
    if (answer === null) throw new Error('no answer');
    return typeof answer === 'function' ? answer(request) : answer;
  };
  const schedule = clock.schedule;
  const xpay = createXpaySimulator({ keys, clock, random, schedule, deliver, weixin, pushUrl: PUSH_URL });
  xpay.putOnSale(GOODS);
  const said = (answer: OutsideResponse | null) =>
    answer === null ? null : JSON.parse(Buffer.from(answer.body).toString('utf8'));
  const openid = weixin.openidOf('alice');

  const login = (name = 'alice'): string => {
    const { code } = weixin.phone.login(name);
    const query = {
      appid: keys.appid,
      secret: keys.appSecret,
      js_code: code,
      grant_type: 'authorization_code',
    };
    const path = `/sns/jscode2session?${new URLSearchParams(query)}`;
    return said(weixin.handle({ method: 'GET', path, headers: {}, body: Buffer.alloc(0) })).session_key;
  };
  let sessionKey = login();

  const tokenOf = (): string => {
    const asked = { grant_type: 'client_credential', appid: keys.appid, secret: keys.appSecret };
    const body = Buffer.from(JSON.stringify(asked));
    return said(weixin.handle({ method: 'POST', path: '/cgi-bin/stable_token', headers: {}, body }))
      .access_token;
  };

  const ask: VirtualShop['ask'] = (path, json, { appKey = keys.xpayAppKey, token = tokenOf() } = {}) => {
    const text = JSON.stringify(json);
    const query = new URLSearchParams({ access_token: token, pay_sig: mac(appKey, `${path}&${text}`) });
    return said(
      xpay.handle({ method: 'POST', path: `${path}?${query}`, headers: {}, body: Buffer.from(text) }),
    );
  };

  const signed: VirtualShop['signed'] = (orderNumber, changes, how) => ({
    openid,
    platform: 'android',
    ...signedForPhone(orderNumber, how?.sessionKey ?? sessionKey, changes, how?.appKey),
  });

  return {
    clock,
    weixin,
    xpay,
    pushes,
    answers,
    openid,
    login: (name) => {
      const fresh = login(name);
      if (name === undefined) sessionKey = fresh;
      return fresh;
    },
    ask,
    signed,
    pay: (orderNumber, changes, device = {}, decision = 'confirm') =>
      xpay.phone.payVirtual({ ...signed(orderNumber, changes), ...device }, decision).errCode,
    order: (number) => {
      const answer = ask('/xpay/query_order', { openid, env: 0, ...number });
      if (answer?.errcode !== 0) throw new Error(`no order: ${JSON.stringify(answer)}`);
      return answer.order as Record<string, unknown>;
    },
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
