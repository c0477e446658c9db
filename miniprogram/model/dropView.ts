/** A drop of coupons as somebody sees it who was sent it. */
import type { CouponView, DropView } from '../../client/types.ts';
import { dropTicket, ownTicket, type Ticket } from './couponView.ts';
import { deviceTime } from './deviceTime.ts';

/** Where somebody stands with a drop. `other`: it is for other people. */
export type DropState = 'open' | 'claimed' | 'empty' | 'ended' | 'other';

/** What the page shows of a drop. */
export interface DropShown {
  readonly state: DropState;
  readonly title: string;
  /** Whom it is for. */
  readonly audience: string;
  readonly ticket: Ticket;
  /** `剩 12 份，共 50 份`; empty where that matters no more. */
  readonly left: string;
  /** `11月30日 21:00 结束`; empty once it is over. */
  readonly until: string;
  /** What is said in place of a button to claim; empty while it can be claimed. */
  readonly said: string;
}

const AUDIENCE = { group: '小组成员专享', wechat_group: '群友专享', link: '见者有份' } as const;

const SAID: Readonly<Record<Exclude<DropState, 'open' | 'other'>, string>> = {
  claimed: '已领取，在「优惠券」里可以找到',
  empty: '来晚了，已被领完',
  ended: '已经结束',
};

/** What a refusal means for who sees it, by its reason. */
const OTHERS: Readonly<Record<string, string>> = {
  not_in_group: '只有小组成员可以领取',
  no_proof: '请在微信群里点开卡片领取',
  other_chat: '这份福利发给另一个微信群',
};

/** What is said to somebody who may not claim, by the reason of the refusal. */
export function notYours(reason: string): string {
  return OTHERS[reason] ?? '没能确认您所在的微信群，请回到群里重新点开卡片';
}

function stateOf({ isClaimed, whyNot }: DropView, refused: string): DropState {
  if (isClaimed) return 'claimed';
  if (whyNot === 'ended' || whyNot === 'empty') return whyNot;
  return whyNot === 'not_in_group' || refused !== '' ? 'other' : 'open';
}

/**
 * A drop. `refused` is the reason for which a claim was refused to this person; empty for none. `coupon` is what they
 * have claimed just now.
 */
export function dropShown(
  drop: DropView,
  { refused, coupon }: { readonly refused: string; readonly coupon: CouponView | null },
  nowMs: number,
): DropShown {
  const state = stateOf(drop, refused);
  const { title, audience, leftCount, count, endsAtMs } = drop;
  const isOver = state === 'ended' || state === 'empty';
  return {
    ...{ state, title, audience: AUDIENCE[audience] },
    ticket: coupon === null ? dropTicket(drop, nowMs) : ownTicket(coupon, nowMs),
    left: state === 'open' || state === 'other' ? `剩 ${leftCount} 份，共 ${count} 份` : '',
    until: isOver || state === 'claimed' ? '' : `${deviceTime(endsAtMs, nowMs)} 结束`,
    said: state === 'other' ? notYours(refused || 'not_in_group') : state === 'open' ? '' : SAID[state],
  };
}
