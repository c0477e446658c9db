/** Products: what is sold, what it gives, and the outline and lessons of a course. */
import * as z from 'zod';
import {
  BasisPoints,
  Fen,
  httpsUrl,
  LessonId,
  lines,
  ProductId,
  pageOf,
  storedText,
  TimeMs,
  text,
} from '../base.ts';
import { AnyReason } from '../identity/staff.ts';
import { ProductKind } from './productKind.ts';

/** How long access lasts. It is shown before paying, and copied into the order line. */
export const AccessRule = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('forever') }),
  z.strictObject({ kind: z.literal('days'), days: z.int().min(1).max(3650) }),
  /** Until a fixed date (exclusive), whenever it was bought. */
  z.strictObject({ kind: z.literal('until'), untilAtMs: TimeMs }),
]);
export type AccessRule = z.infer<typeof AccessRule>;

/**
 * When money goes back without asking staff: within `windowDays` of the payment (0 for never), and not after a
 * download if `isVoidAfterDownload`. The share falls with the progress. It is shown before paying, and copied into
 * the order line.
 */
export const RefundPolicy = z.strictObject({
  windowDays: z.int().min(0).max(365),
  /**
   * In rising order of progress. While at most `progressMax` of the lessons were opened, `share` of what was paid
   * goes back. Nothing goes back beyond the last tier.
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

/**
 * What a membership plan gives: for a month, a quarter or a year, either everything that is marked for members, or
 * one product and what is in it.
 */
export const MembershipPlan = z.strictObject({
  period: z.enum(['month', 'quarter', 'year']),
  scope: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('platform') }),
    z.strictObject({ kind: z.literal('product'), productId: ProductId }),
  ]),
});
export type MembershipPlan = z.infer<typeof MembershipPlan>;

/** A price for a limited time, from `fromAtMs` until `untilAtMs` (exclusive). */
export const LimitedPrice = z
  .strictObject({ priceFen: Fen, fromAtMs: TimeMs, untilAtMs: TimeMs })
  .refine((limited) => limited.fromAtMs < limited.untilAtMs, { path: ['untilAtMs'] });
export type LimitedPrice = z.infer<typeof LimitedPrice>;

/** The largest number of parts in a bundle or column, and of bundles and columns that one product may be in. */
export const PARTS_MAX = 50;

/** The largest number of former parts of a bundle or column, and of bundles and columns that one product has left. */
export const LEFT_MAX = 100;

/** The longest trial of a course. */
export const TRIAL_DAYS_MAX = 30;

/** The largest number of lessons in a course, hidden ones included. */
export const COURSE_LESSONS_MAX = 500;

/** The largest number of things to open in one product: a bundle with the most parts, each with the most lessons. */
export const UNITS_MAX = PARTS_MAX * COURSE_LESSONS_MAX;

/** The slug of a category: `programming`. */
export const Category = z.string().regex(/^[a-z][a-z0-9-]{0,29}$/);

/**
 * The order of a list. Sorting by price uses the list price, because what a buyer pays differs from buyer to buyer.
 */
export const CourseSort = z.enum(['newest', 'price_asc', 'price_desc']);
export type CourseSort = z.infer<typeof CourseSort>;

/**
 * A file's key in storage: segments of plain characters. No segment starts with a dot, so no key leads to a parent
 * folder.
 */
