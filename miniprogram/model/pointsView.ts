/** Points as their owner reads them: the balance, its movements, a month's statement, and what points buy. */
import type { PointsEntryView, PointsStatement, PointsView, ProductCard } from '../../client/types.ts';
import { words } from '../../client/words.ts';
import { deviceDay, deviceTime } from './deviceTime.ts';

/** The balance and what has to be known of it. */
export interface BalanceView {
  readonly balance: string;
  /** Held by unpaid orders, on their way, owed, or ending soon: a sentence each. */
  readonly notes: readonly string[];
}

/** One movement. */
export interface MovementView {
  readonly key: string;
  readonly title: string;
  readonly delta: string;
  readonly isIn: boolean;
  readonly about: string;
  readonly when: string;
}

/** One line of a month's statement. */
export interface StatementLine {
  readonly label: string;
  readonly amount: string;
  readonly isSum: boolean;
}

/** A product that points buy. */
export interface ExchangeView {
  readonly id: string;
  readonly title: string;
  readonly about: string;
  readonly price: number;
  readonly label: string;
  readonly mayAfford: boolean;
}

const signed = (count: number) => (count > 0 ? `+${count}` : String(count));

/** The balance with its notes. */
export function balanceView(
  { balance, held, debt, pending, expiringSoon }: PointsView,
  nowMs: number,
): BalanceView {
  const { count, firstAtMs } = expiringSoon;
  return {
    balance: String(balance),
    notes: [
      ...(held > 0 ? [`${held} 积分由待支付的订单占用`] : []),
      ...(pending > 0 ? [`${pending} 积分待到账`] : []),
      ...(debt > 0 ? [`有 ${debt} 积分待扣回，从之后获得的积分中扣除`] : []),
      ...(count > 0 && firstAtMs !== null
        ? [`${count} 积分即将过期，最早在 ${deviceDay(firstAtMs, nowMs)}`]
        : []),
    ],
  };
}

/** One movement of the ledger. */
export function movementView(entry: PointsEntryView, nowMs: number): MovementView {
  const { id, cause, delta, balanceAfter, reason, createdAtMs } = entry;
  return {
    key: id,
    title: words.pointsCause[cause],
    delta: signed(delta),
    isIn: delta > 0,
    about: reason ?? `余额 ${balanceAfter}`,
    when: deviceTime(createdAtMs, nowMs),
  };
}

/** What a check-in said. */
export function checkInWords({
  streak,
  earned,
}: {
  readonly streak: number;
  readonly earned: number;
}): string {
  return `已签到，得 ${earned} 积分，连续 ${streak} 天`;
}

/** A month's statement: the opening balance, what moved it, the closing balance. What did not move is left out. */
export function statementLines(statement: PointsStatement): readonly StatementLine[] {
  const { opening, earned, returned, adjusted, spent, expired, takenBack, closing } = statement;
  const moved: readonly (readonly [string, number])[] = [
    ['获得', earned],
    ['退回', returned],
    ['调整', adjusted],
    ['使用', -spent],
    ['过期', -expired],
    ['扣回', -takenBack],
  ];
  return [
    { label: '月初', amount: String(opening), isSum: true },
    ...moved
      .filter(([, count]) => count !== 0)
      .map(([label, count]) => ({ label, amount: signed(count), isSum: false })),
    { label: '月末', amount: String(closing), isSum: true },
  ];
}

/** Shanghai keeps the books. It has been eight hours ahead all year since 1992. */
const SHANGHAI_MS = 8 * 3_600_000;

/** The newest months of Shanghai's calendar, this one first: `2026-11`, `2026-10`, … */
export function lastMonths(nowMs: number, count: number): readonly string[] {
  const now = new Date(nowMs + SHANGHAI_MS);
  return Array.from({ length: count }, (_, back) =>
    new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - back, 1)).toISOString().slice(0, 7),
  );
}

/** `2026-11` as `2026年11月`. */
export function monthWords(month: string): string {
  const [year = '', number = ''] = month.split('-');
  return `${year}年${Number(number)}月`;
}

/** The products of a page that points buy. */
export function exchangeViews(products: readonly ProductCard[], balance: number): readonly ExchangeView[] {
  return products.flatMap(({ id, title, kind, pointsPrice }) => {
    if (pointsPrice === null) return [];
    const missing = Math.max(0, pointsPrice - balance);
    const label = missing > 0 ? `还差 ${missing} 积分` : `${pointsPrice} 积分兑换`;
    return [
      { id, title, about: words.productKind[kind], price: pointsPrice, label, mayAfford: missing === 0 },
    ];
  });
}
