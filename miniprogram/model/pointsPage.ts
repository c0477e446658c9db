/** The page of the points: balance, check-in, movements, statements, and what points buy. */
import type {
  ClaimableView,
  PointsEntryView,
  PointsStatement,
  PointsView,
  ProductCard,
} from '../../client/types.ts';
import { type ClaimTicket, claimTicket } from './couponView.ts';
import type { Failure } from './failure.ts';
import type { Loaded, Paged } from './loaded.ts';
import {
  type BalanceView,
  balanceView,
  type ExchangeView,
  exchangeViews,
  lastMonths,
  type MovementView,
  monthWords,
  movementView,
  type StatementLine,
  statementLines,
} from './pointsView.ts';
import { failureLine, moreLineOf, type StateLine, stateLineOf } from './stateLine.ts';

/** The page's three parts. */
export type PointsTab = 'movements' | 'statement' | 'exchange';

/** What the page knows. */
export interface PointsModel {
  readonly tab: PointsTab;
  readonly points: Loaded<PointsView>;
  readonly movements: Loaded<Paged<PointsEntryView>>;
  readonly month: string;
  readonly statement: Loaded<PointsStatement>;
  readonly coupons: Loaded<Paged<ClaimableView>>;
  readonly products: Loaded<Paged<ProductCard>>;
  readonly more: Loaded<unknown>;
  /** What the check-in said; empty before it. */
  readonly checkedIn: string;
  /** What is being done: `check-in`, or the id of what is exchanged. */
  readonly busy: string;
  readonly failure: Failure | null;
}

/** What the template reads. */
export interface PointsPageView {
  readonly tabs: readonly { readonly id: PointsTab; readonly title: string; readonly isOn: boolean }[];
  readonly balance: BalanceView | null;
  readonly checkedIn: string;
  readonly busy: string;
  readonly state: StateLine | null;
  readonly movements: readonly MovementView[];
  readonly months: readonly { readonly id: string; readonly title: string; readonly isOn: boolean }[];
  readonly statement: readonly StatementLine[];
  readonly coupons: readonly (ClaimTicket & { readonly mayAfford: boolean })[];
  readonly products: readonly ExchangeView[];
  readonly more: StateLine | null;
  readonly failure: StateLine | null;
}

const TABS: readonly { readonly id: PointsTab; readonly title: string }[] = [
  { id: 'movements', title: '明细' },
  { id: 'statement', title: '月结单' },
  { id: 'exchange', title: '兑换' },
];

const MONTHS_SHOWN = 6;

/** A page of the ledger whose movements have an id each, because one cause may have several. */
export function movementsOf({ ledger }: PointsView): Paged<PointsEntryView> {
  return { ...ledger, items: ledger.items.map((entry) => ({ ...entry, id: `${entry.id}:${entry.line}` })) };
}

const isForPoints = ({ whyNot, pointsPrice }: ClaimableView) =>
  whyNot === 'for_points' && pointsPrice !== null;

function stateOf(model: PointsModel, isExchangeEmpty: boolean): StateLine | null {
  const { tab, movements, statement, coupons, products } = model;
  if (tab === 'movements') {
    const empty = { title: '还没有积分记录，签到或购买后就有了', action: '' };
    return stateLineOf(movements, empty, ({ items }) => items.length === 0);
  }
  if (tab === 'statement') return stateLineOf(statement);
  const waiting = stateLineOf(coupons) ?? stateLineOf(products);
  if (waiting !== null || !isExchangeEmpty) return waiting;
  return { kind: 'empty', title: '暂时没有可兑换的内容', note: '', action: '' };
}

function moreOf({ tab, more, movements, products }: PointsModel): StateLine | null {
  if (tab === 'statement') return null;
  const { value } = tab === 'movements' ? movements : products;
  if (value === null || value.items.length === 0) return null;
  return moreLineOf(more, value.nextCursor !== null, tab === 'movements' ? value.items.length : 0);
}

/** The page. */
export function pointsPage(model: PointsModel, nowMs: number): PointsPageView {
  const { tab, points, movements, month, statement, checkedIn, busy, failure } = model;
  const isExchange = tab === 'exchange';
  const balance = points.value?.balance ?? 0;
  const coupons = isExchange ? (model.coupons.value?.items ?? []).filter(isForPoints) : [];
  const products = isExchange ? exchangeViews(model.products.value?.items ?? [], balance) : [];
  return {
    tabs: TABS.map(({ id, title }) => ({ id, title, isOn: id === tab })),
    balance: points.value === null ? null : balanceView(points.value, nowMs),
    checkedIn,
    busy,
    state: stateOf(model, coupons.length + products.length === 0),
    movements:
      tab === 'movements' ? (movements.value?.items ?? []).map((entry) => movementView(entry, nowMs)) : [],
    months: lastMonths(nowMs, MONTHS_SHOWN).map((id) => ({ id, title: monthWords(id), isOn: id === month })),
    statement: tab !== 'statement' || statement.value === null ? [] : statementLines(statement.value),
    coupons: coupons.map((coupon) => ({
      ...claimTicket(coupon, nowMs),
      mayAfford: (coupon.pointsPrice ?? 0) <= balance,
    })),
    products,
    more: moreOf(model),
    failure: failure === null ? null : failureLine(failure),
  };
}
