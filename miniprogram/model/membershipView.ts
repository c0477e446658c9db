/** Memberships: what a plan costs and gives, and what the caller has. */
import { shortYuan, yuan } from '../../client/fen.ts';
import type { MembershipPlan, MembershipView, ProductCard } from '../../client/types.ts';
import { words } from '../../client/words.ts';
import { deviceDay } from './deviceTime.ts';

/** A plan that can be bought. */
export interface PlanView {
  readonly id: string;
  readonly title: string;
  readonly subtitle: string;
  readonly period: string;
  readonly scope: string;
  readonly price: string;
  /** The list price; empty when it is the price. */
  readonly listPrice: string;
  /** `折合每月 ¥16.50`; empty for a month. */
  readonly monthly: string;
  /** It is the cheapest by the month among plans of its scope. */
  readonly isBest: boolean;
}

/** A membership that the caller has or had. */
export interface MineView {
  readonly key: string;
  readonly title: string;
  readonly isLive: boolean;
  readonly until: string;
  readonly periods: readonly { readonly key: string; readonly cause: string; readonly span: string }[];
}

const MONTHS: Readonly<Record<MembershipPlan['period'], number>> = { month: 1, quarter: 3, year: 12 };

const scopeKey = ({ scope }: MembershipPlan) => (scope.kind === 'platform' ? 'platform' : scope.productId);

/** Half up, like the server. */
const monthlyFen = (priceFen: number, months: number) => Math.floor((2 * priceFen + months) / (2 * months));

type Plan = ProductCard & { readonly plan: MembershipPlan };

const isPlan = (product: ProductCard): product is Plan => product.plan !== null;

/** The plans on sale, the shortest first. */
export function planViews(products: readonly ProductCard[]): readonly PlanView[] {
  const plans = products.filter(isPlan).sort((a, b) => MONTHS[a.plan.period] - MONTHS[b.plan.period]);
  // The cheapest by the month, compared without fractions; of equal ones the shorter.
  const cheaper = (a: Plan, b: Plan) =>
    b.price.priceFen * MONTHS[a.plan.period] < a.price.priceFen * MONTHS[b.plan.period] ? b : a;
  return plans.map((product) => {
    const { id, title, subtitle, plan, price, listFen } = product;
    const rivals = plans.filter((other) => scopeKey(other.plan) === scopeKey(plan));
    const months = MONTHS[plan.period];
    return {
      ...{ id, title, subtitle, price: yuan(price.priceFen) },
      period: words.membershipPeriod[plan.period],
      scope: words.membershipScope[plan.scope.kind],
      listPrice: price.priceFen < listFen ? yuan(listFen) : '',
      monthly: months === 1 ? '' : `折合每月 ${shortYuan(monthlyFen(price.priceFen, months))}`,
      isBest: rivals.length > 1 && rivals.reduce(cheaper).id === id,
    };
  });
}

/** What the caller has, live ones first. */
export function mineViews({ scopes }: MembershipView, nowMs: number): readonly MineView[] {
  const all = scopes.map(
    ({ scope, title, isLive, untilAtMs, grants }, index): MineView => ({
      key: `${scope.kind}${index}`,
      title: title ?? words.membershipScope[scope.kind],
      isLive,
      until: `${isLive ? '有效至' : '已于'} ${deviceDay(untilAtMs, nowMs)}${isLive ? '' : ' 到期'}`,
      periods: grants.map(({ cause, period }, at) => ({
        key: String(at),
        cause: words.grantCause[cause],
        span:
          period === null
            ? words.grantState.revoked
            : `${deviceDay(period.fromAtMs, nowMs)} 至 ${deviceDay(period.untilAtMs, nowMs)}`,
      })),
    }),
  );
  return [...all.filter(({ isLive }) => isLive), ...all.filter(({ isLive }) => !isLive)];
}
