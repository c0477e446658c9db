/** The page on which an order is confirmed: what it costs and why, what may be changed, and what the button does. */
import { yuan } from '../../client/fen.ts';
import type { CouponView, Platform, Quote } from '../../client/types.ts';
import type { Buying } from './buying.ts';
import { type OwnTicket, ownTicket } from './couponView.ts';
import type { Failure } from './failure.ts';
import type { Loaded, Paged } from './loaded.ts';
import { type QuoteView, quoteView } from './quoteView.ts';
import { failureLine, moreLineOf, type StateLine, stateLineOf } from './stateLine.ts';

/** What the page knows. */
export interface CheckoutModel {
  /** How many copies are bought for friends; 0 when it is for the buyer. */
  readonly gifts: number;
  /** How many copies may be bought at a time. */
  readonly giftsMax: number;
  readonly quote: Loaded<Quote>;
  readonly platform: Platform;
  readonly coupons: Loaded<Paged<CouponView>>;
  readonly moreCoupons: Loaded<unknown>;
  readonly isChoosing: boolean;
  readonly buying: Buying;
}

/** A coupon that may be chosen. */
export interface ChoiceView {
  readonly ticket: OwnTicket;
  readonly id: string;
  readonly isChosen: boolean;
}

/** What the template reads. */
export interface CheckoutView {
  readonly state: StateLine | null;
  readonly quote: QuoteView | null;
  readonly gifts: number;
  readonly giftsMax: number;
  readonly hasCoupons: boolean;
  readonly coupon: string;
  readonly isChoosing: boolean;
  readonly choices: readonly ChoiceView[];
  readonly choicesState: StateLine | null;
  /** What has to be looked at before the next tap; empty for nothing. */
  readonly notice: string;
  readonly failure: StateLine | null;
  readonly button: string;
  readonly isBusy: boolean;
}

const titlesOf = ({ value }: Loaded<Paged<CouponView>>): Readonly<Record<string, string>> =>
  Object.fromEntries((value?.items ?? []).map(({ id, title }) => [id, title]));

const BUSY: readonly Buying['at'][] = ['creating', 'finding', 'opening', 'paying', 'asking'];

/** Whether something is under way, so that nothing may be changed. */
export function isUnderWay({ at }: Buying): boolean {
  return BUSY.includes(at);
}

function noticeOf(buying: Buying): string {
  if (buying.at === 'repriced') return '价格有变动，请确认新的价格后再提交。';
  const isLost = buying.at === 'unanswered' && buying.failure.kind === 'offline';
  return isLost ? '没有收到答复。再点一次不会重复下单。' : '';
}

function failureOf(buying: Buying): Failure | null {
  return buying.at === 'refused' || buying.at === 'unanswered' ? buying.failure : null;
}

function buttonOf(buying: Buying, { payableFen }: Quote): string {
  switch (buying.at) {
    case 'creating':
    case 'finding':
      return '正在提交';
    case 'opening':
      return '正在准备支付';
    case 'paying':
      return '请在微信中支付';
    case 'asking':
      return '正在确认';
    default:
      return payableFen === 0 ? '免费领取' : `支付 ${yuan(payableFen)}`;
  }
}

function couponWords({ value }: CheckoutModel['quote']): string {
  const applied = value?.applied.find(({ kind }) => kind === 'coupon');
  return applied === undefined ? '不使用优惠券' : `${applied.title}，减 ${yuan(applied.offFen)}`;
}

/** The page. */
export function checkoutView(model: CheckoutModel, nowMs: number): CheckoutView {
  const { quote, platform, coupons, buying, gifts, giftsMax, isChoosing } = model;
  const { value } = quote;
  const failure = failureOf(buying) ?? (value === null ? null : quote.failure);
  const empty = { title: '没有可用的优惠券', action: '' };
  return {
    state: stateLineOf(quote),
    quote: value === null ? null : quoteView(value, { platform, nowMs, titles: titlesOf(coupons) }),
    gifts,
    giftsMax,
    hasCoupons: platform !== 'ios' || value?.rail !== 'xpay',
    coupon: couponWords(quote),
    isChoosing,
    choices: (coupons.value?.items ?? []).map((coupon) => ({
      ticket: ownTicket(coupon, nowMs),
      id: coupon.id,
      isChosen: coupon.id === value?.couponId,
    })),
    choicesState:
      stateLineOf(coupons, empty, ({ items }) => items.length === 0) ??
      moreLineOf(model.moreCoupons, coupons.value?.nextCursor !== null, 0),
    notice: noticeOf(buying),
    failure: failure === null ? null : failureLine(failure),
    button: value === null ? '' : buttonOf(buying, value),
    isBusy: isUnderWay(buying) || quote.isLoading,
  };
}
