/**
 * The requests that simulated virtual payment accepts. They are strict, so that a field which the real one would refuse
 * is refused here first.
 */
import * as z from 'zod';

/** A refusal by virtual payment. */
export const XPAY_SAYS = {
  openid: [268490001, 'openid错误'],
  words: [268490002, '请求参数错误'],
  absent: [268490002, '数据不存在'],
  signature: [268490003, '签名错误'],
  done: [268490004, '重复操作'],
  generating: [268490011, '数据生成中，请稍后'],
  batchRunning: [268490012, '批量任务运行中'],
  refundRunning: [268490014, '退款操作进行中，请稍后以相同参数重试'],
  rate: [268490015, '频率限制'],
  leftFee: [268490016, 'left_fee 与实际不符'],
} as const satisfies Record<string, readonly [number, string]>;

/** The words of a refusal. */
export class XpayRefused extends Error {
  override readonly name = 'XpayRefused';
  readonly errcode: number;
  constructor(says: keyof typeof XPAY_SAYS, about = '') {
    const [errcode, errmsg] = XPAY_SAYS[says];
    super(about === '' ? errmsg : `${errmsg} ${about}`);
    this.errcode = errcode;
  }
}

/** 0: real money. 1: the sandbox. */
export const Env = z.union([z.literal(0), z.literal(1)]);
export type Env = z.infer<typeof Env>;

const Openid = z.string().min(1).max(128);
const WxNumber = z.string().min(1).max(64);
const OrderNumber = z.string().regex(/^(?!_)[0-9a-zA-Z_\-|*@]{8,32}$/);
/** The number of a payment or a refund. */
const AnyNumber = z.string().regex(/^[0-9a-zA-Z_\-|*@]{8,32}$/);
const Fee = z.int().min(1);
/** A day as `20260420`. */
const Date8 = z.int().min(20_200_101).max(20_991_231);
const GoodsId = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/);

/** A request names an order either by the merchant's number or by the platform's, never by both. */
function oneNumber(asked: {
  readonly order_id?: string | undefined;
  readonly wx_order_id?: string | undefined;
}) {
  return (asked.order_id === undefined) !== (asked.wx_order_id === undefined);
}

/** The schemas of the bodies, by path. */
export const BODIES = {
  '/xpay/query_order': z
    .strictObject({
      openid: Openid,
      env: Env,
      order_id: AnyNumber.optional(),
      wx_order_id: WxNumber.optional(),
    })
    .refine(oneNumber),
  '/xpay/notify_provide_goods': z
    .strictObject({ env: Env, order_id: OrderNumber.optional(), wx_order_id: WxNumber.optional() })
    .refine(oneNumber),
  '/xpay/refund_order': z
    .strictObject({
      openid: Openid,
      env: Env,
      order_id: OrderNumber.optional(),
      wx_order_id: WxNumber.optional(),
      refund_order_id: z.string().regex(/^[A-Za-z0-9_-]{8,32}$/),
      left_fee: Fee,
      refund_fee: Fee,
      biz_meta: z.string().max(1024).optional(),
      refund_reason: z.string().regex(/^[0-5]$/),
      req_from: z.string().regex(/^[1-3]$/),
    })
    .refine(oneNumber),
  '/xpay/start_upload_goods': z.strictObject({
    env: Env,
    upload_item: z
      .array(
        z.strictObject({
          id: GoodsId,
          name: z.string().min(1).max(20),
          price: Fee,
          remark: z.string().max(1024),
          item_url: z.url({ protocol: /^https?$/ }),
        }),
      )
      .length(1),
  }),
  '/xpay/query_upload_goods': z.strictObject({ env: Env }),
  '/xpay/start_publish_goods': z.strictObject({
    env: Env,
    publish_item: z.array(z.strictObject({ id: GoodsId })).length(1),
  }),
  '/xpay/query_publish_goods': z.strictObject({ env: Env }),
  '/xpay/start_download_order': z
    .strictObject({
      env: Env,
      begin_ds: Date8,
      end_ds: Date8,
      order_type: z.int().min(1).max(4),
      is_provided: z.boolean().optional(),
      refund_status: z.union([z.literal(0), z.literal(2), z.literal(4), z.literal(5)]).optional(),
      pay_channel: z.union([z.literal(1), z.literal(2)]),
    })
    .refine(({ order_type: type, is_provided: isProvided }) => type !== 2 || isProvided !== undefined)
    .refine(({ order_type: type, refund_status: status }) => type === 4 || status === undefined),
  '/xpay/query_download_order': z.strictObject({ env: Env, task_id: z.string().min(1) }),
} as const;

/** A call's path. */
export type XpayPath = keyof typeof BODIES;
/** A call's body. */
export type XpayBody<P extends XpayPath> = z.infer<(typeof BODIES)[P]>;

/** The signed data of a payment by phone. */
export const SignData = z.strictObject({
  offerId: z.string().regex(/^[0-9]+$/),
  buyQuantity: z.int().min(1),
  env: Env,
  currencyType: z.string(),
  productId: GoodsId,
  goodsPrice: Fee,
  activitySellingPrice: Fee.optional(),
  outTradeNo: OrderNumber,
  attach: z.string().max(128),
});
export type SignData = z.infer<typeof SignData>;

/** The parsed JSON of a text; null when it is not JSON. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Parses a body. @throws XpayRefused when it does not match the schema */
export function bodyOf<P extends XpayPath>(path: P, text: string): XpayBody<P> {
  const result = BODIES[path].safeParse(jsonOf(text));
  if (result.success) return result.data as XpayBody<P>;
  const [first] = result.error.issues;
  throw new XpayRefused('words', `${first?.path.join('.')} ${first?.message}`);
}
