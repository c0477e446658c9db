/** A product's own page, for products of every kind. */
import { shortYuan } from '../../client/fen.ts';
import type { CourseProgressView, CourseView, ProductKind, ProductView } from '../../client/types.ts';
import { words } from '../../client/words.ts';
import { type CardView, cardOf, dotted } from './card.ts';
import { deviceDay, deviceTime } from './deviceTime.ts';
import { courseWords } from './learned.ts';
import { type ChapterView, durationWords, outlineOf } from './outline.ts';
import { type PriceView, priceOf } from './price.ts';
import { accessWords, planWords, refundWords } from './terms.ts';

/** What was read: a course has lessons, and everything else has parts or a content. */
export type Detail =
  | { readonly kind: 'course'; readonly of: CourseView }
  | { readonly kind: Exclude<ProductKind, 'course'>; readonly of: ProductView };

/** One line of the terms. */
export interface Fact {
  readonly id: string;
  readonly label: string;
  readonly text: string;
}

/** What can be done on the page. */
export interface DetailActions {
  /** What the button says that opens what the caller has; empty for no button. */
  readonly open: string;
  /** What the main button says; empty for no button. */
  readonly buy: string;
  /** What the button says that starts a trial; empty when none is offered. */
  readonly trial: string;
  /** Why there is no button, or what the caller has; empty for nothing. */
  readonly note: string;
  readonly mayPutInCart: boolean;
  /** Whether it would cost a member nothing. */
  readonly isFreeForMembers: boolean;
}

/** What the page shows. */
export interface DetailView {
  readonly id: string;
  readonly title: string;
  readonly subtitle: string;
  readonly coverUrl: string;
  readonly about: string;
  readonly tags: readonly string[];
  readonly price: PriceView;
  readonly offers: readonly string[];
  readonly owned: string;
  /** `已学完 3/9 节`; empty before anything was learned. */
  readonly learned: string;
  /** Whether the whole course was learned, so that its certificate may be asked for. */
  readonly isFinished: boolean;
  readonly facts: readonly Fact[];
  readonly summary: string;
  readonly preview: string;
  readonly chapters: readonly ChapterView[];
  readonly parts: readonly CardView[];
  readonly actions: DetailActions;
  /** Whether it can be bought for friends, whatever the caller has of it. */
  readonly mayGive: boolean;
}

function mayGive({ of: { saleFromAtMs, saleUntilAtMs, listFen } }: Detail, nowMs: number): boolean {
  const isOnSale = nowMs >= (saleFromAtMs ?? nowMs) && nowMs < (saleUntilAtMs ?? nowMs + 1);
  return isOnSale && listFen > 0;
}

/** What may make it cheaper, or already does. */
function offersOf({ of }: Detail, nowMs: number): readonly string[] {
  const { price, limited, memberFen, isFreeForMembers, pointsPrice } = of;
  const isMember = price.source === 'member';
  const lines = [
    price.source === 'limited' && limited !== null ? `限时价至 ${deviceTime(limited.untilAtMs, nowMs)}` : '',
    price.ownedFen > 0 ? `已扣除你拥有的部分 ${shortYuan(price.ownedFen)}` : '',
    memberFen !== null && !isMember ? `会员价 ${shortYuan(memberFen)}` : '',
    isFreeForMembers && !isMember ? '会员免费学' : '',
    pointsPrice === null ? '' : `${pointsPrice} 积分可兑换`,
  ];
  return lines.filter((line) => line !== '');
}

function ownedWords({ kind, of: { owned } }: Detail, nowMs: number): string {
  if (owned?.isOwned !== true) return '';
  const has = owned.isTrial ? '试学中' : kind === 'membership' ? '已开通' : '已拥有';
  return owned.untilAtMs === null ? `${has}，永久有效` : `${has}，${deviceDay(owned.untilAtMs, nowMs)}到期`;
}

const OPENS: Readonly<Partial<Record<ProductKind, string>>> = {
  course: '开始学习',
  media: '开始播放',
  content: '开始阅读',
};

