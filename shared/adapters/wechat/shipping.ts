/**
 * Reports deliveries of orders paid by ordinary WeChat Pay to WeChat. A mini-program that is managed as a shop gets
 * its money only after that. Source: developers.weixin.qq.com, "小程序发货信息管理服务".
 */
import type { Refusal } from '../../errors.ts';
import type { Delivery } from '../../ports/wxpay.ts';
import { SECOND_MS } from '../../schemas/base.ts';
import { refusedBy } from '../http/codes.ts';
import { fitted } from '../wxpay/words.ts';
import { SHIPPING_CODES } from './codes.ts';
import type { CallWechat } from './token.ts';

const TIMEOUT_MS = 3 * SECOND_MS;
const BEIJING_AHEAD_MS = 8 * 3600 * SECOND_MS;
const DESCRIPTION_BYTES_MAX = 120;
const BY_MERCHANT_NUMBER = 1;
const NOTHING_IS_SENT = 3;
const AT_ONCE = 1;

/** An instant in Beijing time: `2022-12-15T13:29:35.120+08:00`. */
function beijing(atMs: number): string {
  return new Date(atMs + BEIJING_AHEAD_MS).toISOString().replace('Z', '+08:00');
}

/**
 * Reports that an order was delivered, as goods that need no shipping. Safe to repeat. Resolves to `absent` when
 * WeChat does not know the order yet, and to its refusal when it will never accept the report.
 * @throws wechat.unavailable when WeChat is busy, or its answer is unknown to us; the report is then repeated
 */
export async function uploadDelivery(
  call: CallWechat,
  merchantId: string,
  { orderId, openid, description, deliveredAtMs }: Delivery,
): Promise<'taken' | 'absent' | Refusal> {
  const { refusal } = await call({
    platform: 'wechat',
    codes: SHIPPING_CODES,
    method: 'POST',
    path: '/wxa/sec/order/upload_shipping_info',
    body: JSON.stringify({
      order_key: { order_number_type: BY_MERCHANT_NUMBER, mchid: merchantId, out_trade_no: orderId },
      logistics_type: NOTHING_IS_SENT,
      delivery_mode: AT_ONCE,
      shipping_list: [{ item_desc: fitted(description, DESCRIPTION_BYTES_MAX) }],
      upload_time: beijing(deliveredAtMs),
      payer: { openid },
    }),
    timeoutMs: TIMEOUT_MS,
  });
  if (refusal === null || refusal.verdict === 'done') return 'taken';
  if (refusal.verdict === 'absent') return 'absent';
  if (refusal.verdict === 'refused') return refusal;
  throw refusedBy(refusal, 'wechat.unavailable');
}