export const MediaKey = z
  .string()
  .max(300)
  .regex(/^[A-Za-z0-9_-][A-Za-z0-9._-]*(?:\/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$/);

/** The texts that staff write about any product, for everybody to read. */
export const Description = z.strictObject({
  title: text(60),
  subtitle: text(120, 0),
  summary: lines(4000, 0),
  category: Category,
  tags: z.array(text(20)).max(10),
  teacher: text(30),
  coverUrl: httpsUrl(500),
});
const described = Description.shape;

/** A stored product: what can be bought, its price, and whether it can be seen. */
export const Product = z.object({
  id: ProductId,
  kind: ProductKind,
  /** Rises with every change. An order line stores the version that was bought. */
  version: z.int().min(1),
  state: z.enum(['draft', 'published', 'withdrawn']),
  title: storedText(described.title),
  subtitle: storedText(described.subtitle),
  summary: storedText(described.summary),
  category: Category,
  tags: z.array(storedText(described.tags.element)).max(10),
  teacher: storedText(described.teacher),
  coverUrl: storedText(described.coverUrl),
  listFen: Fen,
  /**
   * A list price that staff have set and that is not yet live at every rail which sells this; null when there is
   * none.
   */
  nextListFen: Fen.nullable(),
  limited: LimitedPrice.nullable(),
  /** The price for members; null when they pay the normal price. */
  memberFen: Fen.nullable(),
  isFreeForMembers: z.boolean(),
  /** The price in points alone; null when it is not sold for points. */
  pointsPrice: z.int().min(1).max(10_000_000).nullable(),
  access: AccessRule,
  refundPolicy: RefundPolicy,
  /** When it can be bought; `saleUntilAtMs` is exclusive. Null means no bound. */
  saleFromAtMs: TimeMs.nullable(),
  saleUntilAtMs: TimeMs.nullable(),
  /** For a membership only. */
  plan: MembershipPlan.nullable(),
  /** For a bundle or column: its parts. */
  parts: z.array(ProductId).max(PARTS_MAX),
  /** The bundles and columns that this is a part of. */
  partOf: z.array(ProductId).max(PARTS_MAX),
  /**
   * The bundles and columns that this product has left, each with the bundle's version from then on. Buyers of
   * earlier versions keep it.
   */
  leftOf: z.array(z.object({ productId: ProductId, version: z.int().min(1), atMs: TimeMs })).max(LEFT_MAX),
  /** For a bundle or column: the parts that have left it, and the version at which each left. */
  formerParts: z.array(z.object({ productId: ProductId, version: z.int().min(1) })).max(LEFT_MAX),
  /**
   * How many lessons its page shows. For a bundle or column: those of all its parts, where a part without lessons
   * counts as one.
   */
  lessonCount: z.int().min(0).max(UNITS_MAX),
  /** How many of these lessons are trial lessons, which are open to everybody. */
  trialCount: z.int().min(0).max(UNITS_MAX),
  /** For a course: how many days somebody may try all of it, once; 0 for none. */
  trialDays: z.int().min(0).max(TRIAL_DAYS_MAX).default(0),
  /**
   * A digest of the draft that staff created it with. The same id with other content is refused. Null for a course.
   */
  draftDigest: z.string().length(64).nullable(),
  publishedAtMs: TimeMs.nullable(),
  createdAtMs: TimeMs,
  updatedAtMs: TimeMs,
});
export type Product = z.infer<typeof Product>;

const HeadingAsked = text(80);
const Heading = storedText(HeadingAsked);
const BodyAsked = lines(50_000, 0);
const PreviewAsked = lines(2000, 0);

/** One line of a course's table of contents. Trial lessons are open to everybody. */
export const OutlineLesson = z.object({
  id: LessonId,
  title: Heading,
  durationSeconds: z.int().min(0).max(86_400),
  isTrial: z.boolean(),
});
export type OutlineLesson = z.infer<typeof OutlineLesson>;

/**
 * A stored lesson in the outline. The lesson's id never changes, so links and progress stay valid. Its text is in
 * the document `contentId`, and each published change makes a new document. Null means the document with the
 * lesson's own id.
 */
export const StoredLine = OutlineLesson.extend({
  contentId: LessonId.nullable().default(null),
  /** Whether it is left out of the table of contents. It stays open to course owners who know its id. */
  isHidden: z.boolean().default(false),
});
export type StoredLine = z.infer<typeof StoredLine>;

/** Chapters with their lessons, in order: a course's table of contents as it is stored. */
export const Outline = z
  .array(z.object({ title: Heading, lessons: z.array(StoredLine).max(COURSE_LESSONS_MAX) }))
  .max(100);
export type Outline = z.infer<typeof Outline>;

/** A stored course, under the product's id: the published outline, and the draft that staff work on. */
export const Course = z.object({
  id: ProductId,
  /** Rises with every change to the outline or the draft. */
  version: z.int().min(1).default(1),
  /** The outline that learners see. */
  chapters: Outline,
  /** The outline that replaces it when published; null when there are no unpublished changes. */
  draft: Outline.nullable().default(null),
  /** A digest of the draft that staff created it with. The same id with another course is refused. */
  draftDigest: z.string().length(64),
});
export type Course = z.infer<typeof Course>;

/**
 * A stored lesson: what the buyer pays for. `mediaKey` is the file's key in storage, and is never sent to learners.
 */
export const Lesson = z.object({
  id: LessonId,
  productId: ProductId,
  title: Heading,
  body: storedText(BodyAsked),
  mediaKey: MediaKey.nullable(),
  durationSeconds: z.int().min(0).max(86_400),
  isTrial: z.boolean(),
});
export type Lesson = z.infer<typeof Lesson>;

/**
 * The largest number of lessons a course is created with. They, the course's own documents and its category are
 * written in one transaction.
 */
export const LESSONS_MAX = 58;

/** A lesson as staff write it. */
const LessonAsked = z.strictObject({
  title: HeadingAsked,
  body: BodyAsked,
  ...Lesson.pick({ mediaKey: true, durationSeconds: true, isTrial: true }).shape,
});

/**
 * A new course as staff write it, with all its lessons. The client makes the id, so that a repeated request makes
 * one course.
 */
export const CourseDraft = z.strictObject({
  id: ProductId,
  ...described,
  listFen: Fen,
  access: AccessRule,
  chapters: z
    .array(z.strictObject({ title: HeadingAsked, lessons: z.array(LessonAsked).max(LESSONS_MAX) }))
    .max(LESSONS_MAX)
    .refine((chapters) => chapters.reduce((sum, chapter) => sum + chapter.lessons.length, 0) <= LESSONS_MAX),
});
export type CourseDraft = z.infer<typeof CourseDraft>;

/**
 * The largest number of lessons added at once. They, the course and the audit log's documents are written in one
 * transaction.
 */
export const LESSONS_ADDED_MAX = 50;

/** Lessons to add. The client makes their ids, so that a repeated request adds them once. */
export const AddedLessons = z
  .array(LessonAsked.extend({ id: LessonId }))
  .min(1)
  .max(LESSONS_ADDED_MAX)
  .refine((added) => new Set(added.map(({ id }) => id)).size === added.length);
export type AddedLessons = z.infer<typeof AddedLessons>;

/** A change to a lesson by staff. A field that is left out stays as it is. */
export const LessonChange = LessonAsked.partial();
export type LessonChange = z.infer<typeof LessonChange>;

/** The complete outline that staff ask for: every chapter with its lessons, each lesson once. */
export const OutlineAsked = z
  .array(
    z.strictObject({
      title: HeadingAsked,
      lessons: z.array(z.strictObject({ id: LessonId, isHidden: z.boolean() })).max(COURSE_LESSONS_MAX),
    }),
  )
  .max(100)
  .refine((chapters) => {
    const ids = chapters.flatMap((chapter) => chapter.lessons.map(({ id }) => id));
    return ids.length <= COURSE_LESSONS_MAX && new Set(ids).size === ids.length;
  });
export type OutlineAsked = z.infer<typeof OutlineAsked>;

/** A course's outline as staff edit it: what learners will see after the next publication. */
export const StaffOutline = z.object({
  id: ProductId,
  /** The version to send as `expectedVersion` with the next change. */
  version: z.int(),
  /** Whether it differs from the outline that learners see. */
  isDraft: z.boolean(),
  chapters: z.array(
    z.object({
      title: z.string(),
      lessons: z.array(
        OutlineLesson.extend({
          isHidden: z.boolean(),
          /** `new`: learners do not have the lesson yet. `changed`: they have its previous text. */
          state: z.enum(['published', 'changed', 'new']),
        }),
      ),
    }),
  ),
});
export type StaffOutline = z.infer<typeof StaffOutline>;

/** A course as staff see it after creating it, with the ids its lessons got. */
export const StaffCourseView = Product.omit({ kind: true, draftDigest: true }).extend({
  chapters: z.array(
    z.object({ title: Heading, lessons: z.array(OutlineLesson.extend({ isHidden: z.boolean() })) }),
  ),
});
export type StaffCourseView = z.infer<typeof StaffCourseView>;

/**
 * A stored content, under its product's id, for products of kind `content` and `media`: the paid text or file, and
 * the preview.
 */
export const Content = z.object({
  id: ProductId,
  /** Open to everybody. */
  preview: storedText(PreviewAsked),
  body: storedText(BodyAsked),
  mediaKey: MediaKey.nullable(),
  durationSeconds: z.int().min(0).max(86_400),
});
export type Content = z.infer<typeof Content>;

const priced = { id: ProductId, ...described, listFen: Fen };

const terms = Product.pick({
  limited: true,
  memberFen: true,
  isFreeForMembers: true,
  pointsPrice: true,
  refundPolicy: true,
  saleFromAtMs: true,
  saleUntilAtMs: true,
}).partial().shape;

const contentAsked = z.strictObject({
  ...Content.omit({ id: true }).shape,
  preview: PreviewAsked,
  body: BodyAsked,
});
const textContent = contentAsked.omit({ durationSeconds: true });
const mediaContent = contentAsked.omit({ body: true });

/** The parts of a bundle or column, each product once. */
const Parts = Product.shape.parts.refine((parts) => new Set(parts).size === parts.length);

const collectionDraft = { ...priced, ...terms, access: AccessRule, parts: Parts };

/** A new product of any kind but `course`, as staff write it. Terms that are left out get plain defaults. */
export const ProductDraft = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('membership'), ...priced, ...terms, plan: MembershipPlan }),
  z.strictObject({
    kind: z.literal('content'),
    ...priced,
    ...terms,
    access: AccessRule,
    content: textContent,
  }),
  z.strictObject({
    kind: z.literal('media'),
    ...priced,
    ...terms,
    access: AccessRule,
    content: mediaContent,
  }),
  z.strictObject({ kind: z.literal('bundle'), ...collectionDraft }),
  z.strictObject({ kind: z.literal('column'), ...collectionDraft }),
]);
export type ProductDraft = z.infer<typeof ProductDraft>;

