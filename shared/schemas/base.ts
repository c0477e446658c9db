/**
 * The smallest types on the wire: ids, money, time, and bounded text. Every length has a bound, because every string
 * that comes in is stored or compared somewhere.
 */
import * as z from 'zod';
import { hasVisible, manyLines, oneLine, plainCode } from './text.ts';

/** The pattern of a ULID: 26 characters of Crockford's base 32, which has no I, L, O or U. */
export const ULID_PATTERN = '[0-9A-HJKMNP-TV-Z]{26}';

/** An id: three letters, an underscore, a ULID. */
const idOf = <B extends string>(prefix: string) =>
  z
    .string()
    .regex(new RegExp(`^${prefix}_${ULID_PATTERN}$`))
    .brand<B>();

/** The id of a learner or a member of staff. `usr_` + ULID. */
export const UserId = idOf<'UserId'>('usr');
export type UserId = z.infer<typeof UserId>;

/** The id of something that can be bought. `prd_` + ULID. A course has the id of its product. */
export const ProductId = idOf<'ProductId'>('prd');
export type ProductId = z.infer<typeof ProductId>;

/** The id of one lesson of a course. `les_` + ULID. */
export const LessonId = idOf<'LessonId'>('les');
export type LessonId = z.infer<typeof LessonId>;

/** The id of an order, made by the client. It is also WeChat's `out_trade_no` (30 characters). `ord_` + ULID. */
export const OrderId = idOf<'OrderId'>('ord');
export type OrderId = z.infer<typeof OrderId>;

/**
 * The id of a refund that a person asks for, made by the client. It is also the rail's refund number (30
 * characters). `rfd_` + ULID.
 */
export const RefundRequestId = idOf<'RefundRequestId'>('rfd');
export type RefundRequestId = z.infer<typeof RefundRequestId>;

/** The id of a batch of redeem codes, made by the client. `bat_` + ULID. */
export const CodeBatchId = idOf<'CodeBatchId'>('bat');
export type CodeBatchId = z.infer<typeof CodeBatchId>;

/**
 * The id of a membership that staff give. The client makes it, so that a repeated request gives once. `mgr_` + ULID.
 */
export const MembershipGrantId = idOf<'MembershipGrantId'>('mgr');
export type MembershipGrantId = z.infer<typeof MembershipGrantId>;

/** The id of access that staff give. The client makes it, so that a repeated request gives once. `agr_` + ULID. */
export const AccessGrantId = idOf<'AccessGrantId'>('agr');
export type AccessGrantId = z.infer<typeof AccessGrantId>;

/** The id of a coupon that staff give. The client makes it, so that a repeated request gives once. `cgr_` + ULID. */
export const CouponGrantId = idOf<'CouponGrantId'>('cgr');
export type CouponGrantId = z.infer<typeof CouponGrantId>;

/** The id of a coupon template, which staff publish and learners claim. `tpl_` + ULID. */
export const TemplateId = idOf<'TemplateId'>('tpl');
export type TemplateId = z.infer<typeof TemplateId>;

/** The id of a learner's comment. `cmt_` + ULID. */
export const CommentId = idOf<'CommentId'>('cmt');
export type CommentId = z.infer<typeof CommentId>;

/** The id of a topic in a group. `top_` + ULID. */
export const TopicId = idOf<'TopicId'>('top');
export type TopicId = z.infer<typeof TopicId>;

/** The id of what somebody told the shop. `fbk_` + ULID. */
export const FeedbackId = idOf<'FeedbackId'>('fbk');
export type FeedbackId = z.infer<typeof FeedbackId>;

/** The id of a group of learners. `grp_` + ULID. */
export const GroupId = idOf<'GroupId'>('grp');
export type GroupId = z.infer<typeof GroupId>;

/** WeChat's id of a chat with several people, as our mini-program gets to know it. */
export const OpenGid = z.string().regex(/^[A-Za-z0-9_-]{8,64}$/);
export type OpenGid = z.infer<typeof OpenGid>;

/** The id of a drop of coupons. `drp_` + ULID. */
export const DropId = idOf<'DropId'>('drp');
export type DropId = z.infer<typeof DropId>;

/** The id of an article of the shop. `art_` + ULID. */
export const ArticleId = idOf<'ArticleId'>('art');
export type ArticleId = z.infer<typeof ArticleId>;

/** The id of a picture or a sound that a learner uploads, made by the client. `upl_` + ULID. */
export const UploadId = idOf<'UploadId'>('upl');
export type UploadId = z.infer<typeof UploadId>;

/** The id of a learner's note. The client makes it, so that a repeated request makes one note. `nte_` + ULID. */
export const NoteId = idOf<'NoteId'>('nte');
export type NoteId = z.infer<typeof NoteId>;

/** The id of a paid question, made by the client. `qst_` + ULID. */
export const QuestionId = idOf<'QuestionId'>('qst');
export type QuestionId = z.infer<typeof QuestionId>;

/** The id of a redemption for points. The client makes it, so that a repeated request redeems once. `rdm_` + ULID. */
export const RedemptionId = idOf<'RedemptionId'>('rdm');
export type RedemptionId = z.infer<typeof RedemptionId>;

/** The id of a flash sale. `fls_` + ULID. */
export const FlashSaleId = idOf<'FlashSaleId'>('fls');
export type FlashSaleId = z.infer<typeof FlashSaleId>;

/** The id of a full-reduction campaign. `cmp_` + ULID. */
export const CampaignId = idOf<'CampaignId'>('cmp');
export type CampaignId = z.infer<typeof CampaignId>;

/**
 * The id of a points adjustment by staff. The client makes it, so that a repeated request adjusts once. `adj_` +
 * ULID.
 */
