/** The invariants of shares. Each rule returns what breaks it, in words for staff. */
import type { Order } from '../../schemas/orders/order.ts';
import {
  DEPTH_MAX,
  type Sale,
  type Share,
  type ShareCounts,
  type StoredShareToken,
  type Visit,
} from '../../schemas/shares/share.ts';
import type { Finding } from './invariants.ts';

/** What is stored beside a share. */
export interface ShareFacts {
  /** What its token leads to. */
  readonly stored: StoredShareToken | null;
  readonly parent: { readonly userId: Share['userId']; readonly depth: number } | null;
  readonly visits: readonly Visit[];
  readonly sales: readonly Sale[];
}

/** The broken invariants of a share: its token leads to it, its parent is before it, and what came of it is counted. */
export function shareFindings(
  share: Share,
  { stored, parent, visits, sales }: ShareFacts,
): readonly Finding[] {
  const told = (story: string) => [{ rule: 'share', about: share.id, story }] as const;
  const { userId, target, parentToken, depth } = share;
  if (stored?.userId !== userId || stored.target !== target) return told('分享的口令不指向该分享');
  const isRoot = parentToken === null;
  if (isRoot ? depth !== 0 : depth !== Math.min(DEPTH_MAX, 1 + (parent?.depth ?? DEPTH_MAX)))
    return told('分享的层级与上级分享不一致');
  if (parent?.userId === userId) return told('分享的上级是分享者自己');
  const come = visits.filter(({ daysCounted }) => daysCounted > 0);
  const sold = sales.filter(({ netCountedFen }) => netCountedFen > 0);
  const must: ShareCounts = {
    visits: come.reduce((sum, { daysCounted }) => sum + daysCounted, 0),
    people: come.length,
    registrations: come.filter(({ isRegistration }) => isRegistration).length,
    orders: sold.length,
    netFen: sold.reduce((sum, { netCountedFen }) => sum + netCountedFen, 0),
  };
  const wrong = Object.entries(must).filter(([name, count]) => share[name as keyof ShareCounts] !== count);
  return wrong.length === 0 ? [] : told(`分享的计数与实有不符：${wrong.map(([name]) => name).join('、')}`);
}

/** The broken invariant of an order by a share: once paid it is noted there, with what is left of its money. */
export function saleFindings(order: Order, sale: Sale | null): readonly Finding[] {
  const { id: about, touch, state, payableFen, refundedFen } = order;
  const mustBe = touch !== null && state === 'paid' && payableFen > 0 ? touch.token : null;
  if (mustBe === (sale?.token ?? null) && (sale === null || sale.netFen === payableFen - refundedFen))
    return [];
  return [{ rule: 'sale', about, story: '订单与分享带来的成交记录不一致' }];
}
