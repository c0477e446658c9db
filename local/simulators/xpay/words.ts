/** How simulated virtual payment describes orders and refunds, in answers and in pushes. */
import { SECOND_MS } from '../../../shared/schemas/base.ts';
import type { XpayBegun, XpayPayment, XpayRefund } from './ledger.ts';

/** A JSON object of the protocol. */
export type Words = Readonly<Record<string, unknown>>;

const seconds = (atMs: number | null) => (atMs === null ? 0 : Math.floor(atMs / SECOND_MS));

function words(begun: XpayBegun, own: Words): Words {
  const { env } = begun.asked;
  return { biz_type: 0, coupon_fee: 0, biz_meta: '', env_type: env + 1, token: '', sett_state: 0, ...own };
}

/** The words about an order that counts as unpaid. */
export function unpaidWords(begun: XpayBegun, isClosed: boolean): Words {
  const { goodsPrice, activitySellingPrice = goodsPrice, buyQuantity, outTradeNo } = begun.asked;
  return words(begun, {
    order_id: outTradeNo,
    wx_order_id: `XU${outTradeNo}`,
    create_time: seconds(begun.createdAtMs),
    update_time: seconds(begun.createdAtMs),
    status: isClosed ? 6 : 1,
    order_fee: activitySellingPrice * buyQuantity,
    paid_fee: 0,
    order_type: begun.isApple ? 7 : 0,
    refund_fee: 0,
    left_fee: 0,
    paid_time: 0,
    provide_time: 0,
  });
}

/**
 * The status of a payment. 2 paid, 3 being delivered, 4 delivered, 5 all of it is being refunded, 8 all of it was
 * refunded, 7 the refund failed. Source: developers.weixin.qq.com, `query_order`.
 */
function statusOf(payment: XpayPayment, refunds: readonly XpayRefund[]): number {
  if (refunds.length > 0 && payment.leftFen === 0)
    return refunds.every(({ state }) => state !== 'PROCESSING') ? 8 : 5;
  if (refunds.at(-1)?.state === 'FAILED') return 7;
  if (payment.providedAtMs !== null) return 4;
  return payment.isPushed ? 3 : 2;
}

/** The words about a payment. */
export function paymentWords(payment: XpayPayment, refunds: readonly XpayRefund[]): Words {
  const { begun, paidFen, couponFen, paidAtMs, providedAtMs, leftFen } = payment;
  return words(begun, {
    order_id: payment.orderNumber,
    wx_order_id: payment.wxOrderId,
    create_time: seconds(begun.createdAtMs),
    update_time: seconds(refunds.at(-1)?.createdAtMs ?? providedAtMs ?? paidAtMs),
    status: statusOf(payment, refunds),
    order_fee: paidFen + couponFen,
    coupon_fee: couponFen,
    paid_fee: paidFen,
    order_type: begun.isApple ? 7 : 0,
    refund_fee: paidFen - leftFen,
    left_fee: leftFen,
    paid_time: seconds(paidAtMs),
    provide_time: seconds(providedAtMs),
    channel_order_id: payment.channelId,
    wxpay_order_id: begun.isApple ? '' : payment.channelId,
  });
}

const REFUND_STATUS = { PROCESSING: 5, SUCCESS: 8, FAILED: 7 } as const;

/** The words about a refund, which is an order of its own there. */
export function refundWords(refund: XpayRefund): Words {
  const { payment, refundFen, createdAtMs, finishedAtMs } = refund;
  return words(payment.begun, {
    order_id: refund.refundNumber ?? refund.refundId,
    wx_order_id: refund.refundId,
    create_time: seconds(createdAtMs),
    update_time: seconds(finishedAtMs ?? createdAtMs),
    status: REFUND_STATUS[refund.state],
    order_fee: payment.paidFen,
    paid_fee: payment.paidFen,
    order_type: refund.refundNumber === null ? 8 : 1,
    refund_fee: refundFen,
    left_fee: payment.leftFen,
    paid_time: seconds(payment.paidAtMs),
    provide_time: seconds(payment.providedAtMs),
  });
}

