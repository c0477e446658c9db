/**
 * Simulated WeChat, WeChat Pay and virtual payment behind one real port.
 *
 * Their APIs have their real paths. The learner's phone is below `/phone`. What tests set and read is below `/control`.
 */
import { randomInt } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import * as z from 'zod';
import { httpSend } from '../../shared/adapters/http/nodeRequest.ts';
import { DAY_MS } from '../../shared/schemas/base.ts';
import { type MovableClock, movableClock } from '../clock.ts';
import { isForeign } from './browser.ts';
import type { Chances } from './chances.ts';
import type { SimulatorKeys } from './keys.ts';
import { NO_WEIXIN_FAULTS, type WeixinFault } from './wechat/faults.ts';
import { SafetyCheck } from './wechat/safety.ts';
import { WeixinSimulator } from './wechat/simulator.ts';
import { WRONG_BILLS, wrongBills, wrongLists } from './wrongBills.ts';
import { NO_WECHAT_PAY_FAULTS, type WechatPayFault } from './wxpay/faults.ts';
import { WechatPaySimulator } from './wxpay/simulator.ts';
import { Refused } from './wxpay/wire.ts';
import { NO_XPAY_FAULTS, type XpayFault } from './xpay/faults.ts';
import { XpayRefused } from './xpay/requests.ts';
import { XpaySimulator } from './xpay/simulator.ts';

/** How the simulators are served. */
export interface ServeSimulatorsOptions {
  readonly keys: SimulatorKeys;
  /** 0 for any free port. */
  readonly port: number;
  /** How many times faster than in reality notices are repeated and refunds are finished. */
  readonly clockFactor: number;
  /** The simulators' clock, which `/control/clock` moves. By default they make their own. */
  readonly clock?: MovableClock;
}

/** Served simulators. */
export interface ServedSimulators {
  readonly url: string;
  readonly wechatPay: WechatPaySimulator;
  readonly weixin: WeixinSimulator;
  readonly xpay: XpaySimulator;
  /** Ends at once: open connections are cut, and scheduled jobs do not run. */
  close(): Promise<void>;
}

type Simulators = Pick<ServedSimulators, 'wechatPay' | 'weixin' | 'xpay'>;

const BODY_BYTES_MAX = 1024 * 1024;
/** Longer than clients keep idle connections, so that no connection is closed while a client uses it. */
const KEEP_ALIVE_MS = 65_000;
const CHANCE_STEPS = 2 ** 32;

const Name = z.string().min(1).max(64);
const Login = z.strictObject({ name: Name });
const Chat = z.strictObject({ name: Name, chat: Name });
const ShareNumber = z.strictObject({ phoneNumber: z.string().regex(/^1[0-9]{10}$/) });
/** The furthest that one call may move the clock. */
const MOVE_MAX_MS = 400 * DAY_MS;
/** By a number of milliseconds, or until a minute of Shanghai's calendar, such as `2026-12-01T10:00`. */
const Move = z.union([
  z.strictObject({ ms: z.int().min(0).max(MOVE_MAX_MS) }),
  z.strictObject({ until: z.iso.datetime({ local: true, precision: -1 }) }),
]);