/**
 * A change to a product of any kind by staff. A field that is left out stays as it is. `parts` replaces the whole
 * list.
 */
export const ProductChange = z.strictObject({
  ...Description.extend({ listFen: Fen }).partial().shape,
  ...terms,
  access: AccessRule.optional(),
  trialDays: z.int().min(0).max(TRIAL_DAYS_MAX).optional(),
  parts: Parts.optional(),
  content: contentAsked.partial().optional(),
});
export type ProductChange = z.infer<typeof ProductChange>;

/** A product change as staff send it: the product, the version they saw, the change and the reason. */
export const ProductUpdate = z.strictObject({
  id: ProductId,
  expectedVersion: z.int().min(1),
  change: ProductChange,
  reason: AnyReason,
});

/** A product as staff see it, with its content if it has one. */
export const StaffProductView = Product.omit({ draftDigest: true }).extend({
  content: Content.omit({ id: true }).nullable(),
});
export type StaffProductView = z.infer<typeof StaffProductView>;

/** One page of products, for staff. */
export const StaffProductPage = pageOf(Product.omit({ draftDigest: true }));

/** Where a unit price comes from. */
export const PriceSource = z.enum(['list', 'flash', 'limited', 'member']);
export type PriceSource = z.infer<typeof PriceSource>;

