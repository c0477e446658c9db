/**
 * Virtual payment's orders of some days. Source: developers.weixin.qq.com, "下载支付订单", "查询下载订单任务": each list is made
 * by a task and is then available at an address for a while. The columns of the file are not documented. We take it
 * for a CSV with the field names of `query_order`, amounts in fen and times in seconds, and refuse a file that lacks
 * a column. An unreadable line is reported by itself and does not affect the others.
 */
import { createHash } from 'node:crypto';
import * as z from 'zod';
import { fail } from '../../errors.ts';
import type { Loop } from '../../ports/loop.ts';
import type { Bill, BillRow } from '../../ports/rail.ts';
import { SECOND_MS, timeMs } from '../../schemas/base.ts';
import type { Day } from '../../schemas/books/journal.ts';
import type { UnreadableLine } from '../../schemas/books/reconciliation.ts';
import type { Send } from '../http/request.ts';
import { linesIn } from '../process/lines.ts';
import { type CallXpay, unclear, XPAY } from './call.ts';
import { refundStateOf } from './words.ts';

/** How lists are requested and fetched. */
export interface XpayBillOptions {
  readonly call: CallXpay;
  readonly send: Send;
  /**
   * The origins that lists may be fetched from, such as `https://api.weixin.qq.com`. An address elsewhere is
   * refused.
   */
  readonly listOrigins: readonly string[];
  /** Resolves after `ms` milliseconds. A task takes time, so asking again at once would be useless. */
  readonly pause: (ms: number) => Promise<void>;
  /** Reading a list yields to it. */
  readonly loop: Loop;
}

const GOODS = 2;
const REFUNDS = 4;
const WECHAT = 1;
const APPLE = 2;
/**
 * The lists of a day: each is of one kind and one channel; lists of goods are also split by delivered and
 * undelivered.
 */
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
const Task = z.object({ status: z.int().min(0).max(3), download_url: z.string().max(4096).nullish() });
const MADE = 2;
const FAILED = 3;

const malformed = (detail: string) => fail('pay.unavailable', { detail: `the list of orders: ${detail}` });

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
const PaymentLine = z.object({
  ...shared,
  paid_fee: Whole,
  coupon_fee: Whole,
  platform_fee_fen: Whole.or(z.literal('')),
});
const RefundLine = z.object({
  ...shared,
  order_type: Whole,
  refund_fee: Whole,
  pay_order_id: OrderNumber,
  pay_wx_order_id: OrderNumber,
});

/** A refund that Apple made. It has only the platform's number. */
const BY_APPLE = 8;

/** The values of one line. A quoted value may contain commas and doubled quotes. */
function valuesOf(line: string): string[] {
  return Array.from(line.matchAll(/(?<=^|,)(?:"((?:[^"]|"")*)"|([^,"]*))(?=,|$)/g), ([, quoted, plain]) =>
    quoted === undefined ? (plain ?? '').trim() : quoted.replaceAll('""', '"'),
  );
}

type Words = Readonly<Record<string, string | undefined>>;

/** A parsed line; or an unreadable one with its named values. */
type Read<L> =
  | { readonly line: L }
  | { readonly words: Words; readonly problem: string; readonly text: string };

/** The lines of a file, by the column names in its first line. @throws pay.unavailable when a column is missing */
async function* linesOf<S extends z.ZodObject>(
  file: Uint8Array,
  schema: S,
  loop: Loop,
): AsyncGenerator<Read<z.output<S>>> {
  let columns: readonly string[] | null = null;
  for await (const text of linesIn(file, loop)) {
    if (text.trim() === '') continue;
    const values = valuesOf(text);
    if (columns === null) columns = refuseMissing(schema, values);
    else yield readOf(text, values, columns, schema);
  }
  if (columns === null) refuseMissing(schema, []);
}

/** The columns. @throws pay.unavailable when one of the schema is missing */
function refuseMissing(schema: z.ZodObject, columns: readonly string[]): readonly string[] {
  const missing = Object.keys(schema.shape).filter((name) => !columns.includes(name));
  if (missing.length > 0) throw malformed(`no column ${missing.join(', ')}`);
  return columns;
}

function readOf<S extends z.ZodObject>(
  text: string,
  values: readonly string[],
  columns: readonly string[],
  schema: S,
): Read<z.output<S>> {
  if (values.length !== columns.length) return { words: {}, problem: '列数不符', text };
  const words: Words = Object.fromEntries(columns.map((name, index) => [name, values[index]]));
  const parsed = schema.safeParse(words);
  if (parsed.success) return { line: parsed.data };
  const column = String(parsed.error.issues[0]?.path[0]);
  return { words, problem: `${column} ${words[column]}`, text };
}

const WORDS_MAX = 64;

/** The description of an unreadable line, for staff. `columns` names the columns of its numbers and its amount. */
function unreadableOf(
  { words, problem, text }: Exclude<Read<unknown>, { line: unknown }>,
  columns: Readonly<Record<'transaction' | 'order' | 'refund' | 'amount', string>>,
): UnreadableLine {
  const number = (name: string) => OrderNumber.safeParse(words[name]).data ?? null;
  return {
    about: createHash('sha256').update(text).digest('hex').slice(0, 32),
    transactionId: number(columns.transaction),
    orderNumber: number(columns.order),
    refundId: number(columns.refund),
    billFen: Whole.safeParse(words[columns.amount]).data ?? null,
    bill: problem.slice(0, WORDS_MAX),
  };
}

