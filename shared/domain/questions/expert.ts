/** The rules of experts: what they offer, when they can be asked, and what is counted of how they answer. */
import { fail } from '../../errors.ts';
import {
  type BasisPoints,
  DAY_MS,
  type Fen,
  HOUR_MS,
  ProductId,
  type TimeMs,
  timeMs,
  type UserId,
} from '../../schemas/base.ts';
import type { Product, RefundPolicy } from '../../schemas/catalogue/product.ts';
import {
  type Expert,
  type ExpertOffer,
  type ExpertRecord,
  type ExpertView,
  type MyExpertView,
  QUESTION_FEN_MAX,
  QUESTION_FEN_MIN,
} from '../../schemas/questions/expert.ts';
import { PLAIN_TERMS } from '../catalogue/product.ts';
import { ANSWER_MS, SHARE_BP } from './question.ts';

/** The most open questions of one expert. */
export const OPEN_MAX = 10;

/** So many missed questions keep new ones away. */
const MISSED_MAX = 2;
/** For how long a missed question counts. */
export const MISSED_MS = 30 * DAY_MS;

/** The most missed questions that are remembered. */
const REMEMBERED_MAX = 20;

const NOTHING_YET: ExpertRecord = { answered: 0, inTime: 0, rated: 0, stars: 0, missedAtMs: [] };

/** What a question to this expert is sold as: the product with the user's ULID. */
export function questionProductId(id: UserId): ProductId {
  return ProductId.parse(`prd_${id.slice(4)}`);
}

/** The same with `isListed` as the rest has it. */
function derived(expert: Expert): Expert {
  return { ...expert, isListed: expert.offer !== null && !expert.isPaused };
}

/**
 * The expert with an offer that waits for staff. What was approved before stays meanwhile. The same object when this
 * very offer waits already, or is in force.
 * @throws expert.price_out_of_range; expert.licence_missing in a field that needs one
 */
export function offerAnswers(before: Expert | null, id: UserId, offer: ExpertOffer, now: TimeMs): Expert {
  if (offer.priceFen < QUESTION_FEN_MIN || offer.priceFen > QUESTION_FEN_MAX) {
    const range = { minFen: QUESTION_FEN_MIN, maxFen: QUESTION_FEN_MAX };
    throw fail('expert.price_out_of_range', { params: range });
  }
  if (offer.regulated !== 'none' && offer.licence === '') throw fail('expert.licence_missing');
  if (before !== null && JSON.stringify(before.asked ?? before.offer) === JSON.stringify(offer))
    return before;
  if (before !== null) return { ...before, asked: offer, version: before.version + 1, updatedAtMs: now };
  return {
    ...{ id, productId: questionProductId(id), version: 1, asked: offer, offer: null, isListed: false },
    ...{ coverUrl: '', isPaused: false, shareBp: SHARE_BP, record: NOTHING_YET, refusal: null },
    ...{ createdAtMs: now, updatedAtMs: now },
  };
}

/** The expert, paused or not. The same object when it is so already. */
export function pause(expert: Expert, isPaused: boolean, now: TimeMs): Expert {
  return expert.isPaused === isPaused ? expert : derived({ ...expert, isPaused, updatedAtMs: now });
}

/** What staff say about an expert: in the version that they saw, and why. */
interface Said {
  readonly version: number;
  readonly by: UserId;
  readonly reason: string;
}

/** @throws staff.not_yourself; expert.version_changed when it is not the version that they saw */
function refuseUnlessSeen(expert: Expert, { version, by }: Said): void {
  if (by === expert.id) throw fail('staff.not_yourself');
  if (version !== expert.version) throw fail('expert.version_changed');
}

/**
 * The expert whose offer is in force from now on, sold with this picture. The same object when it is so already.
 * @throws staff.not_yourself, expert.version_changed; expert.not_waiting when no offer waits
 */
export function approveOffer(
  expert: Expert,
  said: Said & { readonly coverUrl: string },
  now: TimeMs,
): Expert {
  refuseUnlessSeen(expert, said);
  const { asked, offer } = expert;
  if (asked === null && offer !== null && expert.coverUrl === said.coverUrl) return expert;
  if (asked === null) throw fail('expert.not_waiting');
  const { coverUrl } = said;
  return derived({ ...expert, asked: null, offer: asked, coverUrl, refusal: null, updatedAtMs: now });
}

/** The expert whose waiting offer is refused. @throws staff.not_yourself, expert.version_changed, expert.not_waiting */
export function rejectOffer(expert: Expert, said: Said, now: TimeMs): Expert {
  refuseUnlessSeen(expert, said);
  if (expert.asked === null && expert.refusal === said.reason) return expert;
  if (expert.asked === null) throw fail('expert.not_waiting');
  return { ...expert, asked: null, refusal: said.reason, updatedAtMs: now };
}

/**
 * The expert who is none any more, until another offer is approved. @throws staff.not_yourself, expert.version_changed
 */
