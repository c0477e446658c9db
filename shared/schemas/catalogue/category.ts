/** Categories: the shelves of the catalogue, named and ordered by staff. */
import * as z from 'zod';
import { storedText, TimeMs, text } from '../base.ts';
import { Category } from './product.ts';

/** How many categories staff can create. One screen shows them all, and one transaction orders them. */
export const CATEGORIES_MAX = 50;

/**
 * The largest number that can be ordered. It is higher, because an older store may have more, and two people may each
 * create the last one at the same moment.
 */
const ORDERED_MAX = 60;

const TitleAsked = text(20);

/**
 * A category as staff write it. The id is the slug that products refer to. A hidden category is not shown to
 * learners as a shelf.
 */
export const CategoryDraft = z.strictObject({
  id: Category,
  title: TitleAsked,
  isHidden: z.boolean().default(false),
});
export type CategoryDraft = z.infer<typeof CategoryDraft>;

/** A change to a category by staff. A field that is left out stays as it is. */
export const CategoryChange = z.strictObject({ title: TitleAsked, isHidden: z.boolean() }).partial();
export type CategoryChange = z.infer<typeof CategoryChange>;

/** A stored category. */
export const StoredCategory = z.object({
  id: Category,
  title: storedText(TitleAsked),
  /** Its place in the order in which categories are shown, from 0. */
  position: z.int().min(0),
  isHidden: z.boolean(),
  /**
   * How often a product was put into it. Removing a category reads it, and so conflicts with a product that is just
   * being placed.
   */
  placedCount: z.int().min(0),
  version: z.int().min(1),
  createdAtMs: TimeMs,
  updatedAtMs: TimeMs,
});
export type StoredCategory = z.infer<typeof StoredCategory>;

/** A category as learners see it. */
export const CategoryView = StoredCategory.pick({ id: true, title: true });

/** A category as staff see it. */
export const StaffCategoryView = StoredCategory.omit({ placedCount: true });

/** The order of the categories that staff ask for: all of them, each once. */
export const CategoryOrder = z
  .array(Category)
  .max(ORDERED_MAX)
  .refine((ids) => new Set(ids).size === ids.length);
