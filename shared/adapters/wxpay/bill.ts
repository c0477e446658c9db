/**
 * WeChat Pay's bill of a day: downloaded, checked, and read. Source: pay.weixin.qq.com, "申请交易账单". It is a CSV of
 * its own kind: a byte order mark, a backtick before each value instead of quotes, yuan with decimals, and two last
 * lines with its sums.
 */
import { createHash } from 'node:crypto';
import * as z from 'zod';
import { fail } from '../../errors.ts';
import type { BillRow } from '../../ports/rail.ts';
import { HOUR_MS, timeMs } from '../../schemas/base.ts';
import type { Day } from '../../schemas/books/journal.ts';
import type { WechatPayApi } from './api.ts';

const BEIJING_AHEAD_MS = 8 * HOUR_MS;

const NOTHING_HAPPENED = 'NO_STATEMENT_EXIST';
const NOT_MADE_YET = 'STATEMENT_CREATING';

const Named = z.object({
  hash_type: z.literal('SHA1'),
  hash_value: z.string().regex(/^[0-9a-fA-F]{40}$/),
  download_url: z.url().max(2048),
});

const COLUMNS =
  '交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,' +
  '应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,' +
  '手续费,费率,订单金额,申请退款金额,费率备注';
const SUM_COLUMNS =
  '总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额';
/** How many columns stand before the two whose text is the merchant's own, and may look like anything. */
const COLUMNS_BEFORE = 20;
const COLUMNS_AFTER = 5;

const malformed = (detail: string) => fail('pay.unavailable', { detail: `the bill: ${detail}` });

/** Yuan with decimals, as an integer in hundred-thousandths of a yuan: what a fee is counted in. @throws pay.unavailable */
function preciseOf(yuan: string): number {
  const [, sign, whole = '', decimals = ''] = /^(-?)([0-9]{1,10})(?:\.([0-9]{1,5}))?$/.exec(yuan) ?? [];
  if (sign === undefined) throw malformed(`no amount: ${yuan.slice(0, 20)}`);
  const precise = Number(whole + decimals.padEnd(5, '0'));
  return sign === '-' ? 0 - precise : precise;
}

const PER_FEN = 1_000;

/** The nearest fen, halves away from zero. */
function roundedFen(precise: number): number {
  const fen = Math.floor((Math.abs(precise) + PER_FEN / 2) / PER_FEN);
  return precise < 0 ? 0 - fen : fen;
}

/** Yuan with decimals, in whole fen. @throws pay.unavailable when there is less than a fen in it */
function fenOf(yuan: string): number {
  const precise = preciseOf(yuan);
  if (precise % PER_FEN !== 0) throw malformed(`less than a fen: ${yuan}`);
  return precise / PER_FEN;
}

/** The values of a line. Only the two texts of the merchant may hold what looks like the end of a value. */
function valuesOf(line: string, count: number): string[] {
  const values = line.trimEnd().split(',`');
  const [first = ''] = values;
  if (!first.startsWith('`') || values.length < count) throw malformed(`a line of ${values.length} values`);
  return [first.slice(1), ...values.slice(1)];
}

const NUMBER = /^[0-9A-Za-z_-]{1,64}$/;
const REFUND_NUMBER = /^[0-9A-Za-z_|*@-]{0,64}$/;

interface Line {
  /** Null for what no order of ours can become: something that another program of the same merchant sold, undone. */
  readonly row: BillRow | null;
  /** What the line says it is. */
  readonly says: string;
  readonly kind: BillRow['kind'];
  readonly amountFen: number;
  readonly appid: string;
  readonly merchantId: string;
  /** In hundred-thousandths of a yuan. */
  readonly fee: number;
}

const REFUND_STATES: Readonly<Record<string, BillRow['state']>> = {
  SUCCESS: 'success',
  PROCESSING: 'processing',
  CHANGE: 'abnormal',
  FAIL: 'closed',
  FAILED: 'closed',
  CLOSED: 'closed',
};

function instantOf(text: string): BillRow['atMs'] {
  const atMs = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(text)
    ? Date.parse(`${text.replace(' ', 'T')}Z`)
    : Number.NaN;
  if (Number.isNaN(atMs)) throw malformed(`no instant: ${text.slice(0, 20)}`);
  return timeMs(atMs - BEIJING_AHEAD_MS);
}

