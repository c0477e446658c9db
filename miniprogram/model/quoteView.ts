/** A price explained: each line, each sum with its reason, and what was asked for and takes nothing off. */
import { shortYuan, yuan } from '../../client/fen.ts';
import type { Platform, PricedLine, Quote, Rejected, RejectionCode } from '../../client/types.ts';
import { words } from '../../client/words.ts';
import { deviceTime } from './deviceTime.ts';
import { lastsWords, refundWords } from './terms.ts';

/** One thing that is bought. */
export interface QuoteLineView {
  readonly id: string;
  readonly title: string;
  readonly coverUrl: string;
  /** `课程 · 永久有效`, or `课程 · 送 3 位朋友`. */
  readonly about: string;
  readonly refund: string;
  /** Why it costs less than its list price; empty when it does not. */
  readonly note: string;
  readonly listPrice: string;
  readonly price: string;
  readonly isReduced: boolean;
}

/** One line of the sum. `tone` is `off` for what is taken off, `total` for the last line. */
export interface SumLine {
  readonly key: string;
  readonly label: string;
  /** Which coupon or campaign it is; may be empty. */
  readonly detail: string;
  readonly amount: string;
  readonly tone: 'plain' | 'off' | 'total';
}

/** Something that was asked for and takes nothing off. */
export interface RefusedLine {
  readonly key: string;
  readonly title: string;
  readonly why: string;
}

/** Whether and how points may be used. */
export interface PointsChoice {
  readonly label: string;
  readonly isOffered: boolean;
  readonly isUsed: boolean;
  /** How many points to ask for when it is turned on. */
  readonly count: number;
}

/** A quote as a page shows it. */
export interface QuoteView {
  readonly lines: readonly QuoteLineView[];
  readonly sums: readonly SumLine[];
  readonly refused: readonly RefusedLine[];
  readonly points: PointsChoice;
  readonly total: string;
  /** `已优惠 ¥20.00`; empty when nothing is taken off. */
  readonly saved: string;
  /** `付款后得 99 积分`; empty for none. */
  readonly earns: string;
  /** What the platform forbids; empty when nothing. */
  readonly platformNote: string;
  readonly rail: string;
}

/** What iOS takes off: nothing. It is said where discounts would be. */
export const APPLE_NOTE = '按苹果平台规则，在此设备上不能使用优惠券、积分和活动价。';

/** The least that Apple lets be paid, in fen. */
const APPLE_MIN_FEN = 100;

/** One line as a page shows it. */
export function quoteLineView(line: PricedLine, nowMs: number): QuoteLineView {
  const { productId, title, coverUrl, kind, gifts, listFen, source, ownedParts, paidFen } = line;
  const lasts = lastsWords(line, nowMs);
  const parts = line.shares.ownedFen > 0 ? [`已扣除拥有的 ${ownedParts.length} 件`] : [];
  const price = source === 'list' ? [] : [words.priceSource[source]];
  return {
    id: productId,
    title,
    coverUrl,
    about: [words.productKind[kind], ...(gifts > 0 ? [`送 ${gifts} 位朋友`] : []), lasts].join(' · '),
    refund: refundWords(line.refundPolicy),
    note: [...price, ...parts].join(' · '),
    listPrice: yuan(listFen),
    price: yuan(paidFen),
    isReduced: paidFen < listFen,
  };
}

/** The lines of a sum, from the list price to what is to be paid. Their amounts add up exactly. */
export function sumLines(
  { listFen, payableFen, applied }: Pick<Quote, 'listFen' | 'payableFen' | 'applied'>,
  totalLabel: string,
): readonly SumLine[] {
  const off = applied.map(
    (one, index): SumLine => ({
      key: `${one.kind}${index}`,
      label: words.discount[one.kind],
      detail: one.title === words.discount[one.kind] || one.kind === 'points' ? '' : one.title,
      amount: yuan(-one.offFen),
      tone: 'off',
    }),
  );
  return [
    { key: 'list', label: '商品总价', detail: '', amount: yuan(listFen), tone: 'plain' },
    ...off,
    { key: 'total', label: totalLabel, detail: '', amount: yuan(payableFen), tone: 'total' },
  ];
}

