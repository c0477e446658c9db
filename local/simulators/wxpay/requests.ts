/**
 * The requests that simulated WeChat Pay accepts. They are strict, so that a field which the real one would refuse is
 * refused here first.
 */
import * as z from 'zod';
import { Refused } from './wire.ts';

const bytesMax = (max: number) => z.string().refine((text) => Buffer.byteLength(text) <= max);
const Instant = z.iso.datetime({ offset: true, local: false });
const NotifyUrl = z
  .url({ protocol: /^https?$/ })
  .max(255)
  .regex(/^[^?#]+$/);
const OrderNumber = z.string().regex(/^[0-9A-Za-z_\-|*]{6,32}$/);
const Currency = z.literal('CNY').default('CNY');

/** `POST /v3/pay/transactions/jsapi`. */
export const Prepay = z.strictObject({
  appid: z.string().min(1).max(32),
  mchid: z.string().min(1).max(32),
  description: bytesMax(127).min(1),
  out_trade_no: OrderNumber,
  time_expire: Instant.optional(),
  attach: bytesMax(127).optional(),
  notify_url: NotifyUrl,
  amount: z.strictObject({ total: z.int().min(1).max(1_000_000_000), currency: Currency }),
  payer: z.strictObject({ openid: z.string().min(1).max(128) }),
});
export type Prepay = z.infer<typeof Prepay>;

/** `POST …/close`. */
export const Close = z.strictObject({ mchid: z.string() });

/** `POST /v3/refund/domestic/refunds`, for a transaction. */
export const Refund = z.strictObject({
  transaction_id: z.string().min(1).max(32),
  out_refund_no: z.string().regex(/^[0-9A-Za-z_\-|*@]{1,64}$/),
  reason: bytesMax(80).optional(),
  notify_url: NotifyUrl.optional(),
  amount: z.strictObject({ refund: z.int().min(1), total: z.int().min(1), currency: Currency }),
});
export type Refund = z.infer<typeof Refund>;

/** Parses a body. @throws Refused PARAM_ERROR when it does not match the schema */
export function parsed<S extends z.ZodType>(schema: S, body: Uint8Array): z.output<S> {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    throw new Refused(400, 'PARAM_ERROR', '请求体不是合法的JSON');
  }
  const result = schema.safeParse(json);
  if (result.success) return result.data;
  const [first] = result.error.issues;
  throw new Refused(400, 'PARAM_ERROR', `参数错误：${first?.path.join('.')} ${first?.message}`);
}
