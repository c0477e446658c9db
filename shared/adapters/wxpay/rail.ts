/** The rail `wxpay`: WeChat Pay API v3, JSAPI. Source: pay.weixin.qq.com, "小程序支付". */
import * as z from 'zod';
import { fail } from '../../errors.ts';
import type { Loop } from '../../ports/loop.ts';
import type { PaymentState, RefundNews } from '../../ports/rail.ts';
import type { WxpayRail } from '../../ports/wxpay.ts';
import { SECOND_MS } from '../../schemas/base.ts';
import { refusedBy } from '../http/codes.ts';
import { uploadDelivery } from '../wechat/shipping.ts';
import type { CallWechat } from '../wechat/token.ts';
import { type WechatPayAccess, WechatPayApi } from './api.ts';
import { tradeBills } from './bill.ts';
import type { Answered } from './call.ts';
import { CLOSED, PAID } from './codes.ts';
import { signedLines, signRsa } from './crypto.ts';
import { readNotice } from './notice.ts';
import { fitted, paymentNewsOf, refundNewsOf, rfc3339, TradeState } from './words.ts';

/** The configuration of the rail. */
export interface WechatPayConfig extends WechatPayAccess {
  /** Reading a bill yields to it. */
  readonly loop: Loop;
  readonly appid: string;
  /** The address that notices are sent to: public, without a query. */
  readonly notifyUrl: string;
  /** The contractual fee in basis points; 60, the usual one, when left out. */
  readonly feeBasisPoints?: number;
  /** Calls WeChat's API, where deliveries have to be reported; left out where they do not. */
  readonly callWechat?: CallWechat;
}

const DESCRIPTION_BYTES_MAX = 127;
const REASON_BYTES_MAX = 80;

/** Payments can be closed and refunded on every platform. */
const ABILITIES = {
  mayClose: true,
  mayRefund: true,
  linesMax: null,
  needsGoods: false,
  needsSessionKey: false,
} as const;

const Prepay = z.object({ prepay_id: z.string().min(1).max(64) });

/** The error for a refusal that the call does not handle. */
const unclear = ({ refusal, status }: Answered) =>
  refusal === null ? fail('pay.unavailable', { detail: `status ${status}` }) : refusedBy(refusal);

/** A signed answer that cannot be parsed is no clear answer. @throws pay.unavailable */
function understood<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw fail('pay.unavailable', { detail: 'the answer cannot be read', cause });
  }
}

/**
 * The refund in an answer. A signature does not cover the question, so the answer must name the refund.
 * @throws pay.unavailable
 */
function aboutRefund(refundId: string, json: unknown): RefundNews {
  const news = understood(() => refundNewsOf(json));
  if (news.refundId !== refundId)
    throw fail('pay.unavailable', { detail: 'the answer is about another refund' });
  return news;
}

/** The state of the order in an answer, which must name the order. @throws pay.unavailable */
function aboutOrder(orderId: string, json: unknown): PaymentState {
  const { out_trade_no: orderNumber, trade_state: state } = understood(() => TradeState.parse(json));
  if (orderNumber !== orderId) throw fail('pay.unavailable', { detail: 'the answer is about another order' });
  if (state === 'SUCCESS' || state === 'REFUND') {
    // Money came, even if it has gone back since. Refunds are handled separately.
    const paid = { ...Object(json), trade_state: 'SUCCESS' };
    const news = { ...understood(() => paymentNewsOf(paid)), hasRefunds: state === 'REFUND' };
    return { state: 'success', news };
  }
  return { state: state === 'CLOSED' || state === 'REVOKED' ? 'closed' : 'unpaid' };
}