export function endOffer(expert: Expert, said: Said, now: TimeMs): Expert {
  refuseUnlessSeen(expert, said);
  if (expert.asked === null && expert.offer === null) return expert;
  return derived({ ...expert, asked: null, offer: null, refusal: said.reason, updatedAtMs: now });
}

/** Until when missed questions keep new ones away; null when they do not. */
export function missedUntilMs({ record }: Pick<Expert, 'record'>, now: TimeMs): TimeMs | null {
  const decisive = record.missedAtMs.at(-MISSED_MAX);
  if (decisive === undefined || now >= decisive + MISSED_MS) return null;
  return timeMs(decisive + MISSED_MS);
}

/** Whether a question can be asked and paid now. `open` are the paid ones that wait for an answer. */
export function isTaking(expert: Expert, open: number, now: TimeMs): boolean {
  return expert.isListed && missedUntilMs(expert, now) === null && open < OPEN_MAX;
}

/** Refuses a question that the expert does not take now. @throws expert.not_taking */
export function refuseUnlessTaking(expert: Expert, open: number, now: TimeMs): void {
  if (!isTaking(expert, open, now)) throw fail('expert.not_taking');
}

const withRecord = (expert: Expert, change: Partial<ExpertRecord>, now: TimeMs): Expert => ({
  ...expert,
  record: { ...expert.record, ...change },
  updatedAtMs: now,
});

/** The expert with one more answer counted, once its question is settled. */
export function countAnswer(expert: Expert, isInTime: boolean, now: TimeMs): Expert {
  const { answered, inTime } = expert.record;
  return withRecord(expert, { answered: answered + 1, inTime: inTime + (isInTime ? 1 : 0) }, now);
}

/** The expert with one more question that nobody answered. */
export function countMissed(expert: Expert, now: TimeMs): Expert {
  return withRecord(expert, { missedAtMs: [...expert.record.missedAtMs, now].slice(-REMEMBERED_MAX) }, now);
}

/** The expert with stars given, or changed from what they were (null for none). */
export function countStars(expert: Expert, before: number | null, after: number, now: TimeMs): Expert {
  const { rated, stars } = expert.record;
  const change = { rated: rated + (before === null ? 1 : 0), stars: stars + after - (before ?? 0) };
  return withRecord(expert, change, now);
}

/** Nothing goes back by itself but by the rules of questions. Staff decide about anything else. */
const STAFF_DECIDE: RefundPolicy = { windowDays: 0, tiers: [], isVoidAfterDownload: false };

/**
 * The product that a question to this expert is sold as, while an offer is in force; otherwise it is not sold. Where a
 * platform has to know each price first (`waitsForRail`), a new price waits in `nextListFen`.
 */
export function questionProduct(
  { productId: id, offer, coverUrl }: Expert,
  before: Product | null,
  { waitsForRail, now }: { readonly waitsForRail: boolean; readonly now: TimeMs },
): Product | null {
  if (offer === null)
    return before === null || before.state === 'withdrawn'
      ? before
      : { ...before, state: 'withdrawn', version: before.version + 1, updatedAtMs: now };
  const { name, about, priceFen } = offer;
  const texts = { title: `向${name}提问`, subtitle: '', summary: about, teacher: name, coverUrl };
  if (before === null) {
    return {
      ...PLAIN_TERMS,
      ...{ parts: [], partOf: [], leftOf: [], formerParts: [] },
      ...{ id, kind: 'question', version: 1, state: 'published', ...texts, category: 'questions', tags: [] },
      ...{ listFen: priceFen, access: { kind: 'forever' }, refundPolicy: STAFF_DECIDE },
      ...{ lessonCount: 0, publishedAtMs: now, createdAtMs: now, updatedAtMs: now },
    };
  }
  const isLater = waitsForRail && priceFen !== before.listFen;
  const prices = isLater ? { nextListFen: priceFen } : { listFen: priceFen, nextListFen: null };
  const version = before.version + 1;
  return { ...before, ...texts, ...prices, state: 'published', version, updatedAtMs: now };
}

/** The expert as everybody sees one; null while no offer is in force. */
export function expertView(
  expert: Expert,
  beside: { readonly priceFen: Fen; readonly open: number; readonly now: TimeMs },
): ExpertView | null {
  const { id, productId, offer, record } = expert;
  if (offer === null) return null;
  const { name, about, fields, regulated } = offer;
  const { answered, inTime, rated, stars, missedAtMs } = record;
  const ended = answered + missedAtMs.length;
  const inTimeBp = ended === 0 ? null : (Math.floor((inTime * 10_000) / ended) as BasisPoints);
  return {
    ...{ id, productId, name, about, fields, regulated, priceFen: beside.priceFen, answered, inTimeBp },
    answerHours: ANSWER_MS / HOUR_MS,
    starsHundredths: rated === 0 ? null : Math.round((stars * 100) / rated),
    isTaking: isTaking(expert, beside.open, beside.now),
  };
}

/** The expert as they see themselves. */
export function myExpertView(expert: Expert, now: TimeMs): MyExpertView {
  return { ...expert, missedUntilMs: missedUntilMs(expert, now) };
}
