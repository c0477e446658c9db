/** A product in a list. */
import type {
  FlashSaleView,
  LearnedCourseView,
  LibraryItem,
  LibraryPart,
  ProductCard,
  ProductKind,
} from '../../client/types.ts';
import { words } from '../../client/words.ts';
import { deviceDay } from './deviceTime.ts';
import { courseWords } from './learned.ts';
import { type PriceView, priceOf, priceView } from './price.ts';
import { planWords } from './terms.ts';

/** What the part `course-card` shows. */
export interface CardView {
  readonly id: string;
  /** `course` and so on; empty when it is not known. */
  readonly kind: ProductKind | '';
  readonly kindWord: string;
  readonly title: string;
  readonly subtitle: string;
  readonly coverUrl: string;
  /** `5 节 · 梁静秋`. */
  readonly meta: string;
  readonly price: PriceView | null;
  readonly tag: string;
}

/** Parts of a line with a dot between them, without the empty ones. */
export function dotted(parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join(' · ');
}

/** What is told of a product beside its price. */
function metaOf({ kind, lessonCount, teacher, plan }: ProductCard | LibraryItem): string {
  if (plan !== null) return planWords(plan);
  return dotted([kind === 'course' ? `${lessonCount} 节` : words.productKind[kind], teacher]);
}

/** A product on sale. */
export function cardOf(product: ProductCard): CardView {
  const { id, kind, title, subtitle, coverUrl, isFreeForMembers } = product;
  const meta = metaOf(product);
  const price = priceOf(product);
  const tag = isFreeForMembers && product.price.priceFen > 0 ? '会员免费' : '';
  return { id, kind, kindWord: words.productKind[kind], title, subtitle, coverUrl, meta, price, tag };
}

/** A product that the caller may use, with the end of that. */
export function ownedCardOf(item: LibraryItem, nowMs: number): CardView {
  const { id, kind, title, subtitle, coverUrl, isTrial, untilAtMs } = item;
  const ends = untilAtMs === null ? '永久有效' : `${deviceDay(untilAtMs, nowMs)}到期`;
  const until = isTrial ? `试学，${ends}` : ends;
  const kindWord = words.productKind[kind];
  return { id, kind, kindWord, title, subtitle, coverUrl, meta: metaOf(item), price: null, tag: until };
}

/** A course that somebody learns, with how far they are and where. */
export function learnedCardOf(course: LearnedCourseView): CardView {
  const { productId, title, coverUrl, lastLessonTitle, progressBp, finishedAtMs, mayUse } = course;
  const share = `${Math.floor(progressBp / 100)}%`;
  return {
    ...{ id: productId, kind: 'course', kindWord: words.productKind.course, title, coverUrl, price: null },
    subtitle: lastLessonTitle === null ? '' : `学到：${lastLessonTitle}`,
    meta: courseWords(course),
    tag: mayUse ? (finishedAtMs === null ? share : '已学完') : '已到期',
  };
}

/** A part of a bundle or column that the caller may use. */
export function partCardOf({ id, kind, title, coverUrl }: LibraryPart): CardView {
  const kindWord = words.productKind[kind];
  return { id, kind, kindWord, title, subtitle: '', coverUrl, meta: kindWord, price: null, tag: '' };
}

/** A product of a flash sale, with the places that are left. */
export function flashCardOf(item: FlashSaleView['items'][number], isRunning: boolean): CardView {
  const { productId, title, coverUrl, listFen, priceFen, left, stock } = item;
  const meta = left === 0 ? '已抢完' : isRunning ? `剩 ${left} 席` : `限 ${stock} 席`;
  const price = priceView(priceFen, listFen, words.priceSource.flash);
  return { id: productId, kind: '', kindWord: '', title, subtitle: '', coverUrl, meta, price, tag: '' };
}
