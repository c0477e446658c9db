/** How much of a product a user has opened. Only what the server has seen counts, not what a client reports. */

import { OPENED_MAX, type Usage } from '../../schemas/access/usage.ts';
import type { LessonId, ProductId, TimeMs, UserId } from '../../schemas/base.ts';
import type { Product } from '../../schemas/catalogue/product.ts';
import { isOnShelf } from '../catalogue/shelf.ts';

/** One thing that a user has opened, and whether its file was handed out. */
export interface Opened {
  readonly userId: UserId;
  readonly productId: ProductId;
  /** The lesson; for a product without lessons, the product itself. */
  readonly what: LessonId | ProductId;
  readonly isDownload: boolean;
}

/** Whether the usage already contains this, so that nothing has to be written. */
export function isKnown(
  usage: Usage | null,
  { what, isDownload }: Omit<Opened, 'userId' | 'productId'>,
): boolean {
  if (usage === null || (isDownload && usage.downloadedAtMs === null)) return false;
  return usage.opened.includes(what) || usage.opened.length === OPENED_MAX;
}

/** The usage with this included. The same object is returned when it is included already. */
export function markOpened(before: Usage | null, opened: Opened, now: TimeMs): Usage {
  if (before !== null && isKnown(before, opened)) return before;
  const { userId, productId, what, isDownload } = opened;
  const others = (before?.opened ?? []).filter((id) => id !== what);
  return {
    id: `${userId}:${productId}`,
    userId,
    productId,
    opened: [...others, what].slice(0, OPENED_MAX),
    firstOpenedAtMs: before?.firstOpenedAtMs ?? now,
    downloadedAtMs: before?.downloadedAtMs ?? (isDownload ? now : null),
    updatedAtMs: now,
  };
}

/**
 * How many lessons a product and its parts have. A product without lessons, such as an e-book, counts as one; a
 * membership or a question counts as none.
 */
export function lessonsOf(product: Pick<Product, 'kind' | 'lessonCount'>): number {
  return product.kind === 'membership' || !isOnShelf(product) ? 0 : Math.max(1, product.lessonCount);
}

/** The number of paid things that can be opened: all lessons except trial lessons. */
export function unitsOf(product: Pick<Product, 'kind' | 'lessonCount' | 'trialCount'>): number {
  return lessonsOf(product) - product.trialCount;
}

/**
 * The share of a purchase that was opened, in basis points, rounded down, at most 10 000. `units` is the number of
 * things to open at the time of purchase, so lessons added later do not change anybody's share. 0 when there was
 * nothing to open, as in a membership.
 */
export function progressOf(usage: Usage | null, units: number): number {
  if (usage === null || units === 0) return 0;
  return Math.min(10_000, Math.floor((usage.opened.length * 10_000) / Math.min(OPENED_MAX, units)));
}
