/** The bills of simulated WeChat Pay, made from its own books, with planted errors. */
import { createHash } from 'node:crypto';
import { DAY_MS, HOUR_MS } from '../../../shared/schemas/base.ts';
import type { Ledger, RailRefund, RailTransaction } from './ledger.ts';
import { Refused } from './wire.ts';

/** One line of a bill before it is written. Money in fen. */
export interface BillLine {
  readonly atMs: number;
  readonly transactionId: string;
  readonly orderNumber: string;
  readonly openid: string;
  readonly currency: string;
  readonly totalFen: number;
  /** Only for a refund. */
  readonly refund: {
    readonly refundId: string;
    readonly refundNumber: string;
    readonly refundFen: number;
    readonly state: string;
  } | null;
  readonly feeFen: number;
  /**
   * What the merchant's own coupon took off the settled amount. For a refund, what goes back to the coupon. 0 by
   * default.
   */
  readonly couponFen?: number;
  /** Other contents for some columns, by their names in the later layout: values that no shop has seen yet. */
  readonly cells?: Readonly<Record<string, string>>;
}

/** Which columns a bill has. Merchants who never opened coupons of their own get the early layout. */
export type BillLayout = 'early' | 'full';

/** Changes the lines of a bill so that it differs from the books. */
export type Planted = (lines: readonly BillLine[]) => readonly BillLine[];

const BEIJING_AHEAD_MS = 8 * HOUR_MS;
const READY_MS = DAY_MS + 10 * HOUR_MS;
const MONTHS_MS = 92 * DAY_MS;
const FEE_BASIS_POINTS = 60;
/** A merchant's title that contains a comma and a backtick, which also separate the values of a bill. */
const TITLE = '知课 课程,`第一章`';

/** The columns of the later layout, each with its name in the early layout; null where the early one lacks it. */
const COLUMNS: readonly (readonly [full: string, early: string | null])[] = [
  ['交易时间', '交易时间'],
  ['公众账号ID', '公众账号ID'],
  ['商户号', '商户号'],
  ['特约商户号', '子商户号'],
  ['设备号', '设备号'],
  ['微信订单号', '微信订单号'],
  ['商户订单号', '商户订单号'],
  ['用户标识', '用户标识'],
  ['交易类型', '交易类型'],
  ['交易状态', '交易状态'],
  ['付款银行', '付款银行'],
  ['货币种类', '货币种类'],
  ['应结订单金额', '总金额'],
  ['代金券金额', '代金券或立减优惠金额'],
  ['微信退款单号', '微信退款单号'],
  ['商户退款单号', '商户退款单号'],
  ['退款金额', '退款金额'],
  ['充值券退款金额', '代金券或立减优惠退款金额'],
  ['退款类型', '退款类型'],
  ['退款状态', '退款状态'],
  ['商品名称', '商品名称'],
  ['商户数据包', '商户数据包'],
  ['手续费', '手续费'],
  ['费率', '费率'],
  ['订单金额', null],
  ['申请退款金额', null],
  ['费率备注', null],
];
const SUM_COLUMNS: readonly (readonly [full: string, early: string | null])[] = [
  ['总交易单数', '总交易单数'],
  ['应结订单总金额', '总交易额'],
  ['退款总金额', '总退款金额'],
  ['充值券退款总金额', '总代金券或立减优惠退款金额'],
  ['手续费总金额', '手续费总金额'],
  ['订单总金额', null],
  ['申请退款总金额', null],
];

/** The columns of a layout by their names in it, each with its place in the later layout. */
const within = (columns: typeof COLUMNS, layout: BillLayout) =>
  columns.flatMap(([full, early], at) => {
    const name = layout === 'full' ? full : early;
    return name === null ? [] : [{ name, full, at }];
  });

/** The fee that WeChat Pay keeps of a payment: 0.6 %, rounded to the nearest fen. */
export function feeOf(amountFen: number): number {
  return Math.round((amountFen * FEE_BASIS_POINTS) / 10_000);
}

function yuan(fen: number, decimals = 2): string {
  const digits = String(Math.abs(fen)).padStart(3, '0');
  return `${fen < 0 ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2).padEnd(decimals, '0')}`;
}

const written = (values: readonly (string | number)[]) => values.map((value) => `\`${value}`).join(',');

/** The bills of one merchant. */
export class Bills {
  /** What is wrong with every bill that is made from now on; null for nothing. */
  planted: Planted | null = null;
  /** Whether one byte of each file changes on its way, outside of all sums. Only the digest shows it. */
  isSpoiled = false;
  /** The layout of bills that are made from now on. */
  layout: BillLayout = 'full';
  readonly #ledger: Ledger;
  readonly #merchant: { readonly appid: string; readonly mchid: string };
  readonly #files = new Map<string, Buffer>();

  constructor(ledger: Ledger, merchant: { readonly appid: string; readonly mchid: string }) {
    this.#ledger = ledger;
    this.#merchant = merchant;
  }