/** What a product costs the caller now when bought alone, before campaigns, coupons and points. */
export const TodaysPrice = z.object({
  priceFen: Fen,
  source: PriceSource,
  /** For a bundle: the part of its price that is left out because the caller already has some parts. */
  ownedFen: Fen,
});
export type TodaysPrice = z.infer<typeof TodaysPrice>;

/** The price fields, the same wherever a price is shown. A limited-time price comes with its period. */
const prices = {
  listFen: Fen,
  limited: LimitedPrice.nullable(),
  memberFen: Fen.nullable(),
  isFreeForMembers: z.boolean(),
  pointsPrice: z.int().nullable(),
  /** The price for the caller now. Lists that are the same for everybody show the price for anybody. */
  price: TodaysPrice,
};

/** A product in a list. It contains nothing that has to be paid for. */
export const ProductCard = z.object({
  id: ProductId,
  kind: ProductKind,
  title: z.string(),
  subtitle: z.string(),
  category: z.string(),
  tags: z.array(z.string()),
  teacher: z.string(),
  coverUrl: z.string(),
  ...prices,
  plan: MembershipPlan.nullable(),
  lessonCount: z.int(),
  publishedAtMs: TimeMs,
});
export type ProductCard = z.infer<typeof ProductCard>;

/** The start of the next page of a search. It contains what was already shown, so it is longer than other cursors. */
export const SearchCursor = z
  .string()
  .max(1_100)
  .regex(/^[A-Za-z0-9_-]+$/);

/** One page of products. */
export const ProductPage = pageOf(ProductCard);

/**
 * What the caller has of a product: whether they may use it, whether only a trial lets them, until when (exclusive;
 * null for ever), and whether they can buy it.
 */
