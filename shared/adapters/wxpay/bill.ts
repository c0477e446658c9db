/**
 * WeChat Pay's bill of a day: downloaded, checked and parsed. Source: pay.weixin.qq.com, "申请交易账单". It is a CSV of
 * its own kind: a byte order mark, a backtick before each value instead of quotes, yuan with decimals, and two last
 * lines with sums. Columns are found by their names, because there are several layouts.
 */
import { createHash } from 'node:crypto';
import * as z from 'zod';
import { fail } from '../../errors.ts';
import type { Loop } from '../../ports/loop.ts';
import type { Bill, BillRow } from '../../ports/rail.ts';
import { HOUR_MS, type TimeMs, timeMs } from '../../schemas/base.ts';
import type { Day } from '../../schemas/books/journal.ts';
import type { UnreadableLine } from '../../schemas/books/reconciliation.ts';
import { refusedBy } from '../http/codes.ts';
import { linesIn, sha1Of } from '../process/lines.ts';
import type { WechatPayApi } from './api.ts';

const BEIJING_AHEAD_MS = 8 * HOUR_MS;

const NOTHING_HAPPENED = 'NO_STATEMENT_EXIST';
const NOT_MADE_YET = 'STATEMENT_CREATING';

const Named = z.object({
  hash_type: z.literal('SHA1'),
  hash_value: z.string().regex(/^[0-9a-fA-F]{40}$/),
  download_url: z.url().max(2048),
});

/**
 * The columns that are read, each with its possible names; the first that the head contains is used. The older
 * layout, for merchants without coupons of their own (免充值券), has one amount where the newer one has two.
 */
const COLUMNS = {
  at: ['交易时间'],
  appid: ['公众账号ID'],
  merchantId: ['商户号'],
  transactionId: ['微信订单号'],
  orderNumber: ['商户订单号'],
  openid: ['用户标识'],
  tradeState: ['交易状态'],
  currency: ['货币种类'],
  refundId: ['商户退款单号'],
  railsRefundId: ['微信退款单号'],
  refundState: ['退款状态'],
  fee: ['手续费'],
  paid: ['订单金额', '总金额'],
  back: ['申请退款金额', '退款金额'],
  paidSettled: ['应结订单金额', '订单金额', '总金额'],
  backSettled: ['退款金额', '申请退款金额'],
} as const satisfies Record<string, readonly string[]>;
type Column = keyof typeof COLUMNS;

/** The bill's own sums, each with its possible names. Each sums up the column of the same name. */
const SUMS = {
  count: ['总交易单数'],
  fee: ['手续费总金额'],
  paid: ['订单总金额', '总交易额'],
  back: ['申请退款总金额', '总退款金额'],
  paidSettled: ['应结订单总金额', '订单总金额', '总交易额'],
  backSettled: ['退款总金额', '总退款金额', '申请退款总金额'],
} as const satisfies Record<string, readonly string[]>;
type Sum = Exclude<keyof typeof SUMS, 'count'>;

/**
 * Which kind of line a sum is over. Amounts of payments do not count in the sums of refunds, and the other way
 * round.
 */
const SUM_IS_OF = {
  fee: null,
  paid: 'payment',
  paidSettled: 'payment',
  back: 'refund',
  backSettled: 'refund',
} as const satisfies Record<Sum, BillRow['kind'] | null>;
const SUM_NAMES = ['fee', 'paid', 'paidSettled', 'back', 'backSettled'] as const satisfies readonly Sum[];

/** Columns with free text of the merchant, which may contain what looks like the end of a value. */
const FREE_TEXTS: readonly string[] = ['商品名称', '商户数据包'];

const malformed = (detail: string) => fail('pay.unavailable', { detail: `the bill: ${detail}` });

/** An amount in yuan, in hundred-thousandths of a yuan, the precision of fees. Null when it is no amount. */
function preciseOf(yuan: string): number | null {
  const [, sign, whole = '', decimals = ''] = /^(-?)([0-9]{1,10})(?:\.([0-9]{1,5}))?$/.exec(yuan) ?? [];
  if (sign === undefined) return null;
  const precise = Number(whole + decimals.padEnd(5, '0'));
  return sign === '-' ? 0 - precise : precise;
}

const PER_FEN = 1_000;

/** The nearest fen; halves are rounded away from zero. */
function roundedFen(precise: number): number {
  const fen = Math.floor((Math.abs(precise) + PER_FEN / 2) / PER_FEN);
  return precise < 0 ? 0 - fen : fen;
}

