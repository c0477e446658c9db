/** Orders as their buyers see them: what the state is, and what can be done next. */
import { yuan } from '../../client/fen.ts';
import type { OrderView } from '../../client/types.ts';
import { words } from '../../client/words.ts';
import { deviceTime } from './deviceTime.ts';
import { type QuoteLineView, quoteLineView, type SumLine, sumLines } from './quoteView.ts';

/**
 * What a buyer may do with an order. `learn` opens what was bought, `gift` the links for friends, `again` the same
 * products in a new order, `look` asks how the order stands.
 */
export type OrderAct = 'pay' | 'cancel' | 'look' | 'again' | 'learn' | 'gift' | 'refund' | 'apple';

/** A button. At most one is main. */
export interface OrderActView {
  readonly act: OrderAct;
  readonly label: string;
  readonly isMain: boolean;
}

/** How good a state is: it waits, is done, is neither, or went wrong. */
export type StateTone = 'wait' | 'good' | 'calm' | 'bad';

/** An order in a list. */
export interface OrderCardView {
  readonly id: string;
  readonly state: string;
  readonly tone: StateTone;
  readonly title: string;
  /** The cover of its first line; empty where it was not recorded. */
  readonly coverUrl: string;
  /** `共 3 件`; empty for one. */
  readonly count: string;
  readonly total: string;
  readonly placed: string;
}

/** One fact of an order. */
export interface Fact {
  readonly label: string;
  readonly value: string;
}

/** An order with all that is known of it. */
export interface OrderPageView {
  readonly id: string;
  readonly state: string;
  readonly tone: StateTone;
  readonly note: string;
  readonly lines: readonly (QuoteLineView & { readonly taken: string })[];
  readonly sums: readonly SumLine[];
  readonly facts: readonly Fact[];
  readonly acts: readonly OrderActView[];
}

const labels: Readonly<Record<OrderAct, string>> = {
  pay: '去支付',
  cancel: '取消订单',
  look: '刷新状态',
  again: '重新购买',
  learn: '去学习',
  gift: '去送给朋友',
  refund: '申请退款',
  apple: '如何退款',
};

/** Whether an order can still be paid. */
export function isPayable(
  { state, expiresAtMs }: Pick<OrderView, 'state' | 'expiresAtMs'>,
  nowMs: number,
): boolean {
  return state === 'pending' && nowMs < expiresAtMs;
}

/** Whether only Apple gives the money of this order back. */
export function isApples({ platform, rail }: Pick<OrderView, 'platform' | 'rail'>): boolean {
  return platform === 'ios' && rail === 'xpay';
}

/** Whether anything is left that could be given back. */
function hasLeft({ payableFen, refundingFen, refundedFen, lines, revoked }: OrderView): boolean {
  return payableFen === 0
    ? lines.some(({ productId }) => !revoked.includes(productId))
    : refundingFen + refundedFen < payableFen;
}

function actsOfPaid(order: OrderView): readonly OrderAct[] {
  const open = order.lines.filter(({ productId }) => !order.revoked.includes(productId));
  const back = isApples(order) ? 'apple' : 'refund';
  return [
    ...(open.some(({ gifts }) => gifts === 0) ? (['learn'] as const) : []),
    ...(open.some(({ gifts }) => gifts > 0) ? (['gift'] as const) : []),
    ...(hasLeft(order) ? ([back] as const) : []),
    ...(open.length === 0 ? (['again'] as const) : []),
  ];
}

/** What may be done with an order, the main thing first. */
export function orderActs(order: OrderView, nowMs: number): readonly OrderAct[] {
  switch (order.state) {
    case 'pending':
      return isPayable(order, nowMs) ? ['pay', 'cancel'] : ['look'];
    case 'closing':
      return ['look'];
    case 'closed':
      return ['again'];
    case 'paid':
      return actsOfPaid(order);
  }
}

