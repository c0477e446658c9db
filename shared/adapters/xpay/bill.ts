/**
 * Days of virtual payment, order by order. Source: developers.weixin.qq.com, "下载支付订单", "查询下载订单任务": each list
 * is made by a task and then lies at an address for a while. What columns the file has is not documented; it is taken
 * to be a CSV that names them as `query_order` does, in fen and seconds, and one that lacks any of them is refused.
 */
import * as z from 'zod';
import { fail } from '../../errors.ts';
import type { BillRow } from '../../ports/rail.ts';
import { SECOND_MS, timeMs } from '../../schemas/base.ts';
import type { Day } from '../../schemas/books/journal.ts';
import type { Send } from '../http/request.ts';
import { type CallXpay, unclear, XPAY } from './call.ts';
import { refundStateOf } from './words.ts';

/** How lists are asked for and fetched. */
export interface XpayBillOptions {
  readonly call: CallXpay;
  readonly send: Send;
  /** Resolves after so long: a task takes time, and asking again at once would be of no use. */
  readonly pause: (ms: number) => Promise<void>;
}

const GOODS = 2;
const REFUNDS = 4;
const WECHAT = 1;
const APPLE = 2;
/** A list is of one kind, one channel and, of goods, of what was delivered or what was not. */
const LISTS = [WECHAT, APPLE].flatMap((pay_channel) => [
  { order_type: GOODS, is_provided: true, pay_channel },
  { order_type: GOODS, is_provided: false, pay_channel },
  { order_type: REFUNDS, refund_status: 0, pay_channel },
]);

const ASKED_MAX = 10;
const PAUSE_MS = 2 * SECOND_MS;
const DOWNLOAD_TIMEOUT_MS = 30 * SECOND_MS;
const FILE_BYTES_MAX = 64 * 1024 * 1024;

const Started = z.object({ task_id: z.string().min(1).max(128) });
const Task = z.object({ status: z.int().min(0).max(3), download_url: z.string().max(4096).default('') });
const MADE = 2;
const FAILED = 3;

const malformed = (detail: string, cause?: unknown) =>
  fail('pay.unavailable', { detail: `the list of orders: ${detail}`, cause });

const Whole = z
  .string()
  .regex(/^[0-9]{1,12}$/)
  .transform(Number);
const OrderNumber = z.string().regex(/^[0-9A-Za-z_\-|*@]{1,64}$/);
const shared = {
  wx_order_id: OrderNumber,
  order_id: OrderNumber,
  openid: z.string().max(128),
  status: Whole,
  paid_time: Whole.refine((seconds) => seconds > 0),
};
const PaymentLine = z.object({ ...shared, paid_fee: Whole, platform_fee_fen: Whole.or(z.literal('')) });
const RefundLine = z.object({
  ...shared,
  order_type: Whole,
  refund_fee: Whole,
  pay_order_id: OrderNumber,
  pay_wx_order_id: OrderNumber,
});

/** A refund that Apple made: its number is none of ours. */
const BY_APPLE = 8;

/** The values of one line; a value in quotes may hold commas and doubled quotes. */
function valuesOf(line: string): string[] {
  return Array.from(line.matchAll(/(?<=^|,)(?:"((?:[^"]|"")*)"|([^,"]*))(?=,|$)/g), ([, quoted, plain]) =>
    quoted === undefined ? (plain ?? '').trim() : quoted.replaceAll('""', '"'),
  );
}

/** The lines of a file, by the names in its first one. @throws pay.unavailable */
function linesOf<S extends z.ZodObject>(text: string, schema: S): z.output<S>[] {
  const [names = '', ...lines] = text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '');
  const columns = valuesOf(names);
  const missing = Object.keys(schema.shape).filter((name) => !columns.includes(name));
  if (missing.length > 0) throw malformed(`no column ${missing.join(', ')}`);
  return lines.map((line) => {
    const values = valuesOf(line);
    if (values.length !== columns.length) throw malformed(`a line of ${values.length} values`);
    const parsed = schema.safeParse(Object.fromEntries(columns.map((name, index) => [name, values[index]])));
    if (!parsed.success) throw malformed('a line that cannot be read', parsed.error);
    return parsed.data;
  });
}

