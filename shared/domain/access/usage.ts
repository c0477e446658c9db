/** How much of a product somebody has opened: what the server itself has seen, never what a client claims. */

import { OPENED_MAX, type Usage } from '../../schemas/access/usage.ts';
import type { LessonId, ProductId, TimeMs, UserId } from '../../schemas/base.ts';
import type { Product } from '../../schemas/catalogue/product.ts';

/** What was opened of a product, and whether a file of it was handed out. */
export interface Opened {
  readonly userId: UserId;
  readonly productId: ProductId;
  /** The lesson; of what has no lessons the product itself. */
  readonly what: LessonId | ProductId;
  readonly isDownload: boolean;
}

/** Whether the usage says so already: then there is nothing to write. */
export function isKnown(
  usage: Usage | null,
  { what, isDownload }: Omit<Opened, 'userId' | 'productId'>,
): boolean {
  if (usage === null || (isDownload && usage.downloadedAtMs === null)) return false;
  return usage.opened.includes(what) || usage.opened.length === OPENED_MAX;
}

/** The usage with this in it; the very same object when it was in it before. */
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

/** How many lessons there are in a product, or in its parts; what has none, such as an e-book, counts as one. */
export function lessonsOf(product: Pick<Product, 'kind' | 'lessonCount'>): number {
  return product.kind === 'membership' ? 0 : Math.max(1, product.lessonCount);
}

/** How many things there are to open that are paid for: lessons without the trials, which are open to everybody. */
export function unitsOf(product: Pick<Product, 'kind' | 'lessonCount' | 'trialCount'>): number {
  return lessonsOf(product) - product.trialCount;
}

/**
 * How much of what was bought was opened, in basis points, rounded down, 10 000 at most. `units` is how many things there
 * were to open when it was bought, so that what the shop adds later makes nobody's share smaller. 0 where there was
 * nothing to open, as in a membership.
 */
export function progressOf(usage: Usage | null, units: number): number {
  if (usage === null || units === 0) return 0;
  return Math.min(10_000, Math.floor((usage.opened.length * 10_000) / Math.min(OPENED_MAX, units)));
}