function lineOf(text: string): Line {
  const values = valuesOf(text, COLUMNS_BEFORE + 2 + COLUMNS_AFTER);
  const before = values.slice(0, COLUMNS_BEFORE);
  const [at = '', appid = '', merchantId = '', , , transactionId = '', orderNumber = '', openid = ''] =
    before;
  const [, tradeState = '', , currency = ''] = before.slice(8);
  const [refundId = '', , , , refundState = ''] = before.slice(15);
  const [feeYuan = '', , orderYuan = '', refundYuan = ''] = values.slice(-COLUMNS_AFTER);
  const isRefund = tradeState === 'REFUND';
  const state = isRefund ? REFUND_STATES[refundState] : tradeState === 'SUCCESS' ? 'success' : undefined;
  if (!NUMBER.test(transactionId) || !REFUND_NUMBER.test(refundId))
    throw malformed('a number of another shape');
  const fee = preciseOf(feeYuan);
  const kind = isRefund ? 'refund' : 'payment';
  const amountFen = fenOf(isRefund ? refundYuan : orderYuan);
  const known = { says: `${tradeState} ${refundState}`, kind, amountFen, appid, merchantId, fee } as const;
  if (state === undefined) return { ...known, row: null };
  const row: BillRow = {
    kind,
    transactionId,
    orderNumber,
    refundId: isRefund && refundId !== '' && refundId !== '0' ? refundId : null,
    amountFen,
    feeFen: roundedFen(fee),
    state,
    currency,
    atMs: instantOf(at),
    openid: openid === '' ? null : openid,
  };
  return { ...known, row };
}

/** Compares the lines with the bill's own sums. @throws pay.unavailable */
function check(lines: readonly Line[], sums: readonly string[]): void {
  const [count = '', , , , fee = '', orders = '', refunds = ''] = sums;
  const total = (kind: BillRow['kind']) =>
    lines.reduce((sum, line) => sum + (line.kind === kind ? line.amountFen : 0), 0);
  const fees = lines.reduce((sum, line) => sum + line.fee, 0);
  // The number of lines is written with decimals too: `45.0`.
  const isWhole =
    preciseOf(count) === lines.length * 100_000 &&
    preciseOf(fee) === fees &&
    fenOf(orders) === total('payment') &&
    fenOf(refunds) === total('refund');
  if (!isWhole) throw malformed('its sums are others');
}

/**
 * Reads a bill. Lines begin with a backtick, so that a text with a line's end in it does not begin one.
 * @throws pay.unavailable for what is no whole bill
 */
export function readBill(bytes: Uint8Array): readonly Omit<Line, 'fee'>[] {
  const text = Buffer.from(bytes)
    .toString('utf8')
    .replace(/^\uFEFF/, '');
  const [head = '', ...rest] = text.split(/\r?\n(?=`|总交易单数)/);
  const [sumHead = '', sums = ''] = rest.slice(-2);
  // The names of columns come with backticks in some bills, and without in others.
  const isNamed = (line: string, names: string) => line.replaceAll('`', '').trim() === names;
  if (!isNamed(head, COLUMNS) || !isNamed(sumHead, SUM_COLUMNS)) throw malformed('its columns are others');
  const lines = rest.slice(0, -2).map(lineOf);
  check(lines, valuesOf(sums, SUM_COLUMNS.split(',').length));
  return lines;
}

/** One program's money with one merchant. */
interface Ours {
  readonly appid: string;
  readonly merchantId: string;
}

async function tradeBill(api: WechatPayApi, ours: Ours, day: Day): Promise<readonly BillRow[] | null> {
  const path = `/v3/bill/tradebill?bill_date=${day}&bill_type=ALL`;
  const answer = await api.call({ endpoint: 'bill', method: 'GET', path, body: null });
  if (answer.code === NOTHING_HAPPENED) return [];
  if (answer.code === NOT_MADE_YET) return null;
  const named = Named.safeParse(answer.json);
  if (!named.success) throw malformed(`${answer.status} ${answer.code ?? 'cannot be read'}`);
  // Whatever host it names, what we sign goes to WeChat Pay's alone.
  const { pathname, search } = new URL(named.data.download_url);
  const file = await api.download(pathname + search);
  const digest = createHash('sha1').update(file).digest('hex');
  if (digest !== named.data.hash_value.toLowerCase()) throw malformed('its digest is another');
  return readBill(file).flatMap(({ row, says, appid, merchantId }) => {
    if (appid !== ours.appid || merchantId !== ours.merchantId) return [];
    if (row === null) throw malformed(`a line of ours that is ${says}`);
    return [row];
  });
}

/**
 * What our mini-program's orders brought and gave back on some days; null when a bill is not there yet. The files
 * themselves are signed by nobody: their digests are in answers that are.
 * @throws pay.unavailable when there is no clear answer, and for a file that is not the one, or not whole
 */
export async function tradeBills(
  api: WechatPayApi,
  ours: Ours,
  days: readonly Day[],
): Promise<readonly BillRow[] | null> {
  const rows: BillRow[] = [];
  for (const day of days) {
    const bill = await tradeBill(api, ours, day);
    if (bill === null) return null;
    rows.push(...bill);
  }
  return rows;
}
