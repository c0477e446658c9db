/**
 * The rail `xpay`: virtual payment in goods mode. Source: developers.weixin.qq.com, "小程序虚拟支付",
 * "wx.requestVirtualPayment". The phone creates the order when it pays, so there is nothing to open and nothing to
 * close. The payer is the user who logged in with the session key that signed the payment.
 */
import { fail, type Refusal } from '../../errors.ts';
import type { PaymentState, PayRail, RefundNews } from '../../ports/rail.ts';
import type { XpayRail } from '../../ports/xpay.ts';
import { type XpayBillOptions, xpayBill } from './bill.ts';
import { type CallXpay, unclear, XPAY, type XpayAccount, xpayCalls } from './call.ts';
import { PUBLICATION_LAG_MS, xpayGoods } from './goods.ts';
import { paySignature, sessionKeySignature } from './signature.ts';
import {
  isAllBack,
  isByApple,
  movedBackFenOf,
  numberOf,
  orderOf,
  paidAtMs,
  paymentStateOf,
  refundStateOf,
  required,
  totalFenOf,
  type XpayOrder,
} from './words.ts';

/** The shop at virtual payment, and how it is called. */
export interface XpayConfig extends XpayAccount, Omit<XpayBillOptions, 'call'> {
  readonly appid: string;
  /** The platform's half hour when left out. A simulated platform may be faster. */
  readonly publicationLagMs?: number;
}

/** The format of a refund number that the platform accepts. */
const REFUND_ID = /^[A-Za-z0-9_-]{8,32}$/;
/** "Other reasons" and "requested by somebody else". The real reasons are in our own books. */
const REFUND_WHY = { refund_reason: '5', req_from: '3' } as const;

const ABILITIES = { mayClose: false, linesMax: 1, needsGoods: true, needsSessionKey: true } as const;

/** The news of a refund, which must be the one asked about. @throws pay.unavailable when it is another one */
function refundNewsOf(
  asked: { readonly refundId: string; readonly transactionId: string },
  order: XpayOrder,
): RefundNews {
  if (order.order_id !== asked.refundId || order.order_type !== 1)
    throw fail('pay.unavailable', { detail: 'the answer is about another order' });
  return { ...asked, state: refundStateOf(order), refundFen: required(order, 'refund_fee') };
}

/** The order with this number; null when the platform has never heard of it. */
async function findOrder(
  call: CallXpay,
  number: { readonly openid: string } & ({ readonly order_id: string } | { readonly wx_order_id: string }),
): Promise<XpayOrder | null> {
  const answer = await call('/xpay/query_order', number);
  if (answer.refusal?.verdict === 'absent') return null;
  if (answer.refusal !== null) throw unclear('/xpay/query_order', answer);
  return orderOf(answer.json);
}

/** Codes which say that the payment changed since we looked. */
const MOVED: readonly string[] = [XPAY.leftFeeWrong, XPAY.doneBefore, XPAY.refundRunning];

type RefundAsked = Parameters<PayRail['refund']>[0];

/**
 * The refusal of a refund that is not even requested, because too little is left of the payment. A discount that the
 * platform paid cannot be refunded either.
 */
function tooLittle(leftFen: number): Refusal {
  const path = '/xpay/query_order';
  return {
    platform: 'xpay',
    call: path,
    code: 'TOO_LITTLE',
    words: `left_fee ${leftFen}`,
    verdict: 'refused',
  };
}

