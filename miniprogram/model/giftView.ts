/** Gifts: those that the caller bought, and one that somebody opens by its link. */
import type { GiftView, MyGiftView } from '../../client/types.ts';
import { words } from '../../client/words.ts';
import { deviceDay, deviceTime } from './deviceTime.ts';
import { lastsWords } from './terms.ts';

/** A gift that the caller bought. */
export interface GivenView {
  readonly key: string;
  readonly productId: string;
  readonly title: string;
  readonly kind: string;
  readonly left: string;
  readonly claims: readonly string[];
  readonly bought: string;
  readonly mayShare: boolean;
  /** The secret of the link, for the share. It is not shown. */
  readonly token: string;
}

/** A gift that somebody was sent. */
export interface ReceivedView {
  readonly from: string;
  readonly title: string;
  readonly about: string;
  readonly coverUrl: string;
  readonly left: string;
  readonly mayClaim: boolean;
  /** Why it cannot be claimed; empty when it can. */
  readonly why: string;
}

/** A gift that the caller bought. */
export function givenView(gift: MyGiftView, nowMs: number): GivenView {
  const { orderId, productId, title, kind, count, left, state, createdAtMs, token, claims } = gift;
  const isOpen = state === 'open';
  return {
    key: `${orderId}:${productId}`,
    ...{ productId, title, token },
    kind: words.productKind[kind],
    left: isOpen ? `${count} 份，还剩 ${left} 份` : words.giftState.revoked,
    claims: claims.map(({ atMs }) => `${deviceTime(atMs, nowMs)} 被领取`),
    bought: `${deviceDay(createdAtMs, nowMs)} 购买`,
    mayShare: isOpen && left > 0,
  };
}

/** A gift that somebody was sent. */
export function receivedView(gift: GiftView, nowMs: number): ReceivedView {
  const { title, kind, coverUrl, nickname, count, left, state } = gift;
  const why = state === 'revoked' ? '这份礼物已被收回' : left === 0 ? '这份礼物已经领完了' : '';
  return {
    from: `${nickname} 送您一份礼物`,
    ...{ title, coverUrl, why },
    about: `${words.productKind[kind]} · ${lastsWords(gift, nowMs)}`,
    left: count > 1 ? `共 ${count} 份，还剩 ${left} 份` : '',
    mayClaim: why === '',
  };
}