  /** The URL of a day's bill, and its digest. @throws Refused */
  named(asked: URLSearchParams, now: number): Readonly<Record<string, unknown>> {
    const day = asked.get('bill_date') ?? '';
    const startMs = Date.parse(`${day}T00:00:00Z`) - BEIJING_AHEAD_MS;
    if (Number.isNaN(startMs) || now - startMs > MONTHS_MS || startMs + DAY_MS > now)
      throw new Refused(400, 'PARAM_ERROR', '账单日期有误');
    if (now < startMs + READY_MS) throw new Refused(400, 'STATEMENT_CREATING', '账单生成中');
    const lines = this.#linesWithin(startMs, startMs + DAY_MS);
    const told = this.planted?.(lines) ?? lines;
    if (told.length === 0) throw new Refused(400, 'NO_STATEMENT_EXIST', '账单文件不存在');
    const file = Buffer.from(this.#written(told));
    const token = createHash('sha256').update(file).digest('hex').slice(0, 32);
    this.#files.set(token, file);
    return {
      hash_type: 'SHA1',
      hash_value: createHash('sha1').update(file).digest('hex'),
      download_url: `https://api.mch.weixin.qq.com/v3/billdownload/file?token=${token}`,
    };
  }

  /** The file behind a token, as it is sent, without a signature; null when there is none. */
  file(token: string): Buffer | null {
    const file = this.#files.get(token);
    if (file === undefined) return null;
    if (!this.isSpoiled) return file;
    const spoiled = Buffer.from(file);
    const at = Math.max(0, file.indexOf(TITLE));
    spoiled.writeUInt8(spoiled.readUInt8(at) ^ 1, at);
    return spoiled;
  }

  #linesWithin(from: number, below: number): BillLine[] {
    const isWithin = (atMs: number) => from <= atMs && atMs < below;
    const { transactions, refunds } = this.#ledger;
    const paid = [...transactions.values()].filter(({ paidAtMs }) => isWithin(paidAtMs));
    const back = [...refunds.values()].filter(({ createdAtMs, finishedAtMs }) =>
      isWithin(finishedAtMs ?? createdAtMs),
    );
    const lines = [...paid.map(lineOfPayment), ...back.map((refund) => this.#lineOfRefund(refund))];
    return lines.sort((left, right) => right.atMs - left.atMs);
  }

  #lineOfRefund(refund: RailRefund): BillLine {
    const { refundId, refundNumber, refundFen, state, transactionId, orderNumber, totalFen } = refund;
    const paid = this.#ledger.transactions.get(transactionId);
    return {
      atMs: refund.finishedAtMs ?? refund.createdAtMs,
      transactionId,
      orderNumber,
      openid: paid?.openid ?? '',
      currency: paid?.currency ?? 'CNY',
      totalFen,
      refund: { refundId, refundNumber, refundFen, state: STATES[state] },
      feeFen: state === 'SUCCESS' ? 0 - feeOf(refundFen) : 0,
    };
  }

  #written(lines: readonly BillLine[]): string {
    const sum = (of: (line: BillLine) => number) => lines.reduce((total, line) => total + of(line), 0);
    const orders = sum(({ refund, totalFen }) => (refund === null ? totalFen : 0));
    const refunds = sum(({ refund }) => refund?.refundFen ?? 0);
    const coupons = sum(({ refund, couponFen = 0 }) => (refund === null ? couponFen : 0));
    const couponsBack = sum(({ refund, couponFen = 0 }) => (refund === null ? 0 : couponFen));
    const fees = sum(({ feeFen }) => feeFen);
    const sums = [
      `${lines.length}.0`,
      yuan(orders - coupons),
      yuan(refunds - couponsBack),
      '0.00',
      yuan(fees, 5),
      yuan(orders),
      yuan(refunds),
    ];
    const columns = within(COLUMNS, this.layout);
    const sumColumns = within(SUM_COLUMNS, this.layout);
    const texts = lines.map((line) => {
      const values = this.#values(line);
      return written(columns.map(({ full, at }) => line.cells?.[full] ?? values[at] ?? ''));
    });
    const names = (some: typeof columns) => some.map(({ name }) => name).join(',');
    const sumLine = written(sumColumns.map(({ at }) => sums[at] ?? ''));
    return `\uFEFF${[names(columns), ...texts, names(sumColumns), sumLine].join('\r\n')}\r\n`;
  }

  #values(line: BillLine): readonly string[] {
    const { atMs, transactionId, orderNumber, openid, currency, totalFen, refund, feeFen } = line;
    const { couponFen = 0 } = line;
    const { appid, mchid } = this.#merchant;
    const at = new Date(atMs + BEIJING_AHEAD_MS).toISOString().slice(0, 19).replace('T', ' ');
    const order = refund === null ? yuan(totalFen) : '0.00';
    const settled = refund === null ? yuan(totalFen - couponFen) : '0.00';
    const back = yuan(refund?.refundFen ?? 0);
    const settledBack = yuan(refund === null ? 0 : refund.refundFen - couponFen);
    return [
      ...[at, appid, mchid, '0', '', transactionId, orderNumber, openid, 'JSAPI'],
      ...[refund === null ? 'SUCCESS' : 'REFUND', 'OTHERS', currency, settled, '0.00'],
      ...[refund?.refundId ?? '0', refund?.refundNumber ?? '0', settledBack, '0.00'],
      ...[refund === null ? '' : 'ORIGINAL', refund?.state ?? ''],
      ...[TITLE, '', yuan(feeFen, 5), '0.60%', order, back, ''],
    ];
  }
}

const STATES = {
  SUCCESS: 'SUCCESS',
  PROCESSING: 'PROCESSING',
  CLOSED: 'FAIL',
  ABNORMAL: 'CHANGE',
} as const satisfies Record<RailRefund['state'], string>;

function lineOfPayment(paid: RailTransaction): BillLine {
  const { paidAtMs: atMs, transactionId, orderNumber, openid, currency, totalFen } = paid;
  return {
    atMs,
    transactionId,
    orderNumber,
    openid,
    currency,
    totalFen,
    refund: null,
    feeFen: feeOf(totalFen),
  };
}
