/** Translates WeChat Pay's data into ours. Everything that comes from the wire is parsed here. */
import * as z from 'zod';
import { fail } from '../../errors.ts';
import type { PaymentNews, RefundNews } from '../../ports/rail.ts';
import { timeMs } from '../../schemas/base.ts';

const Text = z.string().max(256);
const Instant = z
  .string()
  .max(40)
  .transform((text, context) => {
    const atMs = Date.parse(text);
    if (!(atMs >= 0)) context.addIssue({ code: 'custom', message: 'no instant' });
    return atMs;
  });
const TransactionId = z.string().regex(/^[0-9A-Za-z_-]{1,64}$/);

/** A successful payment, in a notice or an answer. Unknown fields are ignored. */
const Transaction = z.object({
  appid: Text,
  mchid: Text,
  out_trade_no: Text,
  transaction_id: TransactionId,
  trade_state: z.literal('SUCCESS'),
  success_time: Instant,
  payer: z.object({ openid: Text }).optional(),
  amount: z.object({ total: z.int().min(0), currency: Text }),
});

/** The state of an order, whatever it is. */
export const TradeState = z.object({
  out_trade_no: Text,
  trade_state: z.enum(['SUCCESS', 'REFUND', 'NOTPAY', 'CLOSED', 'REVOKED', 'USERPAYING', 'PAYERROR']),
});

/** Reads the news of a payment. @throws notice.malformed */
export function paymentNewsOf(json: unknown): PaymentNews {
  const parsed = Transaction.safeParse(json);
  if (!parsed.success) throw fail('notice.malformed', { cause: parsed.error });
  const { data } = parsed;
  return {
    rail: 'wxpay',
    appid: data.appid,
    merchantId: data.mchid,
    orderNumber: data.out_trade_no,
    transactionId: data.transaction_id,
    state: 'success',
    totalFen: data.amount.total,
    currency: data.amount.currency,
    openid: data.payer?.openid ?? null,
    paidAtMs: timeMs(data.success_time),
    hasRefunds: false,
  };
}

const STATES = {
  PROCESSING: 'processing',
  SUCCESS: 'success',
  CLOSED: 'closed',
  ABNORMAL: 'abnormal',
} as const satisfies Record<string, RefundNews['state']>;

const RefundStatus = z.enum(['PROCESSING', 'SUCCESS', 'CLOSED', 'ABNORMAL']);
const refundFields = {
  out_refund_no: z.string().regex(/^[0-9A-Za-z_\-|*@]{1,64}$/),
  transaction_id: TransactionId,
  amount: z.object({ refund: z.int().min(0) }),
};
/** An answer calls the field `status`, a notice `refund_status`. */
const Refund = z.union([
  z.object({ ...refundFields, status: RefundStatus }),
  z.object({ ...refundFields, refund_status: RefundStatus }),
]);

/** Reads the news of a refund. @throws notice.malformed */
export function refundNewsOf(json: unknown): RefundNews {
  const parsed = Refund.safeParse(json);
  if (!parsed.success) throw fail('notice.malformed', { cause: parsed.error });
  const { data } = parsed;
  return {
    refundId: data.out_refund_no,
    state: STATES['status' in data ? data.status : data.refund_status],
    refundFen: data.amount.refund,
    transactionId: data.transaction_id,
  };
}

/** An instant in Beijing time, to the second: `2026-11-22T18:00:00+08:00`. */
export function rfc3339(atMs: number): string {
  return `${new Date(atMs + 8 * 3_600_000).toISOString().slice(0, 19)}+08:00`;
}

/** The start of a text that fits into `bytesMax` bytes of UTF-8, cut between characters. */
export function fitted(text: string, bytesMax: number): string {
  let bytes = 0;
  let end = 0;
  for (const character of text) {
    bytes += Buffer.byteLength(character);
    if (bytes > bytesMax) break;
    end += character.length;
  }
  return text.slice(0, end);
}