/** The amount in whole fen. Null when it is negative, or has a fraction of a fen. */
function fenOf(precise: number | null): number | null {
  return precise === null || precise < 0 || precise % PER_FEN !== 0 ? null : precise / PER_FEN;
}

/** An amount in yuan that is whole fen, in the unit of `preciseOf`. Null for anything else. */
function moneyOf(yuan: string): number | null {
  const precise = preciseOf(yuan);
  return fenOf(precise) === null ? null : precise;
}

const NUMBER = /^[0-9A-Za-z_-]{1,64}$/;
const REFUND_NUMBER = /^[0-9A-Za-z_|*@-]{0,64}$/;

/** The values of a line, each of which begins with a backtick. Null when the line does not begin with one. */
function valuesOf(line: string): readonly string[] | null {
  const [first = '', ...others] = line.trimEnd().split(',`');
  return first.startsWith('`') ? [first.slice(1), ...others] : null;
}

/** The column names in a head line. Some bills have backticks before them, others not. */
function namesOf(head: string): readonly string[] {
  return head.replaceAll('`', '').trim().split(',');
}

/** The position of each column, by the names in the head. @throws pay.unavailable when one is missing */
function positionsOf<C extends string>(
  names: readonly string[],
  columns: Readonly<Record<C, readonly string[]>>,
): Readonly<Record<C, number>> {
  const positions = {} as Record<C, number>;
  for (const column in columns) {
    const name = columns[column].find((each) => names.includes(each));
    if (name === undefined) throw malformed(`no column ${columns[column][0]}`);
    if (names.indexOf(name) !== names.lastIndexOf(name)) throw malformed(`two columns ${name}`);
    positions[column] = names.indexOf(name);
  }
  return positions;
}

type Cells = Readonly<Record<Column, string>>;

/**
 * How the lines under a head are split into cells. Only the merchant's own texts may contain what looks like the end
 * of a value. So columns before them are counted from the left, and columns after them from the right.
 */
function cellsBy(names: readonly string[]): (line: string) => Cells | null {
  const positions = positionsOf(names, COLUMNS);
  const texts = FREE_TEXTS.map((name) => names.indexOf(name)).filter((at) => at >= 0);
  const lastText = Math.max(...texts);
  return (line) => {
    const values = valuesOf(line);
    const more = (values?.length ?? 0) - names.length;
    if (values === null || more < 0 || (more > 0 && texts.length === 0)) return null;
    const cells = {} as Record<Column, string>;
    for (const column in positions) {
      const at = positions[column as Column];
      cells[column as Column] = values[at > lastText ? at + more : at] ?? '';
    }
    return cells;
  };
}

/** A line of a bill: its row, or what could be read of it. */
interface Line {
  readonly row: BillRow | null;
  readonly unreadable: UnreadableLine | null;
  /** Null for a line with too few values. */
  readonly kind: BillRow['kind'] | null;
  readonly appid: string | null;
  readonly merchantId: string | null;
  /** The amounts for the sums, in hundred-thousandths of a yuan; null when unreadable. */
  readonly amounts: Readonly<Record<Sum, number | null>>;
}

const REFUND_STATES: Readonly<Record<string, BillRow['state']>> = {
  SUCCESS: 'success',
  PROCESSING: 'processing',
  CHANGE: 'abnormal',
  FAIL: 'closed',
  FAILED: 'closed',
  CLOSED: 'closed',
};

function instantOf(text: string): TimeMs | null {
  const isInstant = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(text);
  const atMs = isInstant ? Date.parse(`${text.replace(' ', 'T')}Z`) : Number.NaN;
  return Number.isNaN(atMs) ? null : timeMs(atMs - BEIJING_AHEAD_MS);
}

const WORDS_MAX = 64;

/** The description of an unreadable line, for staff. The same line always has the same `about`. */
function unreadableOf(
  text: string,
  words: string,
  cells: Cells | null,
  amount: number | null,
): UnreadableLine {
  const number = (value = '') => (NUMBER.test(value) ? value : null);
  return {
    about: createHash('sha256').update(text).digest('hex').slice(0, 32),
    transactionId: number(cells?.transactionId),
    orderNumber: number(cells?.orderNumber),
    refundId: cells?.refundId === '0' ? null : number(cells?.refundId),
    billFen: fenOf(amount),
    bill: words.slice(0, WORDS_MAX),
  };
}