/** Moves the clock on, and answers its new time. @throws ZodError for a time in the past or too far away */
function moveClock(clock: MovableClock, body: unknown): { nowMs: number } {
  const asked = Move.parse(body);
  const now = clock.now();
  const ms = 'ms' in asked ? asked.ms : Date.parse(`${asked.until}:00+08:00`) - now;
  clock.move(z.int().min(0).max(MOVE_MAX_MS).parse(ms));
  return { nowMs: clock.now() };
}
const Decision = z.enum(['confirm', 'dismiss']).default('confirm');
const WxpayPayment = z.strictObject({
  name: Name,
  rail: z.literal('wxpay').default('wxpay'),
  decision: Decision,
  timeStamp: z.string(),
  nonceStr: z.string(),
  package: z.string(),
  signType: z.literal('RSA'),
  paySign: z.string(),
});
const XpayPayment = z.strictObject({
  name: Name,
  rail: z.literal('xpay'),
  decision: Decision,
  platform: z.enum(['ios', 'android', 'harmony', 'windows']).default('android'),
  mode: z.string(),
  signData: z.string(),
  paySig: z.string(),
  signature: z.string(),
});
const Payment = z.union([WxpayPayment, XpayPayment]);
/** What the payment sheet asks before it is shown. */
const Bill = z.discriminatedUnion('rail', [
  z.strictObject({ rail: z.literal('wxpay'), package: z.string() }),
  z.strictObject({ rail: z.literal('xpay'), signData: z.string() }),
]);
const Complaint = z.strictObject({ orderNumber: Name });
/** What Apple does with an order that was paid to it: gives the money back at once, or asks the shop first. */
const Apple = z.strictObject({ orderNumber: Name, isAsked: z.boolean().default(true) });
/** A refund by hand at the merchant's console. Without an amount it gives back all that is left. */
const ByHand = z.strictObject({
  rail: z.enum(['wxpay', 'xpay']),
  orderNumber: Name,
  refundFen: z.int().min(1).optional(),
  refundNumber: z
    .string()
    .regex(/^[A-Za-z0-9_-]{8,32}$/)
    .optional(),
  isTold: z.boolean().optional(),
});
const PushTo = z.strictObject({ url: z.url({ protocol: /^https?$/ }) });
const OnSale = z.array(
  z.strictObject({
    id: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/),
    name: z.string().optional(),
    priceFen: z.int().min(1),
  }),
);

/** What is wrong with the bills of a rail that are made from now on; null for nothing. */
const WrongBills = z.strictObject({
  rail: z.enum(['wxpay', 'xpay']),
  wrong: z.enum(WRONG_BILLS).nullable(),
});

const Share = z.number().min(0).max(1);
const Times = z.int().min(1).max(1_000);
const WechatPayName = z.enum(Object.keys(NO_WECHAT_PAY_FAULTS) as WechatPayFault[]);
const XpayName = z.enum(Object.keys(NO_XPAY_FAULTS) as XpayFault[]);
const WeixinName = z.enum(Object.keys(NO_WEIXIN_FAULTS) as WeixinFault[]);
/** Shares of WeChat Pay's faults by name, beside the fields here. */
const Faults = z.looseObject({
  /** Faults that certainly happen at their next chances, each this many times. */
  next: z.partialRecord(WechatPayName, Times).default({}),
  skewMs: z.int().optional(),
  signs: z.enum(['public_key', 'certificate']).optional(),
  weixin: z.partialRecord(WeixinName, Share).default({}),
  nextWeixin: z.partialRecord(WeixinName, Times).default({}),
  xpay: z.partialRecord(XpayName, Share).default({}),
  nextXpay: z.partialRecord(XpayName, Times).default({}),
});
const WechatPayShares = z.partialRecord(WechatPayName, Share);

interface Plain {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | string;
}

function jsonOf(status: number, json: unknown): Plain {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify(json),
  };
}

function shoot<N extends string>(chances: Chances<N>, next: Readonly<Partial<Record<N, number>>>): void {
  for (const name in next) {
    const count = next[name];
    if (count !== undefined) chances.next(name, count);
  }
}

function setFaults({ wechatPay, weixin, xpay }: Simulators, body: unknown) {
  const asked = Faults.parse(body);
  const {
    next,
    skewMs,
    signs,
    weixin: weixinShares,
    nextWeixin,
    xpay: xpayShares,
    nextXpay,
    ...shares
  } = asked;
  Object.assign(wechatPay.faults.shares, WechatPayShares.parse(shares));
  Object.assign(weixin.faults.shares, weixinShares);
  Object.assign(xpay.faults.shares, xpayShares);
  shoot(wechatPay.faults, next);
  shoot(weixin.faults, nextWeixin);
  shoot(xpay.faults, nextXpay);
  if (skewMs !== undefined) wechatPay.skewMs = skewMs;
  if (signs !== undefined) wechatPay.signs = signs;
  return { faults: wechatPay.faults.shares, weixin: weixin.faults.shares, xpay: xpay.faults.shares };
}

