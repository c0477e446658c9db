import { sendTo } from '../../../local/simulators/exchange.ts';
import { serveSimulators } from '../../../local/simulators/serve.ts';
import { createWeixinSimulator, type WeixinSimulator } from '../../../local/simulators/wechat/simulator.ts';
import { createXpaySimulator, type XpaySimulator } from '../../../local/simulators/xpay/simulator.ts';
import { httpSend } from '../../../shared/adapters/http/nodeRequest.ts';
import type { Send } from '../../../shared/adapters/http/request.ts';
import { systemClock } from '../../../shared/adapters/process/clock.ts';
import { wechatApi } from '../../../shared/adapters/wechat/api.ts';
import { wechatCalls } from '../../../shared/adapters/wechat/token.ts';
import { xpay } from '../../../shared/adapters/xpay/rail.ts';
import type { Clock } from '../../../shared/ports/clock.ts';
import type { PayRail } from '../../../shared/ports/rail.ts';
import type { Wechat } from '../../../shared/ports/wechat.ts';
import type { XpayRail } from '../../../shared/ports/xpay.ts';
import { fen, MINUTE_MS } from '../../../shared/schemas/base.ts';
import { endlessTurn, type VirtualClock, virtualClock } from '../../support/clock.ts';
import { keys } from '../../support/keys.ts';
import { quiet } from '../../support/quiet.ts';
import { seeded } from '../../support/seeded.ts';
import { OPENID, open, orderIdOf, signed } from './conformance.ts';
import { openVirtualRail } from './rails.ts';

/** The faults that calls to every rail may have. */
export type CallFault = 'requestLost' | 'answerLost' | 'serverError' | 'doubtfulError' | 'rateLimited';

/** A rail on which the tests can pay. */
export interface PayingRail {
  readonly pay: PayRail;
  readonly openid: string;
  /** Opens order `n` for 99 yuan, and lets the phone decide. Answers whether it was paid. */
  decide(n: number, decision: 'confirm' | 'dismiss'): Promise<boolean>;
  /** The rail's own books. */
  books(): {
    readonly transactions: readonly { readonly transactionId: string; readonly orderNumber: string }[];
    readonly refunds: readonly { readonly refundNumber: string | null; readonly isSuccess: boolean }[];
  };
  /** Makes the next call fail in this way. */
  next(fault: CallFault): void;
  /** Makes the next accepted refund fail. */
  failRefund(): void;
  /** Lets accepted refunds finish. */
  settle(): Promise<void>;
  close(): Promise<void>;
}

/** The rail `wxpay`, in this process. */
export async function openWxpay(): Promise<PayingRail> {
  const rail = openVirtualRail();
  const { pay, simulator, clock } = rail;
  return {
    pay,
    openid: OPENID,
    decide: async (n, decision) => {
      const { ticket } = await open(rail, n);
      const { errMsg } = simulator.phone.pay({ ...signed(rail, ticket), openid: OPENID }, decision);
      return errMsg === 'requestPayment:ok';
    },
    books: () => simulator.books(),
    next: (fault) => simulator.faults.next(fault),
    failRefund: () => simulator.faults.next('refundClosed'),
    settle: async () => {
      clock.advance(MINUTE_MS);
      await clock.runDue();
    },
    close: async () => undefined,
  };
}

/** The rail `xpay`, with everything behind it. */
export interface XpayPaying extends PayingRail {
  readonly pay: XpayRail;
  readonly simulator: XpaySimulator;
  readonly weixin: WeixinSimulator;
  readonly wechat: Wechat;
}

const GOODS = { id: 'course_1_9900', priceFen: fen(9_900) } as const;

function payingOn(given: {
  readonly weixin: WeixinSimulator;
  readonly simulator: XpaySimulator;
  readonly baseUrl: string;
  readonly send: Send;
  readonly clock: Clock;
  readonly pause: (ms: number) => Promise<void>;
}): Omit<XpayPaying, 'settle' | 'close'> {
  const { weixin, simulator, send, pause } = given;
  const account = { ...given, log: quiet, appid: keys.appid, secret: keys.appSecret };
  const call = wechatCalls(account);
  const wechat = wechatApi({ ...account, call });
  const shop = { appid: keys.appid, offerId: keys.xpayOfferId, appKey: keys.xpayAppKey, env: 0 } as const;
  const pay = xpay({
    ...shop,
    call,
    send,
    listOrigins: [new URL(given.baseUrl).origin],
    pause,
    loop: endlessTurn,
  });
  simulator.putOnSale(GOODS);
  return {
    pay,
    simulator,
    weixin,
    wechat,
    openid: weixin.openidOf('alice'),
    decide: async (n, decision) => {
      const { sessionKey, openid } = await wechat.codeToSession(weixin.phone.login('alice').code);
      const asked = { orderId: orderIdOf(n), ticket: null, payableFen: fen(9_900), goods: GOODS, sessionKey };
      const payment = pay.request(asked);
      if (payment.rail !== 'xpay') throw new Error('the rail is another one');
      const { errCode } = simulator.phone.payVirtual({ ...payment, openid, platform: 'android' }, decision);
      return errCode === 0;
    },
    books: () => simulator.books(),
    next: (fault) => simulator.faults.next(fault),
    failRefund: () => simulator.faults.next('refundFailed'),
  };
}

/** The rail `xpay` in this process, in virtual time. */
export async function openXpay(): Promise<XpayPaying & { readonly clock: VirtualClock }> {
  const clock = virtualClock();
  const random = seeded(1);
  const weixin = createWeixinSimulator({ keys, clock, random });
  const deliver = async () => ({ status: 200, headers: {}, body: Buffer.from('success') });
  const schedule = clock.schedule;
  const pushUrl = 'https://api.example.com/api/wechat/push';
  const simulator = createXpaySimulator({ keys, clock, random, schedule, deliver, weixin, pushUrl });
  const send = sendTo((request) => (request.path.startsWith('/xpay/') ? simulator : weixin).handle(request));
  const baseUrl = 'https://api.weixin.qq.com';
  const pause = async (ms: number) => clock.advance(ms);
  return {
    ...payingOn({ weixin, simulator, baseUrl, send, clock, pause }),
    clock,
    settle: async () => {
      clock.advance(MINUTE_MS);
      await clock.runDue();
    },
    close: async () => undefined,
  };
}

/** The rail `xpay`, behind a real port. */
export async function openHttpXpay(): Promise<XpayPaying> {
  const served = await serveSimulators({ keys, port: 0, clockFactor: 10_000 });
  const { weixin, xpay: simulator, url: baseUrl, close } = served;
  const pause = () => new Promise<void>((resolve) => setImmediate(resolve));
  return {
    ...payingOn({ weixin, simulator, baseUrl, send: httpSend(), clock: systemClock, pause }),
    settle: async () => {
      while (simulator.books().refunds.some(({ isProcessing }) => isProcessing)) await pause();
    },
    close,
  };
}