export const AdjustmentId = idOf<'AdjustmentId'>('adj');
export type AdjustmentId = z.infer<typeof AdjustmentId>;

/**
 * The id of a user's coupon, made from its cause: `cpn_<template's ULID>_<user's ULID>_<n>`, with n from 1 to the
 * per-user limit. A double click therefore claims one coupon.
 */
export const CouponId = z
  .string()
  .regex(new RegExp(`^cpn_${ULID_PATTERN}_${ULID_PATTERN}_[1-9][0-9]{0,2}$`))
  .brand<'CouponId'>();
export type CouponId = z.infer<typeof CouponId>;

/** The largest amount in fen (1/100 yuan): ten million yuan. Sums over an order then stay safe integers. */
export const FEN_MAX = 1_000_000_000;
/** An amount of money: integer fen, 0 … FEN_MAX. */
export const Fen = z.int().min(0).max(FEN_MAX).brand<'Fen'>();
export type Fen = z.infer<typeof Fen>;

/**
 * The plain number as `Fen`.
 * @throws RangeError when it is no integer from 0 to FEN_MAX, which is a bug and not bad input.
 */
export function fen(value: number): Fen {
  if (!Number.isSafeInteger(value) || value < 0 || value > FEN_MAX) {
    throw new RangeError(`not an amount in fen: ${value}`);
  }
  return value as Fen;
}

/** A share in basis points: 10 000 is the whole. */
export const BasisPoints = z.int().min(0).max(10_000).brand<'BasisPoints'>();
export type BasisPoints = z.infer<typeof BasisPoints>;

/** An instant: epoch milliseconds in UTC, up to the year 2286. */
export const TimeMs = z.int().min(0).max(9_999_999_999_999).brand<'TimeMs'>();
export type TimeMs = z.infer<typeof TimeMs>;

/** The plain number as an instant. @throws RangeError when it is no integer from 0 to 9 999 999 999 999. */
export function timeMs(value: number): TimeMs {
  if (!Number.isSafeInteger(value) || value < 0 || value > 9_999_999_999_999) {
    throw new RangeError(`not an instant: ${value}`);
  }
  return value as TimeMs;
}

/** A second in milliseconds. */
export const SECOND_MS = 1_000;
/** A minute in milliseconds. */
export const MINUTE_MS = 60_000;
/** An hour in milliseconds. */
export const HOUR_MS = 3_600_000;
/** A day of 24 hours in milliseconds. */
export const DAY_MS = 86_400_000;

/**
 * What no text may contain: control characters (Cc) except tab and line breaks, unpaired surrogates, and characters
 * that reverse the direction of writing. They could forge a line of a log, or a name.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
const REFUSED = /^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\p{Cs}]*$/u;

const textOf = (clean: (typed: string) => string, charactersMax: number, charactersMin: number) => {
  const cleaned = z.string().regex(REFUSED).overwrite(clean).min(charactersMin).max(charactersMax);
  return charactersMin === 0 ? cleaned : cleaned.refine(hasVisible);
};

/**
 * Input: a free text on one line. Invisible characters are removed. Something visible must remain, unless
 * `charactersMin` is 0. Stored documents use `storedText` instead, which does not check this again.
 */
export const text = (charactersMax: number, charactersMin = 1) =>
  textOf(oneLine, charactersMax, charactersMin);

/** Input: a free text that may have several lines. Otherwise like `text`. */
export const lines = (charactersMax: number, charactersMin = 1) =>
  textOf(manyLines, charactersMax, charactersMin);

/**
 * A text in a stored document: as long as the input may be. It applies no other rule of the input, so that a text
 * stays readable when those rules change.
 */
export const storedText = (asked: z.ZodString | z.ZodURL) => z.string().max(asked.maxLength ?? 0);

/** Input: a code that is printed somewhere and typed. Only its ASCII letters and digits count (`plainCode`). */
export const typedCode = () => z.string().min(1).max(200).overwrite(plainCode);

/**
 * Input: an id that people copy from somewhere else. Invisible characters are removed before `pattern` is checked.
 */
export const pasted = (pattern: RegExp) => z.string().overwrite(oneLine).regex(pattern);

/**
 * A link that is shown to others: https to a domain name. That excludes scripts and bare IP addresses. It is stored
 * in ASCII, as it is requested: `https://例子.com/封面.png` becomes `https://xn--fsqu00a.com/%E5%B0%81%E9%9D%A2.png`.
 */
export const httpsUrl = (charactersMax: number) =>
  z.url({ protocol: /^https$/, hostname: z.regexes.domain, normalize: true }).max(charactersMax);

/**
 * A number in a query string, where everything is text. It has one spelling only: no sign, no exponent, no leading
 * 0.
 */
const QUERY_NUMBER = /^(?:0|[1-9][0-9]{0,12})$/;

/** A whole number from `min` to `max` in a query string. */
export const queryInt = (min: number, max: number) =>
  z.string().regex(QUERY_NUMBER).transform(Number).pipe(z.int().min(min).max(max));

/** In a query string: the version of a document that the caller saw. */
export const QueryVersion = queryInt(1, 1_000_000_000);

/** An instant in a query string. */
export const QueryTimeMs = z.string().regex(QUERY_NUMBER).transform(Number).pipe(TimeMs);

/** The number of items on a page: 1 … 50. It may be left out, which means 20. */
export const PageSize = queryInt(1, 50).optional();

/** The same in the body of a `POST`. */
export const BodyPageSize = z.int().min(1).max(50).optional();

/** The start of the next page. It is opaque to clients, and we check it when it comes back. */
export const Cursor = z
  .string()
  .max(512)
  .regex(/^[A-Za-z0-9_-]+$/);

/** A page on the wire. `nextCursor` is null on the last page. */
export const pageOf = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), nextCursor: Cursor.nullable() });