/** Why it cannot be bought, or what the buttons say. */
function actionsOf(detail: Detail, nowMs: number): DetailActions {
  const { kind, of } = detail;
  const { owned, saleFromAtMs, saleUntilAtMs, price } = of;
  const mayOpen = owned?.isOwned === true;
  const isOwned = mayOpen && !owned.isTrial;
  const isFreeForMembers = of.isFreeForMembers && price.priceFen > 0 && !isOwned;
  const open = mayOpen ? (OPENS[kind] ?? '') : '';
  const days = detail.kind === 'course' && price.priceFen > 0 ? detail.of.trialDays : 0;
  const trial = days === 0 ? '' : `试学 ${days} 天`;
  const none = { open, trial, buy: '', mayPutInCart: false, isFreeForMembers };
  if (saleFromAtMs !== null && nowMs < saleFromAtMs) {
    return { ...none, note: `${deviceTime(saleFromAtMs, nowMs)} 开售` };
  }
  if (saleUntilAtMs !== null && nowMs >= saleUntilAtMs) return { ...none, note: isOwned ? '' : '已停售' };
  if (owned !== null && !owned.mayBuy) return { ...none, note: isOwned ? '' : '现在不能购买' };
  if (isOwned) return { ...none, buy: kind === 'membership' ? '续费' : '延长有效期', note: '' };
  if (price.priceFen === 0) return { ...none, buy: '免费领取', note: '' };
  return {
    ...none,
    buy: kind === 'membership' ? '立即开通' : '立即购买',
    note: '',
    // A bar has room for two.
    mayPutInCart: kind !== 'membership' && trial === '',
  };
}

function factsOf(detail: Detail, nowMs: number): readonly Fact[] {
  const { of } = detail;
  const plan = detail.kind === 'course' ? null : detail.of.plan;
  const size = detail.kind === 'course' ? `${of.lessonCount} 节` : '';
  const file = detail.kind !== 'course' && detail.of.hasFile ? '含可下载的文件' : '';
  const facts: Fact[] = [
    { id: 'teacher', label: '讲师', text: detail.kind === 'membership' ? '' : of.teacher },
    { id: 'size', label: '内容', text: dotted([size, durationWords(of.durationSeconds), file]) },
    { id: 'plan', label: '会员', text: plan === null ? '' : planWords(plan) },
    { id: 'access', label: '有效期', text: plan === null ? accessWords(of.access, nowMs) : '' },
    { id: 'refund', label: '退款', text: refundWords(of.refundPolicy) },
  ];
  return facts.filter(({ text }) => text !== '');
}

function partCards(detail: Detail): readonly CardView[] {
  if (detail.kind === 'course') return [];
  return detail.of.parts.map((part) => {
    const card = cardOf(part);
    return part.isOwned ? { ...card, price: null, tag: '已拥有' } : card;
  });
}

/** The whole page. */
export function detailView(
  detail: Detail,
  nowMs: number,
  progress: CourseProgressView | null = null,
): DetailView {
  const { kind, of } = detail;
  return {
    id: of.id,
    title: of.title,
    subtitle: of.subtitle,
    coverUrl: of.coverUrl,
    about: dotted([words.productKind[kind], of.teacher]),
    tags: of.tags,
    price: priceOf(of),
    offers: offersOf(detail, nowMs),
    owned: ownedWords(detail, nowMs),
    learned: progress === null ? '' : courseWords(progress),
    isFinished: progress !== null && progress.finishedAtMs !== null,
    facts: factsOf(detail, nowMs),
    summary: of.summary,
    preview: detail.kind === 'course' ? '' : (detail.of.preview ?? ''),
    chapters: detail.kind === 'course' ? outlineOf(detail.of, '', progress) : [],
    parts: partCards(detail),
    actions: actionsOf(detail, nowMs),
    mayGive: mayGive(detail, nowMs),
  };
}
