import * as z from 'zod';

/**
 * The kinds of product: a `course` of lessons; a `membership` plan; `content`, a text or a file (e-book, report,
 * article); `media`, one audio or video; a `bundle` of products at one price; a `column`, which is a bundle that
 * still grows; a `question`, which is one paid question to one expert.
 */
export const ProductKind = z.enum([
  'course',
  'membership',
  'content',
  'media',
  'bundle',
  'column',
  'question',
]);
export type ProductKind = z.infer<typeof ProductKind>;

/**
 * The kinds that the shop lists and searches, and that give access. A question is found by its expert, gives access to
 * nothing, and so is never owned, given, bundled or sold for points.
 */
export const ShelfKind = ProductKind.exclude(['question']);
export type ShelfKind = z.infer<typeof ShelfKind>;
