/** How simulated WeChat Pay describes orders and refunds: the same words in answers and in notices. */
import type { Ledger, RailOrder, RailRefund, RailTransaction } from './ledger.ts';

type Words = Readonly<Record<string, unknown>>;

/** An instant as WeChat Pay writes it: in Beijing's time, to the second. */
/** An instant as WeChat Pay writes it: in Beijing's time, to the second. */
export function beijing(atMs: number): string {
  return new Date(atMs + 8 * 3_600_000).toISOString().replace(/\.[0-9]{3}Z$/, '+08:00');
}

/** The words about a coupon that WeChat Pay pays. `CASH` is settled in full. */
function discountWords({ transactionId, discountFen: amount }: RailTransaction): Words {
  const own = { coupon_id: `c${transactionId}`, scope: 'GLOBAL', type: 'CASH', amount };
  return { ...own, wechatpay_contribute: amount, merchant_contribute: 0, other_contribute: 0 };
}

/** The words about a successful transaction. */
export function transactionWords(
  merchant: { readonly appid: string; readonly mchid: string },
  transaction: RailTransaction,
  tradeState: 'SUCCESS' | 'REFUND' = 'SUCCESS',
): Words {
  return {
    ...merchant,
    out_trade_no: transaction.orderNumber,
    transaction_id: transaction.transactionId,
    trade_type: 'JSAPI',
    trade_state: tradeState,
    trade_state_desc: tradeState === 'SUCCESS' ? '支付成功' : '转入退款',
    bank_type: 'OTHERS',
    attach: '',
    success_time: beijing(transaction.paidAtMs),
    payer: { openid: transaction.openid },
    amount: {
      total: transaction.totalFen,
      payer_total: transaction.totalFen - transaction.discountFen,
      currency: transaction.currency,
      payer_currency: transaction.currency,
    },
    ...(transaction.discountFen === 0 ? {} : { promotion_detail: [discountWords(transaction)] }),
  };
}

/** The words about an order: those of its first transaction, when there is one. */
export function orderWords(ledger: Ledger, order: RailOrder, now: number): Words {
  const { appid, mchid } = order.asked;
  const [first] = order.transactions;
  if (first !== undefined) {
    const isRefunded = ledger.refundsOf(first.transactionId).length > 0;
    return transactionWords({ appid, mchid }, first, isRefunded ? 'REFUND' : 'SUCCESS');
  }
  const isClosed = ledger.isClosed(order, now);
  return {
    appid,
    mchid,
    out_trade_no: order.orderNumber,
    trade_state: isClosed ? 'CLOSED' : 'NOTPAY',
    trade_state_desc: isClosed ? '订单已关闭' : '订单未支付',
    amount: { total: order.asked.amount.total, currency: order.asked.amount.currency },
    payer: {},
  };
}

function refundAmount({ totalFen, refundFen }: RailRefund): Words {
  return { total: totalFen, refund: refundFen, payer_total: totalFen, payer_refund: refundFen };
}

/** The words about a refund in an answer. */
export function refundWords(refund: RailRefund): Words {
  return {
    refund_id: refund.refundId,
    out_refund_no: refund.refundNumber,
    transaction_id: refund.transactionId,
    out_trade_no: refund.orderNumber,
    channel: 'ORIGINAL',
    user_received_account: '支付用户零钱',
    create_time: beijing(refund.createdAtMs),
    ...(refund.state === 'SUCCESS' ? { success_time: beijing(refund.finishedAtMs ?? 0) } : {}),
    status: refund.state,
    funds_account: 'AVAILABLE',
    amount: { ...refundAmount(refund), currency: 'CNY' },
  };
}

/** The words about a finished refund in a notice. */
export function refundNoticeWords(mchid: string, refund: RailRefund): Words {
  return {
    mchid,
    transaction_id: refund.transactionId,
    out_trade_no: refund.orderNumber,
    refund_id: refund.refundId,
    out_refund_no: refund.refundNumber,
    refund_status: refund.state,
    ...(refund.state === 'SUCCESS' ? { success_time: beijing(refund.finishedAtMs ?? 0) } : {}),
    user_received_account: '支付用户零钱',
    amount: refundAmount(refund),
  };
}
