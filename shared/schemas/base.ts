/**
 * The smallest words on the wire: ids, money, time, and bounded text. Every length has a bound, because every
 * string that comes in is stored or compared somewhere.
 */
import * as z from 'zod';
import { hasVisible, manyLines, oneLine, plainCode } from './text.ts';

/** Crockford base 32 without I, L, O, U: what a ULID is written in. */
export const ULID_PATTERN = '[0-9A-HJKMNP-TV-Z]{26}';

/** An id: three letters, an underscore, a ULID. */
const idOf = <B extends string>(prefix: string) =>
  z
    .string()
    .regex(new RegExp(`^${prefix}_${ULID_PATTERN}$`))
    .brand<B>();

/** A person who learns, or works for the shop. `usr_` + ULID. */
export const UserId = idOf<'UserId'>('usr');
export type UserId = z.infer<typeof UserId>;

/** Something that can be bought. `prd_` + ULID. A course's id is its product's id. */
export const ProductId = idOf<'ProductId'>('prd');
export type ProductId = z.infer<typeof ProductId>;

/** One lesson of a course. `les_` + ULID. */
export const LessonId = idOf<'LessonId'>('les');
export type LessonId = z.infer<typeof LessonId>;

/** An order, made by the client; also WeChat's `out_trade_no` (30 characters). `ord_` + ULID. */
export const OrderId = idOf<'OrderId'>('ord');
export type OrderId = z.infer<typeof OrderId>;

/** A refund that somebody asks for, made by the client; also the rail's number for it (30 characters). `rfd_` + ULID. */
export const RefundRequestId = idOf<'RefundRequestId'>('rfd');
export type RefundRequestId = z.infer<typeof RefundRequestId>;

/** A batch of redeem codes, made by the client. `bat_` + ULID. */
export const CodeBatchId = idOf<'CodeBatchId'>('bat');
export type CodeBatchId = z.infer<typeof CodeBatchId>;

/** Membership that staff give, made by the client so that a repeat gives once. `mgr_` + ULID. */
export const MembershipGrantId = idOf<'MembershipGrantId'>('mgr');
export type MembershipGrantId = z.infer<typeof MembershipGrantId>;

/** Access that staff give, made by the client so that a repeat gives once. `agr_` + ULID. */
export const AccessGrantId = idOf<'AccessGrantId'>('agr');
export type AccessGrantId = z.infer<typeof AccessGrantId>;

/** A coupon that staff give, made by the client so that a repeat gives once. `cgr_` + ULID. */
export const CouponGrantId = idOf<'CouponGrantId'>('cgr');
export type CouponGrantId = z.infer<typeof CouponGrantId>;

/** A coupon template: what staff publish and learners claim. `tpl_` + ULID. */
export const TemplateId = idOf<'TemplateId'>('tpl');
export type TemplateId = z.infer<typeof TemplateId>;

/** A comment that a learner wrote. `cmt_` + ULID. */
export const CommentId = idOf<'CommentId'>('cmt');
export type CommentId = z.infer<typeof CommentId>;

/** What somebody gets for points, made by the client so that a repeat gets it once. `rdm_` + ULID. */
export const RedemptionId = idOf<'RedemptionId'>('rdm');
export type RedemptionId = z.infer<typeof RedemptionId>;

/** A flash sale. `fls_` + ULID. */
export const FlashSaleId = idOf<'FlashSaleId'>('fls');
export type FlashSaleId = z.infer<typeof FlashSaleId>;

/** A full-reduction campaign. `cmp_` + ULID. */
export const CampaignId = idOf<'CampaignId'>('cmp');
export type CampaignId = z.infer<typeof CampaignId>;

/** A points adjustment by staff, made by the client so that a repeat adjusts once. `adj_` + ULID. */
export const AdjustmentId = idOf<'AdjustmentId'>('adj');
export type AdjustmentId = z.infer<typeof AdjustmentId>;

/**
 * A coupon in a user's hands, made from its cause: `cpn_<template's ULID>_<user's ULID>_<n>`, n from 1 up to the
 * per-user limit, so that a double click is one coupon.
 */
export const CouponId = z
  .string()
  .regex(new RegExp(`^cpn_${ULID_PATTERN}_${ULID_PATTERN}_[1-9][0-9]{0,2}$`))
  .brand<'CouponId'>();