const PAYMENT_COLUMNS = {
  transaction: 'wx_order_id',
  order: 'order_id',
  refund: '',
  amount: 'paid_fee',
} as const;
const REFUND_COLUMNS = {
  transaction: 'pay_wx_order_id',
  order: 'pay_order_id',
  refund: 'order_id',
  amount: 'refund_fee',
} as const;

function paymentRow(line: z.output<typeof PaymentLine>, isByApple: boolean): BillRow {
  return {
    kind: 'payment',
    transactionId: line.wx_order_id,
    orderNumber: line.order_id,
    refundId: null,
    // A discount of the platform's own is paid by the platform, so it counts as paid.
    amountFen: line.paid_fee + line.coupon_fee,
    settledFen: line.paid_fee + line.coupon_fee,
    // Unknown until the platform has settled with us.
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
    refundId: line.order_type === BY_APPLE ? line.wx_order_id : line.order_id,
    amountFen: line.refund_fee,
    settledFen: line.refund_fee,
    feeFen: 0,
    state: refundStateOf(line),
    currency: 'CNY',
    atMs: timeMs(line.paid_time * SECOND_MS),
    openid: line.openid === '' ? null : line.openid,
  };
}

/** The address of a list; null when it was not made in time. @throws pay.unavailable */
async function addressOf(
  options: XpayBillOptions,
  list: Readonly<Record<string, unknown>>,
): Promise<string | null> {
  const { call, pause } = options;
  const startPath = '/xpay/start_download_order';
  const answer = await call(startPath, list);
  if (answer.refusal?.code === XPAY.generating) return null;
  const started = Started.safeParse(answer.json);
  if (answer.refusal !== null || !started.success) throw unclear(startPath, answer);
  const path = '/xpay/query_download_order';
  for (let asked = 0; asked < ASKED_MAX; asked += 1) {
    if (asked > 0) await pause(PAUSE_MS);
    const told = await call(path, { task_id: started.data.task_id });
    if (told.refusal?.code === XPAY.generating) continue;
    const task = Task.safeParse(told.json);
    if (told.refusal !== null || !task.success) throw unclear(path, told);
    if (task.data.status === FAILED) throw malformed('its task failed');
    if (task.data.status !== MADE) continue;
    if (!task.data.download_url) throw malformed('it was made, and nobody says where it lies');
    return task.data.download_url;
  }
  return null;
}

/** The address to request. @throws pay.unavailable when it is invalid, or of an origin that is not configured */
function allowed(url: string, origins: readonly string[]): string {
  if (!URL.canParse(url)) throw malformed('its address is none');
  const { origin, href } = new URL(url);
  // The log shows the origin, so that an operator can judge it. The rest of the address is left out, because it
  // gives access to the list.
  if (!origins.includes(origin)) throw malformed(`it lies at ${origin.slice(0, 100)}`);
  return href;
}

async function fetched({ send, listOrigins }: XpayBillOptions, url: string): Promise<Uint8Array> {
  const answer = await send({
    method: 'GET',
    url: allowed(url, listOrigins),
    headers: {},
    body: '',
    timeoutMs: DOWNLOAD_TIMEOUT_MS,
    answerBytesMax: FILE_BYTES_MAX,
    // The cause is left out, because the address gives access to the list.
  }).catch(() => {
    throw malformed('no answer');
  });
  if (answer.status !== 200) throw malformed(`status ${answer.status}`);
  return answer.body;
}

/** A day in the platform's format: 20261122. */
const dateOf = (day: Day | undefined) => Number(day?.replaceAll('-', ''));

/** The rows of one list, and its unreadable lines. @throws pay.unavailable */
async function billOf(
  file: Uint8Array,
  { order_type, pay_channel }: (typeof LISTS)[number],
  loop: Loop,
): Promise<Bill> {
  const rows: BillRow[] = [];
  const unreadable: UnreadableLine[] = [];
  if (order_type === GOODS) {
    for await (const each of linesOf(file, PaymentLine, loop)) {
      if ('line' in each) rows.push(paymentRow(each.line, pay_channel === APPLE));
      else unreadable.push(unreadableOf(each, PAYMENT_COLUMNS));
    }
  } else {
    for await (const each of linesOf(file, RefundLine, loop)) {
      if ('line' in each) rows.push(refundRow(each.line));
      else unreadable.push(unreadableOf(each, REFUND_COLUMNS));
    }
  }
  return { rows, unreadable };
}

/**
 * Everything paid and refunded on some consecutive days; null when a list is not made yet. The lists are made one
 * after another, because the platform runs only one task of some kinds at a time.
 * @throws pay.unavailable
 */
export async function xpayBill(options: XpayBillOptions, days: readonly Day[]): Promise<Bill | null> {
  const within = { begin_ds: dateOf(days[0]), end_ds: dateOf(days.at(-1)) };
  const bills: Bill[] = [];
  for (const list of LISTS) {
    const url = await addressOf(options, { ...within, ...list });
    if (url === null) return null;
    bills.push(await billOf(await fetched(options, url), list, options.loop));
  }
  return {
    rows: bills.flatMap(({ rows }) => rows),
    unreadable: bills.flatMap(({ unreadable }) => unreadable),
  };
}
