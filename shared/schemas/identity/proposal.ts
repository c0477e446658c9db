/** What one member of the staff may make of value in a day, and what a second person has to agree to above that. */
import * as z from 'zod';
import { pageOf, TimeMs, UserId } from '../base.ts';
import { Day } from '../books/journal.ts';
import { StaffAction } from './permission.ts';

/**
 * How much of what makes value one person may do in one day of Shanghai: `points` given; `accessFen` the list prices
 * of access and codes given; `membershipDays` given; `discountFen` what coupons and flash sales that are let out can
 * take off at most; `priceCut` the sum of cuts of prices that are on sale, each in basis points of the old price.
 */
export const DailyValue = z.strictObject({
  points: z.int().min(0).default(100_000),
  accessFen: z.int().min(0).default(2_000_000),
  membershipDays: z.int().min(0).default(1_100),
  discountFen: z.int().min(0).default(5_000_000),
  priceCut: z.int().min(0).default(10_000),
});
export type DailyValue = z.infer<typeof DailyValue>;

/** A kind of value. */
export const ValueKind = DailyValue.keyof();
export type ValueKind = z.infer<typeof ValueKind>;

/** How much of one kind somebody has made in one day. The id is `<user>:<day>:<kind>`. */
export const ValueMade = z.object({
  id: z.string().max(80),
  userId: UserId,
  day: Day,
  kind: ValueKind,
  made: z.int().min(0),
  updatedAtMs: TimeMs,
});
export type ValueMade = z.infer<typeof ValueMade>;

/** A proposal's id, made from who asked for what under which id: the same request again is the same proposal. */
export const ProposalId = z.string().regex(/^prp_[0-9a-f]{32}$/);

/** How much of a request is kept for the second person to read. */
export const REQUEST_CHARACTERS_MAX = 4_000;

/** Something above a day's limit that somebody asked for: `waiting` for a second person, `approved`, or `used`. */
export const Proposal = z.object({
  id: ProposalId,
  state: z.enum(['waiting', 'approved', 'used']),
  /** Who asked for it; nobody else can use the approval. */
  userId: UserId,
  /** What they were about to do, and what who agrees has to be allowed to do. */
  action: StaffAction,
  kind: ValueKind,
  value: z.int().min(1),
  /** The request as JSON, cut where it is long. */
  request: z.string().max(REQUEST_CHARACTERS_MAX),
  /** Of the whole request: another one is not what was agreed to. */
  digest: z.string().length(64),
  approvedBy: UserId.nullable(),
  approvedAtMs: TimeMs.nullable(),
  /** Until when it can be agreed to and used. */
  endsAtMs: TimeMs,
  createdAtMs: TimeMs,
  updatedAtMs: TimeMs,
});
export type Proposal = z.infer<typeof Proposal>;

/** A proposal, as staff see it. */
export const ProposalView = Proposal.omit({ digest: true });
export type ProposalView = z.infer<typeof ProposalView>;

/** One page of proposals. */
export const ProposalPage = pageOf(ProposalView);
