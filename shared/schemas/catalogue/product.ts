/** What is sold and what it gives: products, the outline of a course, and its lessons. */
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

/** How many parts may have left a bundle or column, and how many of them a product may have left. */
export const LEFT_MAX = 100;

/** How many lessons a course has at most, hidden ones too. */
export const COURSE_LESSONS_MAX = 500;

/** How many things there are to open in a product at most: the lessons of a bundle with the most and the longest parts. */
export const UNITS_MAX = PARTS_MAX * COURSE_LESSONS_MAX;

/** A slug of the catalogue's shelves, `programming`. */
export const Category = z.string().regex(/^[a-z][a-z0-9-]{0,29}$/);

/** In which order a list comes. By price is by the list price: what each buyer pays differs from one to the next. */
export const CourseSort = z.enum(['newest', 'price_asc', 'price_desc']);
export type CourseSort = z.infer<typeof CourseSort>;

/** A file's key in storage: segments of plain characters, none of which starts with a dot, so no way leads up. */
export const MediaKey = z
  .string()
  .max(300)
  .regex(/^[A-Za-z0-9_-][A-Za-z0-9._-]*(?:\/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$/);

/** What staff write of every product, for everybody to read. */
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

/** A stored product: what can be bought, at which price, and whether it can be seen. */
export const Product = z.object({
  id: ProductId,
  kind: ProductKind,
  /** Rises with every change; an order line stores the version it bought. */
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
  /** The bundles and columns that this has left, each at its version from then on: who got it before keeps this. */
  leftOf: z.array(z.object({ productId: ProductId, version: z.int().min(1), atMs: TimeMs })).max(LEFT_MAX),
  /** Of a bundle or column: what has left it, at which of its versions. */
  formerParts: z.array(z.object({ productId: ProductId, version: z.int().min(1) })).max(LEFT_MAX),
  /** How many lessons its page shows; of a bundle or column in all its parts, where one without lessons counts as one. */
  lessonCount: z.int().min(0).max(UNITS_MAX),
  /** How many of these are open to everybody: trial lessons. */
  trialCount: z.int().min(0).max(UNITS_MAX),
  /** Of what staff wrote when they made it, so that the same id with another content is refused; null for a course. */
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
 * A stored line. The lesson's id never changes, so that links and progress stay; what the lesson says is in the
 * document of `contentId`, another one after each change that was published. Null: in the document of the lesson's id.
 */
export const StoredLine = OutlineLesson.extend({
  contentId: LessonId.nullable().default(null),
  /** In no table of contents. It stays open to who has the course and knows it. */
  isHidden: z.boolean().default(false),
});
export type StoredLine = z.infer<typeof StoredLine>;

/** Chapters with their lessons, in order: a course's table of contents as it is stored. */
export const Outline = z
  .array(z.object({ title: Heading, lessons: z.array(StoredLine).max(COURSE_LESSONS_MAX) }))
  .max(100);
export type Outline = z.infer<typeof Outline>;

/** A stored course: the outline under the product's id, and the one that staff are working on. */
export const Course = z.object({
  id: ProductId,
  /** Rises with every change of the outline or of its draft. */
  version: z.int().min(1).default(1),
  /** What learners see. */
  chapters: Outline,
  /** What will take its place when it is published; null when nothing was changed since. */
  draft: Outline.nullable().default(null),
  /** A digest of what staff wrote when they made it, so that the same id with another course is refused. */
  draftDigest: z.string().length(64),
});
export type Course = z.infer<typeof Course>;

/** A stored lesson: what the buyer pays for. `mediaKey` is the file's key in storage, never sent. */
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

/** How many lessons a course is made with at once: they, its own documents and its category are one transaction. */
export const LESSONS_MAX = 58;

/** What staff write of a lesson. */
const LessonAsked = z.strictObject({
  title: HeadingAsked,
  body: BodyAsked,
  ...Lesson.pick({ mediaKey: true, durationSeconds: true, isTrial: true }).shape,
});

/** What staff write: a whole course with its lessons. The client makes the id, so that a repeat makes one course. */
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

/** How many lessons are added at once: they, the course and the audit log's documents are one transaction. */
export const LESSONS_ADDED_MAX = 50;

/** Lessons that staff add. The client makes their ids, so that a repeat adds them once. */
export const AddedLessons = z
  .array(LessonAsked.extend({ id: LessonId }))
  .min(1)
  .max(LESSONS_ADDED_MAX)
  .refine((added) => new Set(added.map(({ id }) => id)).size === added.length);
export type AddedLessons = z.infer<typeof AddedLessons>;

/** What staff change of a lesson. What is not given stays. */
export const LessonChange = LessonAsked.partial();
export type LessonChange = z.infer<typeof LessonChange>;

/** The whole order of a course, as staff want it: each chapter with its lessons, each lesson once. */
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

/** A course's outline as staff write it: what will be seen once it is published. */
export const StaffOutline = z.object({
  id: ProductId,
  /** The one to be given as `expectedVersion` with the next change. */
  version: z.int(),
  /** Whether it is another than the one that learners see. */
  isDraft: z.boolean(),
  chapters: z.array(
    z.object({
      title: z.string(),
      lessons: z.array(
        OutlineLesson.extend({
          isHidden: z.boolean(),
          /** `new`: learners do not have it yet; `changed`: they have what it said before. */
          state: z.enum(['published', 'changed', 'new']),
        }),
      ),
    }),
  ),
});
export type StaffOutline = z.infer<typeof StaffOutline>;

/** A course as staff see it after writing it: where it stands, and the ids its lessons got. */
export const StaffCourseView = Product.omit({ kind: true, draftDigest: true }).extend({
  chapters: z.array(
    z.object({ title: Heading, lessons: z.array(OutlineLesson.extend({ isHidden: z.boolean() })) }),
  ),
});
export type StaffCourseView = z.infer<typeof StaffCourseView>;

/** A stored content, under its product's id: what is paid for of a `content` or `media`, and what everybody may read. */
export const Content = z.object({
  id: ProductId,
  /** For everybody. */
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

/** The products in a bundle or column, each once. */
const Parts = Product.shape.parts.refine((parts) => new Set(parts).size === parts.length);

const collectionDraft = { ...priced, ...terms, access: AccessRule, parts: Parts };

/** What staff write to make anything that is no course. Terms that are not given are the plain ones. */
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

/** What staff change of a product of any kind. What is not given stays. `parts` is the whole new list. */
export const ProductChange = z.strictObject({
  ...Description.extend({ listFen: Fen }).partial().shape,
  ...terms,
  access: AccessRule.optional(),
  parts: Parts.optional(),
  content: contentAsked.partial().optional(),
});
export type ProductChange = z.infer<typeof ProductChange>;

/** A change as staff send it: to what, as they saw it, and why. */
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

/** What something costs somebody now, bought alone, before campaigns, coupons and points. */
export const TodaysPrice = z.object({
  priceFen: Fen,
  source: PriceSource,
  /** Of a bundle: what is left out of that price for the parts that the caller has already. */
  ownedFen: Fen,
});
export type TodaysPrice = z.infer<typeof TodaysPrice>;

/** Everything that is said of a price wherever one is shown. A price for a limited time comes with its time. */
const prices = {
  listFen: Fen,
  limited: LimitedPrice.nullable(),
  memberFen: Fen.nullable(),
  isFreeForMembers: z.boolean(),
  pointsPrice: z.int().nullable(),
  /** What it costs the caller now; in lists that are the same for all, what it costs everybody. */
  price: TodaysPrice,
};

/** A product in a list: nothing in it has to be paid for. */
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

/** Where the next page of a search starts: it says what was shown, so it is longer than other cursors. */
export const SearchCursor = z
  .string()
  .max(1_100)
  .regex(/^[A-Za-z0-9_-]+$/);

/** One page of products. */
export const ProductPage = pageOf(ProductCard);

/** What somebody has of a product: whether they may use it, until when (exclusive; null for ever), and whether it is sold to them. */
const OwnedView = z.object({ isOwned: z.boolean(), untilAtMs: TimeMs.nullable(), mayBuy: z.boolean() });

/** A product's own page: on which terms it is sold, what is in it, and what the caller has of it (null: not logged in). */
export const ProductView = ProductCard.extend({
  summary: z.string(),
  access: AccessRule,
  refundPolicy: RefundPolicy,
  saleFromAtMs: TimeMs.nullable(),
  saleUntilAtMs: TimeMs.nullable(),
  /** Of a bundle or column: what is in it for who buys it now. `isOwned`: the caller need not pay for it again. */
  parts: z.array(ProductCard.extend({ isOwned: z.boolean() })),
  /** Of what has a text or a file: what everybody may read of it. */
  preview: z.string().nullable(),
  hasFile: z.boolean(),
  durationSeconds: z.int(),
  owned: OwnedView.nullable(),
});
export type ProductView = z.infer<typeof ProductView>;

/** An open content: its text, and its file when that was asked for. `fileUrl` stops working at `fileExpiresAtMs`. */
export const ContentView = z.object({
  productId: ProductId,
  title: z.string(),
  body: z.string(),
  hasFile: z.boolean(),
  fileUrl: z.string().nullable(),
  fileExpiresAtMs: TimeMs.nullable(),
});
export type ContentView = z.infer<typeof ContentView>;

/** An open audio or video. `mediaUrl` stops working at `mediaExpiresAtMs`. */
export const MediaView = z.object({
  productId: ProductId,
  title: z.string(),
  durationSeconds: z.int(),
  mediaUrl: z.string(),
  mediaExpiresAtMs: TimeMs,
});
export type MediaView = z.infer<typeof MediaView>;

/** Something that the caller may use, by what they were given. */
export const LibraryItem = ProductCard.extend({
  /** Exclusive; null for ever. */
  untilAtMs: TimeMs.nullable(),
  /** Of a bundle or column: what is open by it, also what has left it since. */
  parts: z.array(ProductId),
});
export type LibraryItem = z.infer<typeof LibraryItem>;

/** One page of a library. */
export const LibraryPage = pageOf(LibraryItem);

/** A course in a list: nothing in it has to be paid for. */
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

/** A course's own page: the outline with trial marks, and what the caller owns of it (null when nobody is logged in). */
export const CourseView = CourseCard.extend({
  summary: z.string(),
  access: AccessRule,
  refundPolicy: RefundPolicy,
  saleFromAtMs: TimeMs.nullable(),
  saleUntilAtMs: TimeMs.nullable(),
  /** How many lessons are open to everybody. */
  trialCount: z.int(),
  /** How long all lessons play together. */
  durationSeconds: z.int(),
  chapters: z.array(z.object({ title: z.string(), lessons: z.array(OutlineLesson) })),
  owned: OwnedView.nullable(),
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