/** Asks for a refund, and once more when the payment changed between our calls. */
async function refund(call: CallXpay, asked: RefundAsked, isAgain = false): Promise<RefundNews> {
  const { refundId, openid, transactionId, refundFen } = asked;
  if (!REFUND_ID.test(refundId)) throw new Error(`${refundId} is no number of a refund at xpay`);
  const number = { refundId, transactionId };
  const payment = await findOrder(call, { openid, wx_order_id: transactionId });
  if (payment === null) throw fail('pay.unavailable', { detail: 'the payment is not known there' });
  if (isByApple(payment)) return { ...number, state: 'abnormal', refundFen };
  // Checked first, because when this refund was already made and its answer was lost, less than its amount may be
  // left.
  const before = await findOrder(call, { openid, order_id: refundId });
  if (before !== null) return refundNewsOf(number, before);
  const leftFen = required(payment, 'left_fee');
  if (leftFen < refundFen) return { ...number, state: 'abnormal', refundFen, refusal: tooLittle(leftFen) };
  const path = '/xpay/refund_order';
  const answer = await call(path, {
    openid,
    wx_order_id: transactionId,
    refund_order_id: refundId,
    left_fee: leftFen,
    refund_fee: refundFen,
    biz_meta: asked.orderId,
    ...REFUND_WHY,
  });
  const { refusal } = answer;
  if (refusal === null) return { ...number, state: 'processing', refundFen };
  if (refusal.verdict === 'refused') return { ...number, state: 'abnormal', refundFen, refusal };
  // Another refund of the same payment, or this one, was requested at the same moment. The current state decides.
  if (MOVED.includes(refusal.code) && !isAgain) return refund(call, asked, true);
  throw unclear(path, answer);
}

/** Makes the rail. */
export function xpay(config: XpayConfig): XpayRail {
  const { appid, offerId, appKey, env } = config;
  const call = xpayCalls(config);
  /** Money of the other environment is not ours, so it gets another merchant id. */
  const merchantOf = ({ env_type: type }: XpayOrder) =>
    type === env + 1 ? offerId : `${offerId} env_type ${type}`;

  return {
    name: 'xpay',
    merchant: { appid, merchantId: offerId },
    abilities: (platform) => ({ ...ABILITIES, mayRefund: platform !== 'ios' }),
    open: async () => ({ ticket: null }),
    request: ({ orderId, payableFen, goods, sessionKey }) => {
      if (goods === null || sessionKey === null) throw new Error('xpay needs goods and a session key');
      if (payableFen > goods.priceFen) throw new Error('nothing is sold above its price');
      const signData = JSON.stringify({
        offerId,
        buyQuantity: 1,
        env,
        currencyType: 'CNY',
        productId: goods.id,
        goodsPrice: goods.priceFen,
        ...(payableFen < goods.priceFen ? { activitySellingPrice: payableFen } : {}),
        outTradeNo: orderId,
        attach: orderId,
      });
      return {
        rail: 'xpay',
        mode: 'short_series_goods',
        signData,
        paySig: paySignature(appKey, 'requestVirtualPayment', signData),
        signature: sessionKeySignature(sessionKey, signData),
      };
    },
    query: async ({ orderId, openid }): Promise<PaymentState> => {
      const order = await findOrder(call, { openid, order_id: orderId });
      if (order === null) return { state: 'absent' };
      if (order.order_id !== orderId)
        throw fail('pay.unavailable', { detail: 'the answer is about another order' });
      const state = paymentStateOf(order);
      if (state !== 'paid' && state !== 'refunded') return { state };
      return {
        state: 'success',
        news: {
          rail: 'xpay',
          appid,
          merchantId: merchantOf(order),
          orderNumber: orderId,
          transactionId: numberOf(order),
          state: 'success',
          // `order_fee` may be the price before `activitySellingPrice`.
          totalFen: totalFenOf(order),
          currency: 'CNY',
          // The platform does not say it. The order was found under the openid that was asked about, and only that
          // session key could pay.
          openid: null,
          paidAtMs: paidAtMs(order),
          hasRefunds: state === 'refunded',
          movedBackFen: movedBackFenOf(order),
          isAllBack: isAllBack(order),
          isByApple: isByApple(order),
        },
      };
    },
    close: async () => {
      throw new Error('an order at xpay cannot be closed');
    },
    refund: (asked) => refund(call, asked),
    queryRefund: async ({ refundId, openid, transactionId }) => {
      const order = await findOrder(call, { openid, order_id: refundId });
      return order === null ? null : refundNewsOf({ refundId, transactionId }, order);
    },
    goods: xpayGoods(call, config.publicationLagMs ?? PUBLICATION_LAG_MS),
    feeBasisPoints: null,
    bill: (days) => xpayBill({ ...config, call }, days),
    provide: async (orderId) => {
      const path = '/xpay/notify_provide_goods';
      const answer = await call(path, { order_id: orderId });
      if (answer.refusal !== null && answer.refusal.verdict !== 'done') throw unclear(path, answer);
    },
  };
}