function pay({ wechatPay, weixin, xpay }: Simulators, body: unknown) {
  const { name, decision, ...payment } = Payment.parse(body);
  const openid = weixin.openidOf(name);
  return payment.rail === 'wxpay'
    ? wechatPay.phone.pay({ ...payment, openid }, decision)
    : xpay.phone.payVirtual({ ...payment, openid }, decision);
}

const Messages = z.strictObject({
  name: Name,
  answers: z.record(z.string().max(64), z.enum(['accept', 'reject'])),
});

/** Somebody answers the dialogue about messages, or only looks. Answers what has reached them, the newest first. */
function answerMessages({ weixin }: Simulators, body: unknown) {
  const { subscriptions } = weixin;
  const { name, answers } = Messages.parse(body);
  const openid = weixin.openidOf(name);
  if (Object.keys(answers).length > 0) subscriptions.answer(openid, answers);
  return {
    reached: subscriptions.reached
      .filter((each) => each.openid === openid)
      .reverse()
      .slice(0, 20),
  };
}

function billOf({ wechatPay, xpay }: Simulators, body: unknown) {
  const bill = Bill.parse(body);
  return bill.rail === 'wxpay' ? wechatPay.phone.bill(bill.package) : xpay.phone.bill(bill.signData);
}

/** What the phone gets of the chat it was opened from. Somebody who has not logged in has no key to seal it with. */
function enterFrom(weixin: WeixinSimulator, body: unknown): object | null {
  const { name, chat } = Chat.parse(body);
  return weixin.phone.enterFrom(name, weixin.openGidOf(chat));
}

function askApple({ apple }: XpaySimulator, body: unknown): true {
  const { orderNumber, isAsked } = Apple.parse(body);
  if (isAsked) apple.inquire(orderNumber);
  else apple.refund(orderNumber);
  return true;
}

function refundByHand({ wechatPay, xpay }: Simulators, body: unknown) {
  const { rail, ...asked } = ByHand.parse(body);
  return { refundNumber: (rail === 'wxpay' ? wechatPay : xpay).console.refund(asked) };
}

function setBills({ wechatPay, xpay }: Simulators, body: unknown): true {
  const { rail, wrong } = WrongBills.parse(body);
  if (rail === 'wxpay') wechatPay.bills.planted = wrong === null ? null : wrongBills[wrong];
  else xpay.lists.planted = wrong === null ? null : wrongLists[wrong];
  return true;
}

/** Answers `/phone/…` and `/control/…`; null for other paths. @throws ZodError for bad input */
async function besides(
  simulators: Simulators,
  clock: MovableClock,
  route: string,
  text: string,
): Promise<unknown> {
  const { wechatPay, weixin, xpay } = simulators;
  const json = (): unknown => JSON.parse(text);
  switch (route) {
    case 'POST /phone/login':
      return weixin.phone.login(Login.parse(json()).name);
    case 'POST /phone/number':
      return weixin.phone.shareNumber(ShareNumber.parse(json()).phoneNumber);
    case 'POST /phone/chat':
      return enterFrom(weixin, json());
    case 'POST /phone/pay':
      return pay(simulators, json());
    case 'POST /phone/messages':
      return answerMessages(simulators, json());
    case 'POST /phone/bill':
      return { bill: billOf(simulators, json()) };
    case 'POST /phone/complaint':
      xpay.phone.complain(Complaint.parse(json()).orderNumber);
      return true;
    case 'POST /control/apple':
      return askApple(xpay, json());
    case 'POST /control/refund':
      return refundByHand(simulators, json());
    case 'POST /control/push':
      return { isSet: await xpay.push.configure(PushTo.parse(json()).url) };
    case 'POST /control/goods':
      for (const goods of OnSale.parse(json())) xpay.putOnSale(goods);
      return true;
    case 'POST /control/faults':
      return setFaults(simulators, json());
    case 'POST /control/bills':
      return setBills(simulators, json());
    case 'POST /control/clock':
      return moveClock(clock, json());
    case 'GET /control/books':
      return { ...wechatPay.books(), xpay: xpay.books() };
    default:
      return null;
  }
}

