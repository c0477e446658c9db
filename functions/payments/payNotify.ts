import { countUnknown } from '../../shared/flows/operations/countUnknown.ts';
import { settlePayment } from '../../shared/flows/payments/settlePayment.ts';
import { settleRefund } from '../../shared/flows/refunds/settleRefund.ts';
import { callback } from '../../shared/function.ts';

/**
 * Takes WeChat Pay's notices: a payment is settled, a refund's outcome is written down.
 *
 * Believed only after its signature over the raw bytes has been verified, and answered only after the commit: what is
 * not answered with 200 is told again. Repeats, whatever their order, change nothing. Money that is wrong is written
 * down for staff and answered with 200, because telling again would not make it right. A kind that we do not know is
 * logged, and answered with 200 too.
 */
export const payNotify = callback(
  {
    route: 'POST /api/pay/notify',
    caller: 'WeChat Pay',
    errors: ['notice.signature_invalid', 'notice.malformed', 'notice.order_unknown'],
    bodyBytesMax: 64 * 1024,
    reads: {
      headers: ['Wechatpay-Serial', 'Wechatpay-Signature', 'Wechatpay-Timestamp', 'Wechatpay-Nonce'],
    },
    takes: ['application/json'],
    answers: ['application/json'],
  },
  async ({ headers, rawBody, now, ports, requestId }) => {
    const notice = await ports.rails.wxpay.readNotice(headers, rawBody);
    if (notice.kind === 'payment') {
      await settlePayment(ports, notice.news, { now, requestId });
    } else if (notice.kind === 'refund') {
      const outcome = await ports.database.tx((tx) => settleRefund(tx, notice.news, now));
      if (outcome === 'unknown') ports.log.write('warn', { unknownRefund: notice.news.refundId });
    } else {
      await countUnknown(ports, 'wxpay', notice.eventType);
    }
    return {
      status: 200,
      body: '{"code":"SUCCESS","message":"成功"}',
      contentType: 'application/json; charset=utf-8',
    };
  },
);