/** `xpay_goods_deliver_notify`: an order to deliver. For a payment to Apple it does not say how it was paid. */
export function deliveryWords({ begun, orderNumber, channelId, paidAtMs }: XpayPayment): Words {
  const { env, productId, buyQuantity, goodsPrice, activitySellingPrice, attach } = begun.asked;
  const paid = { MchOrderNo: orderNumber, TransactionId: channelId, PaidTime: seconds(paidAtMs) };
  return {
    OpenId: begun.openid,
    OutTradeNo: orderNumber,
    Env: env,
    ...(begun.isApple ? {} : { WeChatPayInfo: paid }),
    GoodsInfo: {
      ProductId: productId,
      Quantity: buyQuantity,
      OrigPrice: goodsPrice,
      ActualPrice: activitySellingPrice ?? goodsPrice,
      Attach: attach,
    },
  };
}

/** The same push, forged by somebody who wants what nobody paid for. `chance` chooses what is wrong with it. */
export function forgedWords(begun: XpayBegun, chance: number): Words {
  const { env, productId, goodsPrice, outTradeNo, attach } = begun.asked;
  const wrong = [
    { OpenId: 'oSomebodyElse' },
    { Env: 1 - env },
    { GoodsInfo: { ProductId: productId, Quantity: 1, OrigPrice: 1, ActualPrice: 1, Attach: attach } },
    {
      GoodsInfo: { ProductId: `${productId}x`, Quantity: 1, OrigPrice: goodsPrice, ActualPrice: goodsPrice },
    },
    {},
  ];
  return {
    OpenId: begun.openid,
    OutTradeNo: outTradeNo,
    Env: env,
    WeChatPayInfo: { MchOrderNo: outTradeNo, TransactionId: '45000000', PaidTime: 1_780_000_000 },
    GoodsInfo: {
      ProductId: productId,
      Quantity: 1,
      OrigPrice: goodsPrice,
      ActualPrice: goodsPrice,
      Attach: attach,
    },
    ...wrong[Math.floor(chance * wrong.length)],
  };
}

/** `xpay_refund_notify`: a finished refund. A refund by Apple has no number of the merchant's. */
export function refundPushWords(refund: XpayRefund, retries: number): Words {
  const { payment, state } = refund;
  const isSuccess = state === 'SUCCESS';
  return {
    OpenId: payment.begun.openid,
    WxRefundId: refund.refundId,
    MchRefundId: refund.refundNumber ?? '',
    WxOrderId: payment.wxOrderId,
    MchOrderId: payment.orderNumber,
    RefundFee: refund.refundFen,
    RetCode: isSuccess ? 0 : 1,
    RetMsg: isSuccess ? 'success' : '退款失败',
    RefundStartTimestamp: seconds(refund.createdAtMs),
    RefundSuccTimestamp: isSuccess ? seconds(refund.finishedAtMs) : 0,
    WxpayRefundTransactionId: payment.begun.isApple ? '' : `50${refund.refundId.slice(2)}`,
    RetryTimes: retries,
  };
}

/** `xpay_complaint_notify`: the buyer of an order complains. */
export function complaintWords(
  payment: XpayPayment,
  requestId: string,
  atMs: number,
  retries: number,
): Words {
  return {
    OpenId: payment.begun.openid,
    WxOrderId: payment.wxOrderId,
    MchOrderId: payment.orderNumber,
    ComplaintTime: seconds(atMs),
    RetryTimes: retries,
    RequestId: requestId,
  };
}

/** `xpay_subscribe_ios_refund_query_notify`: Apple asks about a refund. Every value is a text. */
export function inquiryWords(payment: XpayPayment, reason: string, atMs: number): Words {
  return {
    refund_time: String(seconds(atMs)),
    order_time: String(seconds(payment.paidAtMs)),
    channel_bill: payment.channelId,
    bundleid: 'com.tencent.xin',
    product_id: payment.begun.asked.productId,
    p_count: String(payment.begun.asked.buyQuantity),
    refund_request_reason: reason,
    provide_status: payment.providedAtMs === null ? '0' : '1',
    pay_order_id: payment.orderNumber,
  };
}
