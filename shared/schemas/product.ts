/** What is sold and what it gives: products, the outline of a course, and its lessons. */
import * as z from 'zod';
import { BasisPoints, Fen, httpsUrl, LessonId, ProductId, pageOf, TimeMs, text } from './base.ts';

/**
 * Kinds of product: a `course` of lessons; a `membership` plan; `content`, a text or a file (e-book, report, article);
 * `media`, one audio or video; a `bundle` of products at one price; a `column`, a bundle to which parts are still added.
 */
export const ProductKind = z.enum(['course', 'membership', 'content', 'media', 'bundle', 'column']);
export type ProductKind = z.infer<typeof ProductKind>;

/** How long access lasts: data, shown before paying, copied into the order line. */
export const AccessRule = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('forever') }),
  z.strictObject({ kind: z.literal('days'), days: z.int().min(1).max(3650) }),
  /** Until a date, exclusive, whenever it was bought. */
  z.strictObject({ kind: z.literal('until'), untilAtMs: TimeMs }),
]);
export type AccessRule = z.infer<typeof AccessRule>;

/**
 * When money goes back without asking staff: within `windowDays` of the payment (0 for never), a share that falls with
 * what has been learned, and nothing once the file was downloaded. Shown before paying, copied into the order line.
 */
export const RefundPolicy = z.strictObject({
  windowDays: z.int().min(0).max(365),
  /**
   * From the least progress to the most: up to `progressMax` of the lessons opened, `share` of what was paid goes back.
   * Beyond the last one nothing does.
   */
  tiers: z
    .array(z.strictObject({ progressMax: BasisPoints, share: BasisPoints.min(1) }))
    .max(5)
    .refine((tiers) =>
      tiers.every((tier, index) => {
        const before = tiers[index - 1];
        return before === undefined || (before.progressMax < tier.progressMax && before.share >= tier.share);
      }),
    ),
  isVoidAfterDownload: z.boolean(),
});
export type RefundPolicy = z.infer<typeof RefundPolicy>;

/** What a membership plan gives: for a month, a quarter or a year, all that is marked for members, or some products. */
export const MembershipPlan = z.strictObject({
  period: z.enum(['month', 'quarter', 'year']),
  scope: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('platform') }),
    z.strictObject({ kind: z.literal('product'), productId: ProductId }),
  ]),
});
export type MembershipPlan = z.infer<typeof MembershipPlan>;

/** A price for a limited time: from … until (exclusive). */
export const LimitedPrice = z
  .strictObject({ priceFen: Fen, fromAtMs: TimeMs, untilAtMs: TimeMs })
  .refine((limited) => limited.fromAtMs < limited.untilAtMs, { path: ['untilAtMs'] });
export type LimitedPrice = z.infer<typeof LimitedPrice>;

/** How many parts a bundle or a column has at most, and in how many of them a product may be. */
export const PARTS_MAX = 50;

/** A slug of the catalogue's shelves, `programming`. */
export const Category = z.string().regex(/^[a-z][a-z0-9-]{0,29}$/);

/** In which order a list of courses comes. */
export const CourseSort = z.enum(['newest', 'price_asc', 'price_desc']);
export type CourseSort = z.infer<typeof CourseSort>;

