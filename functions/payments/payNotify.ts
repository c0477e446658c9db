import { countUnknown } from '../../shared/flows/operations/countUnknown.ts';
import { settlePayment } from '../../shared/flows/payments/settlePayment.ts';
import { type Heard, hearOfRefund } from '../../shared/flows/refunds/hearOfRefund.ts';
import { callback } from '../../shared/function.ts';

/** News that our books cannot take yet, or not at all: the bill tells again. */
const NOT_TAKEN: readonly Heard[] = ['unknown', 'unpaid', 'too_much'];

/**
 * Takes WeChat Pay's notices: a payment is settled, a refund's outcome is written down, whoever asked for the refund.
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
      const heard = await hearOfRefund(ports, 'wxpay', notice.news, now);
      if (NOT_TAKEN.includes(heard)) ports.log.write('warn', { refund: notice.news.refundId, heard });
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
