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

/** How many things there are to open in a product: its lessons, or those of its parts; one where there are none. */
export function unitsOf(product: Pick<Product, 'kind' | 'lessonCount'>): number {
  if (product.kind === 'membership') return 0;
  return Math.max(1, product.lessonCount);
}

/**
 * How much of the product was opened, in basis points, rounded down, 10 000 at most. 0 for a membership, of which there
 * is nothing to open.
 */
export function progressOf(
  usage: Usage | null,
  product: Pick<Product, 'kind' | 'lessonCount'> | null,
): number {
  if (usage === null || product === null) return 0;
  const units = Math.min(OPENED_MAX, unitsOf(product));
  return units === 0 ? 0 : Math.min(10_000, Math.floor((usage.opened.length * 10_000) / units));
}
