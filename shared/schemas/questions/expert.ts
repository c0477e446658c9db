/** Experts: who answers paid questions, at which price, and how well they did. */
import * as z from 'zod';
import { BasisPoints, Fen, lines, ProductId, pageOf, storedText, TimeMs, text, UserId } from '../base.ts';
import { Reason } from '../identity/staff.ts';

/** The lowest and the highest price of a question: 5 and 500 yuan. */
export const [QUESTION_FEN_MIN, QUESTION_FEN_MAX] = [500, 50_000];

/** Fields that only somebody with a licence may give advice in. `none`: no such field. */
export const RegulatedField = z.enum(['none', 'medicine', 'law', 'investment']);
export type RegulatedField = z.infer<typeof RegulatedField>;

/** What an expert offers. Staff read it before anybody else does. */
export const ExpertOffer = z.strictObject({
  name: text(30),
  about: lines(1_000),
  fields: z.array(text(20)).min(1).max(5),
  regulated: RegulatedField,
  /** The licence for a regulated field, as it is printed. Only staff see it. */
  licence: text(100, 0),
  priceFen: Fen,
});
export type ExpertOffer = z.infer<typeof ExpertOffer>;

const StoredOffer = z.object({
  name: storedText(ExpertOffer.shape.name),
  about: storedText(ExpertOffer.shape.about),
  fields: z.array(storedText(ExpertOffer.shape.fields.element)).max(5),
  regulated: RegulatedField,
  licence: storedText(ExpertOffer.shape.licence),
  priceFen: Fen,
});

/** What became of an expert's questions. */
export const ExpertRecord = z.object({
  /** How many were answered, and how many of those by the first deadline. */
  answered: z.int().min(0),
  inTime: z.int().min(0),
  /** How many answers were given stars, and how many stars. */
  rated: z.int().min(0),
  stars: z.int().min(0),
  /** When questions were let expire, the latest of them. */
  missedAtMs: z.array(TimeMs).max(20),
});
export type ExpertRecord = z.infer<typeof ExpertRecord>;

/** A stored expert, under the user's id. */
export const Expert = z.object({
  id: UserId,
  /** Made from the user's id: what a question to this expert is sold as. */
  productId: ProductId,
  /** Rises with each offer, so that staff approve what they read. */
  version: z.int().min(1),
  /** The offer that waits for staff; null for none. */
  asked: StoredOffer.nullable(),
  /** The offer that everybody sees; null before the first approval. */
  offer: StoredOffer.nullable(),
  /** The picture that questions are sold with. Staff choose it; empty before the first approval. */
  coverUrl: z.string().max(500),
  /** Whether questions can be asked at all, derived for the list: approved, not paused, not ended by staff. */
  isListed: z.boolean(),
  isPaused: z.boolean(),
  /** The expert's share of what is kept of a question's money. */
  shareBp: BasisPoints,
  record: ExpertRecord,
  /** Why staff did not approve the latest offer, or ended it; null when they did not. */
  refusal: storedText(Reason).nullable(),
  createdAtMs: TimeMs,
  updatedAtMs: TimeMs,
});
export type Expert = z.infer<typeof Expert>;

/** An expert as everybody sees one. */
export const ExpertView = z.object({
  id: UserId,
  productId: ProductId,
  name: z.string(),
  about: z.string(),
  fields: z.array(z.string()),
  regulated: RegulatedField,
  priceFen: Fen,
  /** How many hours an expert has to answer. */
  answerHours: z.int(),
  answered: z.int(),
  /** The share of the questions that had an end and were answered in time; null without any. */
  inTimeBp: BasisPoints.nullable(),
  /** The mean of the stars in hundredths; null without any. */
  starsHundredths: z.int().nullable(),
  /** Whether a question can be asked and paid now. */
  isTaking: z.boolean(),
});
export type ExpertView = z.infer<typeof ExpertView>;

/** One page of experts. */
export const ExpertPage = pageOf(ExpertView);

/** An expert as they see themselves. */
export const MyExpertView = Expert.pick({
  id: true,
  productId: true,
  version: true,
  asked: true,
  offer: true,
  isPaused: true,
  shareBp: true,
  record: true,
  refusal: true,
}).extend({
  /** Until when too many missed questions keep new ones away; null when they do not. */
  missedUntilMs: TimeMs.nullable(),
});
export type MyExpertView = z.infer<typeof MyExpertView>;

/** An expert as staff see one. */
export const StaffExpertView = Expert;
export type StaffExpertView = z.infer<typeof StaffExpertView>;

/** One page of experts, for staff. */
export const StaffExpertPage = pageOf(StaffExpertView);