const OwnedView = z.object({
  isOwned: z.boolean(),
  isTrial: z.boolean(),
  untilAtMs: TimeMs.nullable(),
  mayBuy: z.boolean(),
});

/** A product's own page: its terms of sale, its parts, and what the caller has of it (null when not logged in). */
export const ProductView = ProductCard.extend({
  summary: z.string(),
  access: AccessRule,
  refundPolicy: RefundPolicy,
  saleFromAtMs: TimeMs.nullable(),
  saleUntilAtMs: TimeMs.nullable(),
  /**
   * For a bundle or column: the parts that a buyer gets now. `isOwned`: the caller need not pay for that part again.
   */
  parts: z.array(ProductCard.extend({ isOwned: z.boolean() })),
  /** The preview text of content or media; null for other kinds. */
  preview: z.string().nullable(),
  hasFile: z.boolean(),
  durationSeconds: z.int(),
  owned: OwnedView.nullable(),
});
export type ProductView = z.infer<typeof ProductView>;

/** Opened content: its text, and its file when that was asked for. `fileUrl` stops working at `fileExpiresAtMs`. */
export const ContentView = z.object({
  productId: ProductId,
  title: z.string(),
  body: z.string(),
  hasFile: z.boolean(),
  fileUrl: z.string().nullable(),
  fileExpiresAtMs: TimeMs.nullable(),
});
export type ContentView = z.infer<typeof ContentView>;

/** Opened audio or video. `mediaUrl` stops working at `mediaExpiresAtMs`. */
export const MediaView = z.object({
  productId: ProductId,
  title: z.string(),
  durationSeconds: z.int(),
  mediaUrl: z.string(),
  mediaExpiresAtMs: TimeMs,
});
export type MediaView = z.infer<typeof MediaView>;

/** A part of a bundle or column, as the library shows it. */
export const LibraryPart = ProductCard.pick({ id: true, kind: true, title: true, coverUrl: true });
export type LibraryPart = z.infer<typeof LibraryPart>;

/** A product that the caller was given and may use. */
export const LibraryItem = ProductCard.extend({
  /** Whether only a trial lets the caller use it. */
  isTrial: z.boolean(),
  /** Exclusive; null for ever. */
  untilAtMs: TimeMs.nullable(),
  /** For a bundle or column: the parts it opens to the caller, including parts that have left it since. */
  parts: z.array(LibraryPart),
});
export type LibraryItem = z.infer<typeof LibraryItem>;

/** One page of a library. */
export const LibraryPage = pageOf(LibraryItem);

/** A course in a list. It contains nothing that has to be paid for. */
export const CourseCard = z.object({
  id: ProductId,
  title: z.string(),
  subtitle: z.string(),
  category: z.string(),
  tags: z.array(z.string()),
  teacher: z.string(),
  coverUrl: z.string(),
  ...prices,
  lessonCount: z.int(),
  publishedAtMs: TimeMs,
});
export type CourseCard = z.infer<typeof CourseCard>;

/** One page of courses. */
export const CoursePage = pageOf(CourseCard);
export type CoursePage = z.infer<typeof CoursePage>;

/** A course's own page: the outline with trial marks, and what the caller has of it (null when not logged in). */
export const CourseView = CourseCard.extend({
  summary: z.string(),
  access: AccessRule,
  refundPolicy: RefundPolicy,
  saleFromAtMs: TimeMs.nullable(),
  saleUntilAtMs: TimeMs.nullable(),
  /** How many lessons are trial lessons, open to everybody. */
  trialCount: z.int(),
  /** For how many days the caller may try the whole course now; 0 when no trial is offered to them. */
  trialDays: z.int(),
  /** The total length of all lessons. */
  durationSeconds: z.int(),
  chapters: z.array(z.object({ title: z.string(), lessons: z.array(OutlineLesson) })),
  owned: OwnedView.nullable(),
});
export type CourseView = z.infer<typeof CourseView>;

/** An opened lesson. `mediaUrl` stops working at `mediaExpiresAtMs`. */
export const LessonView = z.object({
  id: LessonId,
  productId: ProductId,
  title: z.string(),
  body: z.string(),
  durationSeconds: z.int(),
  isTrial: z.boolean(),
  mediaUrl: z.string().nullable(),
  mediaExpiresAtMs: TimeMs.nullable(),
  /** Whether it has a quiz, which only somebody logged in may take. */
  hasQuiz: z.boolean(),
});
export type LessonView = z.infer<typeof LessonView>;