/** A payment or refund; or the unreadable column, as its name and content. */
function rowOf(cells: Cells, kind: BillRow['kind'], amounts: Line['amounts']): BillRow | string {
  const { transactionId, orderNumber, tradeState, refundState, currency, openid } = cells;
  // A refund made by hand may lack a merchant's number. Then the rail's own number is used.
  const refundId = ['', '0'].includes(cells.refundId) ? cells.railsRefundId : cells.refundId;
  const isRefund = kind === 'refund';
  const [amount, settled]: readonly [Sum, Sum] = isRefund ? ['back', 'backSettled'] : ['paid', 'paidSettled'];
  const state = isRefund ? REFUND_STATES[refundState] : tradeState === 'SUCCESS' ? 'success' : undefined;
  const odd = (column: Column) => `${COLUMNS[column][0]} ${cells[column]}`;
  if (!NUMBER.test(transactionId)) return odd('transactionId');
  if (!REFUND_NUMBER.test(refundId)) return odd('refundId');
  if (state === undefined) return odd(isRefund ? 'refundState' : 'tradeState');
  const [amountFen, settledFen, atMs] = [
    fenOf(amounts[amount]),
    fenOf(amounts[settled]),
    instantOf(cells.at),
  ];
  if (amountFen === null) return odd(amount);
  if (settledFen === null || settledFen > amountFen) return odd(settled);
  if (amounts.fee === null) return odd('fee');
  if (atMs === null) return odd('at');
  return {
    kind,
    transactionId,
    orderNumber,
    refundId: isRefund && refundId !== '' && refundId !== '0' ? refundId : null,
    amountFen,
    settledFen,
    feeFen: roundedFen(amounts.fee),
    state,
    currency,
    atMs,
    openid: openid === '' ? null : openid,
  };
}

const NO_AMOUNTS = { fee: null, paid: null, back: null, paidSettled: null, backSettled: null } as const;

function lineOf(text: string, cells: Cells | null): Line {
  if (cells === null) {
    const unreadable = unreadableOf(text, '列数不符', null, null);
    return { row: null, unreadable, kind: null, appid: null, merchantId: null, amounts: NO_AMOUNTS };
  }
  const kind = cells.tradeState === 'REFUND' ? 'refund' : 'payment';
  const { appid, merchantId } = cells;
  const amounts = {
    fee: preciseOf(cells.fee),
    paid: moneyOf(cells.paid),
    back: moneyOf(cells.back),
    paidSettled: moneyOf(cells.paidSettled),
    backSettled: moneyOf(cells.backSettled),
  };
  const row = rowOf(cells, kind, amounts);
  const known = { kind, appid, merchantId, amounts } as const;
  if (typeof row !== 'string') return { ...known, row, unreadable: null };
  const amount = kind === 'refund' ? amounts.back : amounts.paid;
  return { ...known, row: null, unreadable: unreadableOf(text, row, cells, amount) };
}

/** What the lines of a bill come to. It is added up while they are read, so that no work is left for the end. */
interface Totals {
  lines: number;
  /** How many of the lines have enough values. */
  whole: number;
  /** The readable amounts of each sum, and whether others are unreadable. */
  readonly sums: Readonly<Record<Sum, { read: number; isOpen: boolean }>>;
}

const nothingYet = (): Totals => ({
  lines: 0,
  whole: 0,
  sums: {
    fee: { read: 0, isOpen: false },
    paid: { read: 0, isOpen: false },
    paidSettled: { read: 0, isOpen: false },
    back: { read: 0, isOpen: false },
    backSettled: { read: 0, isOpen: false },
  },
});

function add(totals: Totals, { kind, amounts }: Line): void {
  totals.lines += 1;
  if (kind !== null) totals.whole += 1;
  for (const name of SUM_NAMES) {
    const of = SUM_IS_OF[name];
    if (of !== null && kind !== null && kind !== of) continue;
    const amount = amounts[name];
    if (amount === null) totals.sums[name].isOpen = true;
    else totals.sums[name].read += amount;
  }
}

/**
 * Compares the lines with the bill's own sums. A sum with unreadable amounts cannot be compared exactly: the
 * readable ones must not exceed it. A line with too few values may be part of another one, when a text contained a
 * line break and a backtick.
 * @throws pay.unavailable when lines are missing or surplus, or the amounts differ
 */
function check({ lines, whole, sums }: Totals, cells: Readonly<Record<keyof typeof SUMS, string>>): void {
  // The number of lines has decimals too: `45.0`.
  const count = preciseOf(cells.count);
  const isCounted =
    count !== null &&
    count <= lines * 100_000 &&
    (whole < lines ? count > whole * 100_000 : count === whole * 100_000);
  if (!isCounted) throw malformed('its lines are more or fewer');
  for (const name of SUM_NAMES) {
    const sum = preciseOf(cells[name]);
    const { read, isOpen } = sums[name];
    // Fees may be negative, so an open sum of fees has no bound. Payments and refunds cannot be negative.
    const isRight = sum !== null && (isOpen ? SUM_IS_OF[name] === null || read <= sum : read === sum);
    if (!isRight) throw malformed(`its sums are others: ${SUMS[name][0]}`);
  }
}