export type CouponId = z.infer<typeof CouponId>;

/** Money in fen (1/100 yuan). At most ten million yuan, so that no sum of an order leaves the safe integers. */
export const FEN_MAX = 1_000_000_000;
/** An amount of money: integer fen, 0 … FEN_MAX. */
export const Fen = z.int().min(0).max(FEN_MAX).brand<'Fen'>();
export type Fen = z.infer<typeof Fen>;

/** The plain number as `Fen`. @throws RangeError when it is no integer from 0 to FEN_MAX: a broken rule, not bad input. */
export function fen(value: number): Fen {
  if (!Number.isSafeInteger(value) || value < 0 || value > FEN_MAX) {
    throw new RangeError(`not an amount in fen: ${value}`);
  }
  return value as Fen;
}

/** A share in basis points: 10 000 is all of it. */
export const BasisPoints = z.int().min(0).max(10_000).brand<'BasisPoints'>();
export type BasisPoints = z.infer<typeof BasisPoints>;

/** An instant: epoch milliseconds, UTC, up to the year 2286. */
export const TimeMs = z.int().min(0).max(9_999_999_999_999).brand<'TimeMs'>();
export type TimeMs = z.infer<typeof TimeMs>;

/** The plain number as an instant. @throws RangeError when it is none. */
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
 * What no text may hold: control characters (Cc) but tab and line breaks, half characters, and what turns the
 * direction of writing around. They could forge a line of a log, or a name.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
const REFUSED = /^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\p{Cs}]*$/u;

const textOf = (clean: (typed: string) => string, charactersMax: number, charactersMin: number) => {
  const cleaned = z.string().regex(REFUSED).overwrite(clean).min(charactersMin).max(charactersMax);
  return charactersMin === 0 ? cleaned : cleaned.refine(hasVisible);
};

/**
 * A free text on one line, as it comes in. What cannot be seen is left out of it, and something visible must remain
 * unless it may be empty. A stored text has passed this once: its document says `storedText` and never asks again.
 */
export const text = (charactersMax: number, charactersMin = 1) =>
  textOf(oneLine, charactersMax, charactersMin);

/** A free text that has lines, as it comes in. */
export const lines = (charactersMax: number, charactersMin = 1) =>
  textOf(manyLines, charactersMax, charactersMin);

/** A text as its document keeps it: no longer than it may come in, and readable whatever the rules were then. */
export const storedText = (asked: z.ZodString | z.ZodURL) => z.string().max(asked.maxLength ?? 0);

/** Something that is printed and typed: only its ASCII letters and digits count, as `plainCode` reads them. */
export const typedCode = () => z.string().min(1).max(200).overwrite(plainCode);

/** An id that people copy from somewhere else, of the signs that `pattern` names. */
export const pasted = (pattern: RegExp) => z.string().overwrite(oneLine).regex(pattern);

/**
 * A link that is shown to others: https to a named host, so neither a script nor an address of an inner network. It is
 * kept in ASCII, as it is requested: `https://例子.com/封面.png` becomes `https://xn--fsqu00a.com/%E5%B0%81%E9%9D%A2.png`.
 */
export const httpsUrl = (charactersMax: number) =>
  z.url({ protocol: /^https$/, hostname: z.regexes.domain, normalize: true }).max(charactersMax);

/** How a number stands in a query string, where everything is text: one way each, so no sign, exponent or leading 0. */
const QUERY_NUMBER = /^(?:0|[1-9][0-9]{0,12})$/;

/** A count in a query string. */
export const queryInt = (min: number, max: number) =>
  z.string().regex(QUERY_NUMBER).transform(Number).pipe(z.int().min(min).max(max));

/** The version of something that somebody saw, in a query string. */
export const QueryVersion = queryInt(1, 1_000_000_000);

/** An instant in a query string. */
export const QueryTimeMs = z.string().regex(QUERY_NUMBER).transform(Number).pipe(TimeMs);

/** How many items a page may have: 1 … 50, 20 when not given. */
export const PageSize = queryInt(1, 50).optional();

/** Where the next page starts. Opaque, made by us, checked by us. */
export const Cursor = z
  .string()
  .max(512)
  .regex(/^[A-Za-z0-9_-]+$/);

/** A page on the wire: `nextCursor` is null on the last one. */
export const pageOf = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), nextCursor: Cursor.nullable() });