function paymentRow(line: z.output<typeof PaymentLine>, isByApple: boolean): BillRow {
  return {
    kind: 'payment',
    transactionId: line.wx_order_id,
    orderNumber: line.order_id,
    refundId: null,
    amountFen: line.paid_fee,
    // Not known before the platform has settled with us.
    feeFen: line.platform_fee_fen === '' ? 0 : line.platform_fee_fen,
    state: 'success',
    currency: 'CNY',
    atMs: timeMs(line.paid_time * SECOND_MS),
    openid: line.openid === '' ? null : line.openid,
    isByApple,
  };
}

function refundRow(line: z.output<typeof RefundLine>): BillRow {
  return {
    kind: 'refund',
    transactionId: line.pay_wx_order_id,
    orderNumber: line.pay_order_id,
    refundId: line.order_type === BY_APPLE ? null : line.order_id,
    amountFen: line.refund_fee,
    feeFen: 0,
    state: refundStateOf(line),
    currency: 'CNY',
    atMs: timeMs(line.paid_time * SECOND_MS),
    openid: line.openid === '' ? null : line.openid,
  };
}

/** Where a list lies; null when it was not made in time. @throws pay.unavailable */
async function addressOf(
  options: XpayBillOptions,
  list: Readonly<Record<string, unknown>>,
): Promise<string | null> {
  const { call, pause } = options;
  const startPath = '/xpay/start_download_order';
  const answer = await call(startPath, list);
  if (answer.errcode === XPAY.generating) return null;
  const started = Started.safeParse(answer.json);
  if (answer.errcode !== XPAY.done || !started.success) throw unclear(startPath, answer);
  const path = '/xpay/query_download_order';
  for (let asked = 0; asked < ASKED_MAX; asked += 1) {
    if (asked > 0) await pause(PAUSE_MS);
    const told = await call(path, { task_id: started.data.task_id });
    if (told.errcode === XPAY.generating) continue;
    const task = Task.safeParse(told.json);
    if (told.errcode !== XPAY.done || !task.success) throw unclear(path, told);
    if (task.data.status === FAILED) throw malformed('its task failed');
    if (task.data.status === MADE) return task.data.download_url;
  }
  return null;
}

async function fetched(send: Send, url: string): Promise<string> {
  const answer = await send({
    method: 'GET',
    url,
    headers: {},
    body: '',
    timeoutMs: DOWNLOAD_TIMEOUT_MS,
    answerBytesMax: FILE_BYTES_MAX,
    // The cause is left out: the address opens the list for whoever has it.
  }).catch(() => {
    throw malformed('no answer');
  });
  if (answer.status !== 200) throw malformed(`status ${answer.status}`);
  return Buffer.from(answer.body).toString('utf8');
}

/** A day as the platform writes it. */
const dateOf = (day: Day | undefined) => Number(day?.replaceAll('-', ''));

/**
 * All that was paid and that went back on some days that follow each other; null when a list is not made yet. One list
 * is made after the other: the platform says of some tasks that another one is running.
 * @throws pay.unavailable
 */
export async function xpayBill(
  options: XpayBillOptions,
  days: readonly Day[],
): Promise<readonly BillRow[] | null> {
  const within = { begin_ds: dateOf(days[0]), end_ds: dateOf(days.at(-1)) };
  const rows: BillRow[] = [];
  for (const list of LISTS) {
    const url = await addressOf(options, { ...within, ...list });
    if (url === null) return null;
    const text = await fetched(options.send, url);
    rows.push(
      ...(list.order_type === GOODS
        ? linesOf(text, PaymentLine).map((line) => paymentRow(line, list.pay_channel === APPLE))
        : linesOf(text, RefundLine).map(refundRow)),
    );
  }
  return rows;
}