/** Why a promotion takes nothing off, with its numbers. */
export function rejectionWords({ code, params }: Rejected, platform: Platform, nowMs: number): string {
  const { thresholdFen, eligibleFen, floorFen, expiresAtMs, validFromAtMs, countMax, linesMax } = params;
  if (/below_rail_floor$/.test(code)) {
    if (platform === 'ios') return '苹果平台不支持优惠';
    return floorFen === undefined ? words.rejection[code] : `优惠后不能低于 ${yuan(floorFen)}（平台规则）`;
  }
  if (thresholdFen !== undefined && eligibleFen !== undefined)
    return `满 ${shortYuan(thresholdFen)} 可用，还差 ${shortYuan(Math.max(0, thresholdFen - eligibleFen))}`;
  if (expiresAtMs !== undefined) return `已于 ${deviceTime(expiresAtMs, nowMs)} 过期`;
  if (validFromAtMs !== undefined) return `${deviceTime(validFromAtMs, nowMs)} 起可用`;
  if (countMax !== undefined) return countMax === 0 ? words.rejection[code] : `本单最多可用 ${countMax} 积分`;
  if (linesMax !== undefined) return `超过 ${linesMax} 件商品时不能享受秒杀价`;
  return words.rejection[code];
}

const subjects: Readonly<Record<string, string>> = {
  coupon: words.discount.coupon,
  campaign: words.discount.campaign,
  offer: '活动价',
  owned: words.discount.owned,
  flash: words.discount.flash,
  points: words.discount.points,
};

const subjectOf = (code: RejectionCode) => subjects[code.split('.')[0] ?? ''] ?? '优惠';

function refusedLines(quote: Quote, shown: ShownWith): readonly RefusedLine[] {
  return quote.rejected.map((one, index) => ({
    key: `${one.code}${index}`,
    title: (one.id === null ? undefined : shown.titles[one.id]) ?? subjectOf(one.code),
    why: rejectionWords(one, shown.platform, shown.nowMs),
  }));
}

function pointsChoice({ points, rejected }: Quote, platform: Platform): PointsChoice {
  const { count, offFen, countMax } = points;
  if (count > 0) return { label: `用 ${count} 积分抵 ${yuan(offFen)}`, isOffered: true, isUsed: true, count };
  if (countMax > 0)
    return {
      label: `可用 ${countMax} 积分抵 ${yuan(countMax)}`,
      isOffered: true,
      isUsed: false,
      count: countMax,
    };
  const why = platform === 'ios' ? '苹果平台不支持积分抵扣' : '本单没有可用的积分';
  const isBarred = rejected.some(({ code }) => code === 'points.not_combinable');
  return {
    label: isBarred ? words.rejection['points.not_combinable'] : why,
    isOffered: false,
    isUsed: false,
    count: 0,
  };
}

/** What a quote is shown with. `titles` has the titles of coupons by id. */
export interface ShownWith {
  readonly platform: Platform;
  readonly nowMs: number;
  readonly titles: Readonly<Record<string, string>>;
}

function platformNote({ rail, payableFen }: Quote, platform: Platform): string {
  if (platform !== 'ios' || rail !== 'xpay') return '';
  return payableFen < APPLE_MIN_FEN ? `${APPLE_NOTE}金额不能低于 ¥1.00。` : APPLE_NOTE;
}

/** The whole quote. */
export function quoteView(quote: Quote, shown: ShownWith): QuoteView {
  const { lines, payableFen, discountFen, earnsPoints, rail } = quote;
  return {
    lines: lines.map((line) => quoteLineView(line, shown.nowMs)),
    sums: sumLines(quote, '应付'),
    refused: refusedLines(quote, shown),
    points: pointsChoice(quote, shown.platform),
    total: yuan(payableFen),
    saved: discountFen > 0 ? `已优惠 ${yuan(discountFen)}` : '',
    earns: earnsPoints > 0 ? `付款后得 ${earnsPoints} 积分` : '',
    platformNote: platformNote(quote, shown.platform),
    rail: words.rail[rail],
  };
}
