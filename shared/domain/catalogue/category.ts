/** The rules of categories. */
import { fail } from '../../errors.ts';
import type { TimeMs } from '../../schemas/base.ts';
import {
  CATEGORIES_MAX,
  type CategoryChange,
  type CategoryDraft,
  type StoredCategory,
} from '../../schemas/catalogue/category.ts';

/**
 * Refuses another category when there are already as many as staff can create. Two requests at the same moment may
 * both pass.
 * @throws category.too_many
 */
export function refuseTooMany(others: readonly StoredCategory[]): void {
  if (others.length >= CATEGORIES_MAX) throw fail('category.too_many');
}

/** A new category at the end of the order. */
export function newCategory(
  { id, title, isHidden }: CategoryDraft,
  others: readonly StoredCategory[],
  now: TimeMs,
): StoredCategory {
  const position = others.reduce((last, other) => Math.max(last, other.position + 1), 0);
  const times = { createdAtMs: now, updatedAtMs: now };
  return { id, title, position, isHidden, placedCount: 0, version: 1, ...times };
}

/** The stored category, for a repeated request with the same slug and content. @throws category.id_taken */
export function madeBefore(before: StoredCategory, draft: CategoryDraft): StoredCategory {
  const isSame = before.title === draft.title && before.isHidden === draft.isHidden;
  if (!isSame) throw fail('category.id_taken');
  return before;
}

/**
 * The category with a new title or visibility. The same object is returned for a repeat of this change, whose first
 * answer was lost.
 * @throws category.version_changed
 */
export function changeCategory(
  before: StoredCategory,
  asked: CategoryChange & { readonly expectedVersion: number },
  now: TimeMs,
): StoredCategory {
  const { expectedVersion, title = before.title, isHidden = before.isHidden } = asked;
  const after = { ...before, title, isHidden };
  const { version } = before;
  const isSame = after.title === before.title && after.isHidden === before.isHidden;
  if (isSame && version === expectedVersion + 1) return before;
  if (version !== expectedVersion) throw fail('category.version_changed', { params: { version } });
  return isSame ? before : { ...after, version: version + 1, updatedAtMs: now };
}

/** The category with one more product placed in it. */
export function withPlaced(before: StoredCategory): StoredCategory {
  return { ...before, placedCount: before.placedCount + 1 };
}

/**
 * The categories whose position changes when all are put in the order of `ids`.
 * @throws category.order_incomplete when `ids` are not exactly the existing categories
 */
export function inOrder(
  before: readonly StoredCategory[],
  ids: readonly string[],
  now: TimeMs,
): StoredCategory[] {
  const isWhole = before.length === ids.length && before.every(({ id }) => ids.includes(id));
  if (!isWhole) throw fail('category.order_incomplete');
  return before.flatMap((category) => {
    const position = ids.indexOf(category.id);
    return position === category.position ? [] : [{ ...category, position, updatedAtMs: now }];
  });
}