/** The state in words. */
export function orderState(
  order: OrderView,
  nowMs: number,
): { readonly state: string; readonly tone: StateTone } {
  const { state, payableFen, refundingFen, refundedFen } = order;
  if (state === 'pending' && !isPayable(order, nowMs))
    return { state: words.orderState.closing, tone: 'calm' };
  if (state === 'pending') return { state: words.orderState.pending, tone: 'wait' };
  if (state !== 'paid') return { state: words.orderState[state], tone: 'calm' };
  if (refundingFen > 0) return { state: '退款中', tone: 'wait' };
  if (refundedFen > 0) return { state: refundedFen === payableFen ? '已退款' : '部分退款', tone: 'calm' };
  return { state: words.orderState.paid, tone: 'good' };
}

/** An order in a list. */
export function orderCard(order: OrderView, nowMs: number): OrderCardView {
  const { id, lines, payableFen, createdAtMs } = order;
  return {
    id,
    ...orderState(order, nowMs),
    title: lines[0]?.title ?? '',
    coverUrl: lines[0]?.coverUrl ?? '',
    count: lines.length > 1 ? `共 ${lines.length} 件` : '',
    total: yuan(payableFen),
    placed: deviceTime(createdAtMs, nowMs),
  };
}

function noteOf(order: OrderView, nowMs: number): string {
  const { state, expiresAtMs, closeReason, payableFen, refundingFen, refundedFen } = order;
  if (isPayable(order, nowMs)) return `订单为您保留到 ${deviceTime(expiresAtMs, nowMs)}`;
  if (state === 'closed') return closeReason === null ? '' : words.closeReason[closeReason];
  if (state !== 'paid') return '正在与支付渠道确认，优惠券和积分随后退回';
  if (refundingFen > 0) return `${yuan(refundingFen)} 正在退回`;
  if (refundedFen > 0) return `已退回 ${yuan(refundedFen)}`;
  return payableFen === 0 ? '已到账，无需支付' : '已付款，内容可以学习了';
}

/** The end of an order's number, by which people tell orders apart. */
export function shortNumber(orderId: string): string {
  return orderId.slice(-6);
}

function factsOf(order: OrderView, nowMs: number): readonly Fact[] {
  const { id, createdAtMs, paidAtMs, closedAtMs, rail, earnsPoints } = order;
  const at = (label: string, ms: number | null) =>
    ms === null ? [] : [{ label, value: deviceTime(ms, nowMs) }];
  return [
    { label: '订单号', value: `…${shortNumber(id)}` },
    ...at('下单时间', createdAtMs),
    ...at('付款时间', paidAtMs),
    ...at('关闭时间', closedAtMs),
    { label: '支付方式', value: words.rail[rail] },
    ...(earnsPoints > 0 && paidAtMs !== null ? [{ label: '获得积分', value: String(earnsPoints) }] : []),
  ];
}

/** What became of the money or the access of one line; empty when nothing did. */
function takenOf({ lineRefunds, revoked }: OrderView, productId: string): string {
  const refund = lineRefunds.find((one) => one.productId === productId);
  const refunding = refund?.refundingFen ?? 0;
  const refunded = refund?.refundedFen ?? 0;
  if (refunding > 0) return `退款中 ${yuan(refunding)}`;
  if (refunded > 0) return `已退 ${yuan(refunded)}`;
  return revoked.includes(productId) ? '已收回' : '';
}

/** The whole of an order. */
export function orderPage(order: OrderView, nowMs: number): OrderPageView {
  return {
    id: order.id,
    ...orderState(order, nowMs),
    note: noteOf(order, nowMs),
    lines: order.lines.map((line) => ({
      ...quoteLineView(line, nowMs),
      taken: takenOf(order, line.productId),
    })),
    sums: sumLines(order, order.state === 'paid' ? '实付' : '应付'),
    facts: factsOf(order, nowMs),
    acts: orderActs(order, nowMs).map((act, index) => ({ act, label: labels[act], isMain: index === 0 })),
  };
}
