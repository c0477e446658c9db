import * as z from 'zod';

/**
 * The kinds of product: a `course` of lessons; a `membership` plan; `content`, a text or a file (e-book, report,
 * article); `media`, one audio or video; a `bundle` of products at one price; a `column`, which is a bundle that
 * still grows.
 */
export const ProductKind = z.enum(['course', 'membership', 'content', 'media', 'bundle', 'column']);
export type ProductKind = z.infer<typeof ProductKind>;
