/** Threads of comments, and what is counted of each. */
import * as z from 'zod';
import { ArticleId, LessonId, ProductId, TimeMs, TopicId, ULID_PATTERN } from '../base.ts';

/** Something that can be commented on. */
export const Thread = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('lesson'), id: LessonId }),
  z.strictObject({ kind: z.literal('product'), id: ProductId }),
  z.strictObject({ kind: z.literal('article'), id: ArticleId }),
  z.strictObject({ kind: z.literal('topic'), id: TopicId }),
]);
export type Thread = z.infer<typeof Thread>;

/** The kinds of things that can be commented on. */
export const ThreadKind = z.enum(['lesson', 'product', 'article', 'topic']);
export type ThreadKind = z.infer<typeof ThreadKind>;

/** The id of what a thread is about. */
export const ThreadSubject = z.union([LessonId, ProductId, ArticleId, TopicId]);
export type ThreadSubject = z.infer<typeof ThreadSubject>;

/** The id of a thread of comments: its kind, and the id of what it is about. `lesson:les_…` */
export const ThreadId = z
  .string()
  .regex(new RegExp(`^(?:lesson:les|product:prd|article:art|topic:top)_${ULID_PATTERN}$`))
  .brand<'ThreadId'>();
export type ThreadId = z.infer<typeof ThreadId>;

/** The most stars. */
export const STARS_MAX = 5;

/** How many stars somebody gives. */
export const Stars = z.int().min(1).max(STARS_MAX);
export type Stars = z.infer<typeof Stars>;

/** What is counted of a thread, under its id. There is none before its first comment was counted. */
export const ThreadCount = z.object({
  id: z.string().max(80),
  /** How many comments and replies are shown. */
  comments: z.int().min(0),
  /** How many of them give one star, two stars, and so on. */
  stars: z.array(z.int().min(0)).length(STARS_MAX),
  createdAtMs: TimeMs,
  updatedAtMs: TimeMs,
});
export type ThreadCount = z.infer<typeof ThreadCount>;

/** The stars that owners give a product: how many people gave some, and their average in hundredths; null for none. */
export const RatingView = z.object({
  people: z.int().min(1),
  averageHundredths: z
    .int()
    .min(100)
    .max(100 * STARS_MAX),
  /** How many people gave one star, two stars, and so on. */
  stars: ThreadCount.shape.stars,
});
export type RatingView = z.infer<typeof RatingView>;

/** A thread as somebody sees it who may read it. */
export const ThreadView = z.object({
  id: ThreadId,
  comments: z.int().min(0),
  rating: RatingView.nullable(),
  mayWrite: z.boolean(),
  /** Whether the caller may give stars with a comment: they own the product, and have given none. */
  mayRate: z.boolean(),
});
export type ThreadView = z.infer<typeof ThreadView>;

/** The one comment of a user that gives a product stars. Its id is `<product>:<user>`. */
export const Rating = z.object({
  id: z.string().max(80),
  commentId: z.string().max(40),
  createdAtMs: TimeMs,
});
export type Rating = z.infer<typeof Rating>;
