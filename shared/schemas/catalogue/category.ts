/** Categories: the shelves of the catalogue, with names and an order that staff give them. */
import * as z from 'zod';
import { storedText, TimeMs, text } from '../base.ts';
import { Category } from './product.ts';

/** How many categories there are at most: a screen shows them all, and one transaction orders them. */
export const CATEGORIES_MAX = 50;

const TitleAsked = text(20);

/** What staff write. The id is the slug that products name; a hidden one is not shown to learners as a shelf. */
export const CategoryDraft = z.strictObject({
  id: Category,
  title: TitleAsked,
  isHidden: z.boolean().default(false),
});
export type CategoryDraft = z.infer<typeof CategoryDraft>;

/** What staff change of one. What is not given stays. */
export const CategoryChange = z.strictObject({ title: TitleAsked, isHidden: z.boolean() }).partial();
export type CategoryChange = z.infer<typeof CategoryChange>;

/** A stored category. */
export const StoredCategory = z.object({
  id: Category,
  title: storedText(TitleAsked),
  /** From 0, in the order in which they are shown. */
  position: z.int().min(0),
  isHidden: z.boolean(),
  /** How often a product was put into it: who removes it sees that one has just come. */
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

/** All categories in their order, each once, as staff want it. */
export const CategoryOrder = z
  .array(Category)
  .max(CATEGORIES_MAX)
  .refine((ids) => new Set(ids).size === ids.length);
