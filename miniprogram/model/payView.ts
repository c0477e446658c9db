/** What the pay page says of a buying: never more than the server said. */
import { yuan } from '../../client/fen.ts';
import type { Buying, KeptBecause } from './buying.ts';
import { deviceTime } from './deviceTime.ts';
import type { Failure } from './failure.ts';
import { isPayable } from './orderView.ts';

/** What the main button does: `pay` is a tap of the machine. */
export type PayAct = 'pay' | 'order' | 'again' | 'look';

/** The pay page. */
export interface PayView {
  readonly title: string;
  readonly note: string;
  readonly amount: string;
  readonly tone: 'calm' | 'good' | 'warn';
  readonly isBusy: boolean;
  readonly main: { readonly act: PayAct; readonly label: string } | null;
  readonly mayCancel: boolean;
  /** What went wrong, beside the button. */
  readonly failure: Failure | null;
}

const titles: Readonly<Record<KeptBecause, string>> = {
  cancelled: '订单为您保留',
  pending: '订单为您保留',
  found: '您之前的订单还在',
  refused: '暂时不能支付',
  unclear: '还没有收到付款结果',
};

const BUSY = { note: '', tone: 'calm', isBusy: true, main: null, mayCancel: false, failure: null } as const;

type Kept = Extract<Buying, { at: 'kept' }>;

function keptView({ order, because, failure }: Kept, nowMs: number): PayView {
  const amount = yuan(order.payableFen);
  const until = `请在 ${deviceTime(order.expiresAtMs, nowMs)} 前支付`;
  if (!isPayable(order, nowMs))
    return {
      ...{ title: '订单正在关闭', note: '优惠券和积分随后退回', amount, tone: 'calm', isBusy: false },
      ...{ main: { act: 'look', label: '刷新状态' }, mayCancel: false, failure: null },
    };
  const isUnclear = because === 'unclear';
  return {
    title: titles[because],
    note: isUnclear ? `如果微信已经扣款，请稍后刷新，不会重复收费。${until}。` : until,
    amount,
    tone: isUnclear || failure !== null ? 'warn' : 'calm',
    isBusy: false,
    main: { act: 'pay', label: `支付 ${amount}` },
    mayCancel: true,
    failure,
  };
}

/** The page of a buying that has an order; null while it has none. */
export function payView(state: Buying, nowMs: number): PayView | null {
  if (!('order' in state)) return null;
  const amount = yuan(state.order.payableFen);
  const done = { amount, isBusy: false, mayCancel: false, failure: null } as const;
  switch (state.at) {
    case 'opening':
      return { ...BUSY, title: '正在准备支付', amount };
    case 'paying':
      return { ...BUSY, title: '请在微信中完成支付', amount };
    case 'asking':
      return { ...BUSY, title: state.because === 'cancelled' ? '订单为您保留' : '正在确认付款结果', amount };
    case 'prepared':
      return {
        ...{ ...done, title: '支付已准备好', note: '', tone: 'calm', mayCancel: true },
        main: { act: 'pay', label: `支付 ${amount}` },
      };
    case 'kept':
      return keptView(state, nowMs);
    case 'lapsed':
      return {
        ...{ ...done, title: '微信已关闭这笔支付', note: '请重新下单。优惠券和积分会先退回。', tone: 'warn' },
        main: { act: 'again', label: '重新下单' },
      };
    case 'closed':
      return {
        ...{ ...done, title: '订单已关闭', note: '没有扣款。', tone: 'calm' },
        main: { act: 'again', label: '重新购买' },
      };
    case 'paid':
      return {
        ...done,
        title: '支付成功',
        note: '',
        tone: 'good',
        main: { act: 'order', label: '查看订单' },
      };
  }
}