function headersOf({ headers }: IncomingMessage): Record<string, string> {
  const plain: Record<string, string> = {};
  for (const name in headers) plain[name] = String(headers[name]);
  return plain;
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes > BODY_BYTES_MAX) throw new Error('the body is too long');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Answers a request. Null means no answer: the connection is cut. */
async function answerTo(
  simulators: Simulators,
  clock: MovableClock,
  request: IncomingMessage,
): Promise<Plain | null> {
  const { method = 'GET', url: path = '/' } = request;
  const headers = headersOf(request);
  if (isForeign(headers)) return jsonOf(403, { error: 'not for pages of others' });
  const body = await bodyOf(request);
  const asked = { method, path, headers, body };
  if (path.startsWith('/v3/')) return simulators.wechatPay.handle(asked);
  if (path.startsWith('/xpay/')) return simulators.xpay.handle(asked);
  if (/^\/(sns|cgi-bin|wxa)\//.test(path)) return simulators.weixin.handle(asked);
  try {
    const answer = await besides(simulators, clock, `${method} ${path}`, body.toString('utf8'));
    return answer === null ? jsonOf(404, { error: 'not found' }) : jsonOf(200, answer);
  } catch (caught) {
    const isTheirs =
      caught instanceof z.ZodError ||
      caught instanceof SyntaxError ||
      caught instanceof Refused ||
      caught instanceof XpayRefused;
    return jsonOf(isTheirs ? 400 : 500, { error: String(caught) });
  }
}

function respond(response: ServerResponse, answer: Plain | null): void {
  if (answer === null) {
    response.destroy();
    return;
  }
  const bytes = Buffer.from(answer.body);
  response.writeHead(answer.status, { ...answer.headers, 'content-length': bytes.length });
  response.end(bytes);
}

/** Real timers. After `stop` no scheduled job runs, and no new one is accepted. */
function timers() {
  const waiting = new Set<NodeJS.Timeout>();
  let isStopped = false;
  return {
    schedule: (delayMs: number, job: () => Promise<void>) => {
      if (isStopped) return;
      const timer = setTimeout(() => {
        waiting.delete(timer);
        void job();
      }, delayMs);
      waiting.add(timer);
    },
    stop: () => {
      isStopped = true;
      for (const timer of waiting) clearTimeout(timer);
    },
  };
}

/** Starts the simulators. @throws when the environment says production, because they accept payments without money */
export async function serveSimulators(options: ServeSimulatorsOptions): Promise<ServedSimulators> {
  const { NODE_ENV, ZHIKE_STAGE } = process.env;
  if ([NODE_ENV, ZHIKE_STAGE].some((stage) => /^prod/i.test(stage ?? '')))
    throw new Error('simulators do not start in production');
  const random = () => randomInt(CHANCE_STEPS) / CHANCE_STEPS;
  const { schedule, stop } = timers();
  const { clock = movableClock() } = options;
  // The shop keeps its books on disk, the simulators do not. The clock keeps their numbers unique over restarts.
  const given = { ...options, clock, random, schedule, deliver: httpSend(), numbersFrom: clock.now() };
  const weixin = new WeixinSimulator(given);
  const xpay = new XpaySimulator({ ...given, weixin, pushUrl: null });
  weixin.safety = new SafetyCheck({ ...given, weixin, push: xpay.push, fetch: given.deliver });
  const simulators = { weixin, wechatPay: new WechatPaySimulator(given), xpay };
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
    answerTo(simulators, clock, request).then(
      (answer) => respond(response, answer),
      () => response.destroy(),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, '127.0.0.1', resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : options.port;
  return {
    ...simulators,
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        stop();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
