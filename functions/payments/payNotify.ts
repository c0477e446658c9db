import { countUnknown } from '../../shared/flows/operations/countUnknown.ts';
import { settlePayment } from '../../shared/flows/payments/settlePayment.ts';
import { type Heard, hearOfRefund } from '../../shared/flows/refunds/hearOfRefund.ts';
import { callback } from '../../shared/function.ts';

/** Results of a refund notice that changed nothing in our books. The rail's bill tells of the refund again. */
const NOT_TAKEN: readonly Heard[] = ['unknown', 'unpaid', 'too_much'];

/**
 * Takes WeChat Pay's notices: settles payments and records the outcome of refunds, whoever asked for the refund.
 *
 * A notice is trusted only after its signature over the raw bytes is verified. It is answered after the commit, and
 * WeChat Pay repeats a notice that got no 200. Repeats change nothing, in any order. Wrong money, such as another
 * amount, is stored for staff and answered with 200, because a repeat would not correct it. A notice of an unknown kind
 * is logged and answered with 200 too.
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
