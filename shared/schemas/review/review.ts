/**
 * What people write, and how it is reviewed. Everything that others may see and that is not written by staff has this
 * shape, so that one machine reviews it (`domain/review/review.ts`).
 */
import * as z from 'zod';
import { CommentId, lines, ProductId, QuestionId, TimeMs, TopicId, UploadId, UserId } from '../base.ts';

/** The kinds of things that are reviewed. */
export const ReviewedKind = z.enum(['comment', 'topic', 'question', 'answer', 'certificate', 'profile']);
export type ReviewedKind = z.infer<typeof ReviewedKind>;

/** A thing that is reviewed: `comment:cmt_…`. */
export const ReviewTarget = z.string().regex(/^[a-z]{1,20}:[A-Za-z0-9_:-]{1,80}$/);
export type ReviewTarget = z.infer<typeof ReviewTarget>;

/** Whether it is an id of a thing of each kind. */
const IS_ID: Readonly<Record<string, (id: string) => boolean>> = {
  comment: (id) => CommentId.safeParse(id).success,
  topic: (id) => TopicId.safeParse(id).success,
  question: (id) => QuestionId.safeParse(id).success,
  answer: (id) => QuestionId.safeParse(id).success,
  certificate: (id) => {
    const [userId, productId, ...more] = id.split(':');
    return UserId.safeParse(userId).success && ProductId.safeParse(productId).success && more.length === 0;
  },
  profile: (id) => UserId.safeParse(id).success,
} satisfies Record<ReviewedKind, (id: string) => boolean>;

/** A thing that is reviewed, as input: of a kind that there is, with an id of that kind. */
export const KnownTarget = ReviewTarget.refine((target) => {
  const end = target.indexOf(':');
  return IS_ID[target.slice(0, end)]?.(target.slice(end + 1)) === true;
});

export type KnownTarget = z.infer<typeof KnownTarget>;

/** Why an author asks staff to look again. Only staff read it. */
export const AppealWords = lines(300);

/**
 * What staff decide. `approve` and `reject` are about what is queued, `keep` and `remove` about what is public.
 */
export const ReviewDecision = z.enum(['approve', 'reject', 'keep', 'remove']);
export type ReviewDecision = z.infer<typeof ReviewDecision>;

/** The longest text that the platform checks at a time, in UTF-16 units. */
export const CHECKED_CHARACTERS_MAX = 2_500;

/** The most pictures in one piece of writing. */
export const IMAGES_MAX = 9;

/** What somebody wrote, in one version. A field that a kind has not is null or empty. */
export const Written = z.object({
  title: z.string().max(60).nullable(),
  body: z.string().max(5_000),
  images: z.array(UploadId).max(IMAGES_MAX),
  audio: UploadId.nullable(),
});
export type Written = z.infer<typeof Written>;

/**
 * The states of the newest version. `checking`: the platform has not answered yet. `queued`: staff decide.
 * `rejected`: the platform found it risky. `removed`: staff took it away. `deleted`: its author did, for good.
 */
export const ReviewState = z.enum(['checking', 'queued', 'public', 'rejected', 'removed', 'deleted']);
export type ReviewState = z.infer<typeof ReviewState>;

/** What is still to be checked of a version: its text, or an upload. */
export const ReviewPart = z.union([z.literal('text'), UploadId]);
export type ReviewPart = z.infer<typeof ReviewPart>;

/** Who made the last step: the platform's check, a rule of ours, flags, the author, or a member of staff. */
export const ReviewActor = z.union([z.enum(['platform', 'rule', 'flags', 'author']), UserId]);
export type ReviewActor = z.infer<typeof ReviewActor>;

/** Where the review of a thing stands. An edit is a new version. */
export const Review = z.object({
  state: ReviewState,
  /** The newest version, from 1. */
  version: z.int().min(1),
  /** The version that others see; null for none. */
  publicVersion: z.int().min(1).nullable(),
  /** The parts of the newest version that the platform has not answered about. */
  waitsFor: z.array(ReviewPart).max(IMAGES_MAX + 2),
  /** Why the newest version goes to staff although nothing is risky: `check:20006`, `unchecked:61010`, `contact`. */
  doubts: z.array(z.string().max(60)).max(20),
  /** Whether flags hide the public version until staff decide. */
  isHidden: z.boolean(),
  /** The version that staff kept, or approved. Flags do not hide it. */
  keptVersion: z.int().min(1).nullable(),
  /** The version that passed, and that staff look at all the same, as at one in twenty; null for none. */
  sampledVersion: z.int().min(1).nullable(),
  /** How often staff have removed it. */
  removals: z.int().min(0),
  /** The weight of the flags of the public version, and how many people they are of. */
  flagWeight: z.int().min(0),
  flaggers: z.int().min(0),
  /** The version for which its author appealed; there is one appeal a version. */
  appealedVersion: z.int().min(1).nullable(),
  /** The platform's label of the risk it found; null for none. */
  label: z.int().nullable(),
  /** What caused the last step: `submitted`, `check:<trace>`, `silent`, `flags:<weight>`, `staff`, `appeal`. */
  cause: z.string().max(119),
  by: ReviewActor,
  /** Who took it away last; null for nobody. Somebody else decides about the appeal. */
  takenBy: ReviewActor.nullable(),
  /** When the newest version came to its state. */
  sinceAtMs: TimeMs,
  /** When it was public for the first time; null for never. */
  publicAtMs: TimeMs.nullable(),
});
export type Review = z.infer<typeof Review>;

/** The part of a stored document that is reviewed. Others see `shown`, and only while `isShown`. */
export const Reviewed = z.object({
  userId: UserId,
  newest: Written,
  shown: Written.nullable(),
  /** Derived from the rest, for indexes. */
  isShown: z.boolean(),
  /** Since when the newest version waits for the platform; null when it does not. Derived too. */
  checkingSinceMs: TimeMs.nullable(),
  review: Review,
});
export type Reviewed = z.infer<typeof Reviewed>;

/** Where something of one's own stands. */
export const OwnReview = z.object({
  target: ReviewTarget,
  state: ReviewState,
  version: Review.shape.version,
  /** Whether others see it, maybe in an older version. */
  isShown: z.boolean(),
  /** Whether flags hide it until staff decide. */
  isHidden: z.boolean(),
  /** Since when it is in this state. */
  sinceAtMs: TimeMs,
  /** Who took it away last: the platform's check, or staff. Null for nobody, and where it was not taken away. */
  takenBy: z.enum(['platform', 'staff']).nullable(),
  /** The platform's label of the risk it found; null for none, and where staff took it away. */
  label: z.int().nullable(),
  /** Until when its author may appeal; null when they may not. */
  appealUntilMs: TimeMs.nullable(),
  /** Whether its author has appealed for this version. What came of that is its state. */
  isAppealed: z.boolean(),
});
export type OwnReview = z.infer<typeof OwnReview>;

/** Something of one's own, with the newest words, and where it stands. */
export const OwnWritten = z.object({ title: z.string().nullable(), body: z.string(), review: OwnReview });
export type OwnWritten = z.infer<typeof OwnWritten>;

/** What of a thing waits for staff. */
export const ReviewMatterKind = z.enum(['content_review', 'content_flagged', 'appeal']);
export type ReviewMatterKind = z.infer<typeof ReviewMatterKind>;