/** A file's key in storage: segments of plain characters, none of which starts with a dot, so no way leads up. */
export const MediaKey = z
  .string()
  .max(300)
  .regex(/^[A-Za-z0-9_-][A-Za-z0-9._-]*(?:\/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$/);

/** A stored product: what can be bought, at which price, and whether it can be seen. */
export const Product = z.object({
  id: ProductId,
  kind: ProductKind,
  /** Rises with every change; an order line stores the version it bought. */
  version: z.int().min(1),
  state: z.enum(['draft', 'published', 'withdrawn']),
  title: text(60),
  subtitle: text(120, 0),
  summary: text(4000, 0),
  category: Category,
  tags: z.array(text(20)).max(10),
  teacher: text(30),
  coverUrl: httpsUrl(500),
  listFen: Fen,
  /** A price that staff have set and that is not yet live at every rail that sells this; null when there is none. */
  nextListFen: Fen.nullable(),
  limited: LimitedPrice.nullable(),
  /** What members pay; null when they pay what everybody does. */
  memberFen: Fen.nullable(),
  isFreeForMembers: z.boolean(),
  /** What it costs in points alone; null when it is not sold for points. */
  pointsPrice: z.int().min(1).max(10_000_000).nullable(),
  access: AccessRule,
  refundPolicy: RefundPolicy,
  /** When it can be bought, `saleUntilAtMs` exclusive; null for no bound. */
  saleFromAtMs: TimeMs.nullable(),
  saleUntilAtMs: TimeMs.nullable(),
  /** Of a membership only. */
  plan: MembershipPlan.nullable(),
  /** Of a bundle or column: what is in it. */
  parts: z.array(ProductId).max(PARTS_MAX),
  /** The bundles and columns that this is a part of. */
  partOf: z.array(ProductId).max(PARTS_MAX),
  /** How many lessons there are; of a bundle or column in all its parts, where one without lessons counts as one. */
  lessonCount: z.int().min(0).max(4000),
  /** Of what staff wrote when they made it, so that the same id with another content is refused; null for a course. */
  draftDigest: z.string().length(64).nullable(),
  publishedAtMs: TimeMs.nullable(),
  createdAtMs: TimeMs,
  updatedAtMs: TimeMs,
});
export type Product = z.infer<typeof Product>;

/** One line of a course's table of contents. Trial lessons are open to everybody. */
export const OutlineLesson = z.object({
  id: LessonId,
  title: text(80),
  durationSeconds: z.int().min(0).max(86_400),
  isTrial: z.boolean(),
});
export type OutlineLesson = z.infer<typeof OutlineLesson>;

/** A stored course: the outline under the product's id. */
export const Course = z.object({
  id: ProductId,
  chapters: z.array(z.object({ title: text(80), lessons: z.array(OutlineLesson).max(200) })).max(100),
  /** A digest of what staff wrote when they made it, so that the same id with another course is refused. */
  draftDigest: z.string().length(64),
});
export type Course = z.infer<typeof Course>;

/** A stored lesson: what the buyer pays for. `mediaKey` is the file's key in storage, never sent. */
export const Lesson = z.object({
  id: LessonId,
  productId: ProductId,
  title: text(80),
  body: text(50_000, 0),
  mediaKey: MediaKey.nullable(),
  durationSeconds: z.int().min(0).max(86_400),
  isTrial: z.boolean(),
});
export type Lesson = z.infer<typeof Lesson>;

/** How many lessons a course is made with at once: they and the course's own documents are one transaction. */
export const LESSONS_MAX = 60;

/** What staff write: a whole course with its lessons. The client makes the id, so that a repeat makes one course. */
export const CourseDraft = Product.pick({
  id: true,
  title: true,
  subtitle: true,
  summary: true,
  category: true,
  tags: true,
  teacher: true,
  coverUrl: true,
  listFen: true,
  access: true,
})
  .extend({
    chapters: z
      .array(
        z.strictObject({
          title: text(80),
          lessons: z
            .array(
              Lesson.pick({
                title: true,
                body: true,
                mediaKey: true,
                durationSeconds: true,
                isTrial: true,
              }).strict(),
            )
            .max(LESSONS_MAX),
        }),
      )
      .max(LESSONS_MAX)
      .refine(
        (chapters) => chapters.reduce((sum, chapter) => sum + chapter.lessons.length, 0) <= LESSONS_MAX,
      ),
  })
  .strict();
export type CourseDraft = z.infer<typeof CourseDraft>;

/** A course as staff see it after writing it: where it stands, and the ids its lessons got. */
export const StaffCourseView = Product.omit({ kind: true, draftDigest: true }).extend({
  chapters: Course.shape.chapters,
});
export type StaffCourseView = z.infer<typeof StaffCourseView>;

/** A course in a list: nothing in it has to be paid for. */
export const CourseCard = z.object({
  id: ProductId,
  title: z.string(),
  subtitle: z.string(),
  category: z.string(),
  tags: z.array(z.string()),
  teacher: z.string(),
  coverUrl: z.string(),
  listFen: Fen,
  lessonCount: z.int(),
  publishedAtMs: TimeMs,
});
export type CourseCard = z.infer<typeof CourseCard>;

/** One page of courses. */
export const CoursePage = pageOf(CourseCard);
export type CoursePage = z.infer<typeof CoursePage>;

/** A course's own page: the outline with trial marks, and what the caller owns of it (null when nobody is logged in). */
export const CourseView = CourseCard.extend({
  summary: z.string(),
  access: AccessRule,
  chapters: z.array(z.object({ title: z.string(), lessons: z.array(OutlineLesson) })),
  owned: z.object({ isOwned: z.boolean(), untilAtMs: TimeMs.nullable() }).nullable(),
});
export type CourseView = z.infer<typeof CourseView>;

/** An open lesson. `mediaUrl` stops working at `mediaExpiresAtMs`. */
export const LessonView = z.object({
  id: LessonId,
  productId: ProductId,
  title: z.string(),
  body: z.string(),
  durationSeconds: z.int(),
  isTrial: z.boolean(),
  mediaUrl: z.string().nullable(),
  mediaExpiresAtMs: TimeMs.nullable(),
});
export type LessonView = z.infer<typeof LessonView>;