const BACKTICK = '`'.charCodeAt(0);
const SUMS_BEGIN = Buffer.from(SUMS.count[0]);

/** Lines begin with a backtick, so a line break inside a text does not begin a new line. */
function isBeginning(bytes: Buffer, at: number): boolean {
  return bytes[at] === BACKTICK || bytes.subarray(at, at + SUMS_BEGIN.length).equals(SUMS_BEGIN);
}

/**
 * Parses a bill into its lines, unreadable ones included.
 * @throws pay.unavailable when the bill is incomplete
 */
export async function readBill(bytes: Uint8Array, loop: Loop): Promise<readonly Line[]> {
  const texts = linesIn(bytes, loop, isBeginning);
  const head = await texts.next();
  const cellsOf = cellsBy(namesOf(head.value ?? ''));
  const lines: Line[] = [];
  const totals = nothingYet();
  // The last two are the sums.
  const ahead: string[] = [];
  for await (const text of texts) {
    ahead.push(text);
    const before = ahead.length > 2 ? ahead.shift() : undefined;
    if (before === undefined) continue;
    const line = lineOf(before, cellsOf(before));
    add(totals, line);
    lines.push(line);
  }
  const [sumHead = '', sumLine = ''] = ahead;
  const positions = positionsOf(namesOf(sumHead), SUMS);
  const sums = valuesOf(sumLine) ?? [];
  const sumOf = (name: keyof typeof SUMS) => sums[positions[name]] ?? '';
  check(totals, {
    count: sumOf('count'),
    fee: sumOf('fee'),
    paid: sumOf('paid'),
    back: sumOf('back'),
    paidSettled: sumOf('paidSettled'),
    backSettled: sumOf('backSettled'),
  });
  return lines;
}

/** One app's money with one merchant, and how its bills are fetched and read. */
interface BillOptions {
  readonly api: Pick<WechatPayApi, 'call' | 'download'>;
  readonly loop: Loop;
  readonly appid: string;
  readonly merchantId: string;
}

async function tradeBill({ api, loop, ...ours }: BillOptions, day: Day): Promise<Bill | null> {
  const path = `/v3/bill/tradebill?bill_date=${day}&bill_type=ALL`;
  const answer = await api.call({ endpoint: 'bill', method: 'GET', path, body: null, success: 200 });
  if (answer.code === NOTHING_HAPPENED) return { rows: [], unreadable: [] };
  if (answer.code === NOT_MADE_YET) return null;
  if (answer.refusal !== null) throw refusedBy(answer.refusal);
  const named = Named.safeParse(answer.json);
  if (!named.success) throw malformed('where it lies cannot be read');
  // Whatever host the answer names, our signed request goes only to WeChat Pay's.
  const { pathname, search } = new URL(named.data.download_url);
  const file = await api.download(pathname + search);
  if ((await sha1Of(file, loop)) !== named.data.hash_value.toLowerCase())
    throw malformed('its digest is another');
  const rows: BillRow[] = [];
  const unreadable: UnreadableLine[] = [];
  for (const line of await readBill(file, loop)) {
    // A line that does not even say whose it is may be ours.
    const isOurs =
      (line.appid ?? ours.appid) === ours.appid && (line.merchantId ?? ours.merchantId) === ours.merchantId;
    if (!isOurs) continue;
    if (line.row !== null) rows.push(line.row);
    if (line.unreadable !== null) unreadable.push(line.unreadable);
  }
  return { rows, unreadable };
}

/**
 * What our mini-program's orders brought in and gave back on some days; null when a bill is not available yet. The
 * files themselves are not signed, but their digests are in signed answers. An unreadable line does not affect the
 * others.
 * @throws pay.unavailable when there is no clear answer, and for a wrong or incomplete file
 */
export async function tradeBills(options: BillOptions, days: readonly Day[]): Promise<Bill | null> {
  const bills: Bill[] = [];
  for (const day of days) {
    const bill = await tradeBill(options, day);
    if (bill === null) return null;
    bills.push(bill);
  }
  return {
    rows: bills.flatMap(({ rows }) => rows),
    unreadable: bills.flatMap(({ unreadable }) => unreadable),
  };
}