/** Makes the rail. */
export function wechatPay(config: WechatPayConfig): WxpayRail {
  const { appid, merchantId, clock, ids, callWechat } = config;
  const api = new WechatPayApi(config);
  const orderPath = (orderId: string) => `/v3/pay/transactions/out-trade-no/${encodeURIComponent(orderId)}`;
  const merchantQuery = `?mchid=${encodeURIComponent(merchantId)}`;

  const queryRefund: WxpayRail['queryRefund'] = async ({ refundId }) => {
    const path = `/v3/refund/domestic/refunds/${encodeURIComponent(refundId)}`;
    const answer = await api.call({ endpoint: 'queryRefund', method: 'GET', path, body: null, success: 200 });
    if (answer.refusal?.verdict === 'absent') return null;
    if (answer.refusal !== null) throw unclear(answer);
    return aboutRefund(refundId, answer.json);
  };

  return {
    name: 'wxpay',
    feeBasisPoints: config.feeBasisPoints ?? 60,
    abilities: () => ABILITIES,
    merchant: { appid, merchantId },
    open: async ({ orderId, description, amountFen, openid, expiresAtMs }) => {
      const body = {
        appid,
        mchid: merchantId,
        description: fitted(description, DESCRIPTION_BYTES_MAX),
        out_trade_no: orderId,
        time_expire: rfc3339(expiresAtMs),
        notify_url: config.notifyUrl,
        amount: { total: amountFen, currency: 'CNY' },
        payer: { openid },
      };
      const answer = await api.callTwice({
        endpoint: 'open',
        method: 'POST',
        path: '/v3/pay/transactions/jsapi',
        body,
        success: 200,
      });
      if (answer.refusal === null) return { ticket: understood(() => Prepay.parse(answer.json)).prepay_id };
      if (PAID.includes(answer.code)) throw fail('order.already_paid');
      if (CLOSED.includes(answer.code)) throw fail('order.expired');
      throw unclear(answer);
    },
    request: ({ ticket }) => {
      const timeStamp = String(Math.floor(clock.now() / SECOND_MS));
      const nonceStr = ids.secret(16);
      const packed = `prepay_id=${ticket}`;
      const paySign = signRsa(signedLines(appid, timeStamp, nonceStr, packed), api.privateKey);
      return { rail: 'wxpay', timeStamp, nonceStr, package: packed, signType: 'RSA', paySign };
    },
    query: async ({ orderId }): Promise<PaymentState> => {
      const answer = await api.call({
        endpoint: 'query',
        method: 'GET',
        path: orderPath(orderId) + merchantQuery,
        body: null,
        success: 200,
      });
      if (answer.refusal?.verdict === 'absent') return { state: 'absent' };
      if (answer.refusal !== null) throw unclear(answer);
      return aboutOrder(orderId, answer.json);
    },
    close: async (orderId) => {
      const body = { mchid: merchantId };
      const answer = await api.call({
        endpoint: 'close',
        method: 'POST',
        path: `${orderPath(orderId)}/close`,
        body,
        success: 204,
      });
      if (answer.refusal === null || answer.refusal.verdict === 'done') return 'closed';
      if (answer.refusal.verdict === 'absent') return 'absent';
      if (PAID.includes(answer.code)) return 'paid';
      throw unclear(answer);
    },
    refund: async (asked) => {
      const { refundId, transactionId, refundFen, totalFen, reason } = asked;
      const body = {
        transaction_id: transactionId,
        out_refund_no: refundId,
        reason: fitted(reason, REASON_BYTES_MAX),
        notify_url: config.notifyUrl,
        amount: { refund: refundFen, total: totalFen, currency: 'CNY' },
      };
      const answer = await api.call({
        endpoint: 'refund',
        method: 'POST',
        path: '/v3/refund/domestic/refunds',
        body,
        success: 200,
      });
      const { refusal } = answer;
      if (refusal === null) return aboutRefund(refundId, answer.json);
      if (refusal.code === 'NOT_ENOUGH') throw fail('pay.funds_lacking');
      if (refusal.verdict !== 'refused') throw unclear(answer);
      // It may have been accepted before, and only its answer was lost.
      return (await queryRefund(asked)) ?? { refundId, transactionId, refundFen, state: 'abnormal', refusal };
    },
    queryRefund,
    bill: (days) => tradeBills({ api, loop: config.loop, appid, merchantId }, days),
    reportDelivery:
      callWechat === undefined ? null : (delivery) => uploadDelivery(callWechat, merchantId, delivery),
    readNotice: (headers, rawBody) => readNotice(api, headers, rawBody),
  };
}
