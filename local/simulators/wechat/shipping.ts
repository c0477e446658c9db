/** WeChat's side of delivery reports: which orders of WeChat Pay were reported, and how. */
import * as z from 'zod';

type Words = Readonly<Record<string, unknown>>;

/** A paid order as it stands in WeChat Pay's books. */
export interface ShippableOrder {
  readonly openid: string;
  readonly paidAtMs: number;
}

/** What reports are checked against. */
export interface ShippingOptions {
  readonly merchantId: string;
  readonly now: () => number;
  readonly order: (orderNumber: string) => ShippableOrder | null;
}

/** One report that was accepted. */
export interface ShippedRecord {
  readonly orderNumber: string;
  readonly description: string;
  readonly uploadTime: string;
  readonly atMs: number;
}

const Upload = z.strictObject({
  order_key: z.strictObject({ order_number_type: z.literal(1), mchid: z.string(), out_trade_no: z.string() }),
  logistics_type: z.literal(3),
  delivery_mode: z.literal(1),
  shipping_list: z.tuple([z.strictObject({ item_desc: z.string().min(1).max(120) })]),
  upload_time: z.string(),
  payer: z.strictObject({ openid: z.string() }),
});

const UPLOAD_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+08:00$/;
/** How long after the payment WeChat does not know the order yet. */
const KNOWN_AFTER_MS = 10_000;

const refusal = (errcode: number, errmsg: string): Words => ({ errcode, errmsg });

/** The delivery reports of one merchant. */
export class Shipping {
  readonly shipped: ShippedRecord[] = [];
  /** The error codes of the next uploads, whatever they contain. */
  readonly refusals: number[] = [];
  readonly #options: ShippingOptions;

  constructor(options: ShippingOptions) {
    this.#options = options;
  }

  /** `POST /wxa/sec/order/upload_shipping_info`. */
  upload(body: unknown): Words {
    const planted = this.refusals.shift();
    if (planted !== undefined) return refusal(planted, 'planted');
    const asked = Upload.safeParse(body);
    if (!asked.success) return refusal(10060014, '参数错误');
    const {
      order_key: key,
      shipping_list: [{ item_desc: description }],
      upload_time: uploadTime,
      payer,
    } = asked.data;
    if (!UPLOAD_TIME.test(uploadTime)) return refusal(268485216, '上传时间非法');
    const order = key.mchid === this.#options.merchantId ? this.#options.order(key.out_trade_no) : null;
    const atMs = this.#options.now();
    if (order === null || atMs < order.paidAtMs + KNOWN_AFTER_MS) return refusal(10060001, '支付单不存在');
    if (order.openid !== payer.openid) return refusal(10060031, '该笔支付单不属于 openid 所指定的用户');
    if (this.shipped.some(({ orderNumber }) => orderNumber === key.out_trade_no))
      return refusal(10060023, '发货信息未更新');
    this.shipped.push({ orderNumber: key.out_trade_no, description, uploadTime, atMs });
    return { errcode: 0, errmsg: 'ok' };
  }
}
