/**
 * The rules of a paid question: from its check to whose money it is in the end. No state waits for ever: each has a
 * deadline, or the review, the order, the refund or a case that it waits for has (`WAITS_FOR`).
 */
import { fail } from '../../errors.ts';
import {
  type BasisPoints,
  DAY_MS,
  type Fen,
  fen,
  HOUR_MS,
  MINUTE_MS,
  type OrderId,
  type ProductId,
  type QuestionId,
  type TimeMs,
  timeMs,
  type UserId,
} from '../../schemas/base.ts';
import type {
  Answer,
  AnswerWritten,
  Judgement,
  Question,
  QuestionCard,
  QuestionState,
  QuestionWritten,
  ReturnCause,
} from '../../schemas/questions/question.ts';
import type { Reviewed, Written } from '../../schemas/review/review.ts';
import { submitEdit, submitNew } from '../review/review.ts';

/** How long nobody has to pay for a question before it lapses. */
export const LAPSE_MS = 7 * DAY_MS;

/** How long an expert has to answer. */
export const ANSWER_MS = 48 * HOUR_MS;
/** After how long of that an expert is reminded. */
export const REMIND_MS = 36 * HOUR_MS;

/** The least time that an expert has after an answer did not pass its check. */
export const AGAIN_MS = 24 * HOUR_MS;

/** After so many answers that did not pass, the money goes back. */
export const REFUSALS_MAX = 3;

/** How long an asker may withdraw a paid question that the expert has not opened. */
export const WITHDRAW_MS = 30 * MINUTE_MS;

/** How long an asker may dispute an answer before it counts as accepted. */
export const DISPUTE_MS = 72 * HOUR_MS;

/** The share of an expert when staff agree on no other: 70 %. */
export const SHARE_BP = 7_000 as BasisPoints;

type Step =
  | 'pass'
  | 'refuse'
  | 'lapse'
  | 'order'
  | 'release'
  | 'pay'
  | 'submit'
  | 'show'
  | 'fallBack'
  | 'dispute'
  | 'giveBack'
  | 'settle'
  | 'end';

/**
 * The state machine of a question. Any step that is not in it is an error.
 *
 *  checking ─ pass ─▶ ready ─ order ─▶ ordered ─ pay ─▶ open ─ submit ─▶ answering ─ show ─▶ answered
 *    └ refuse ▶ refused ▲──── release ────┘               │ ▲── fallBack ──┴─────────────────┤  ├ settle ▶ settled
 *        lapsed (nobody paid)                             └ giveBack ─▶ returning ◀ giveBack ┴─ disputed
 *                                                                          └ end ─▶ returned, settle ─▶ settled
 *
 * Money that has all gone back, by whatever way, ends every paid state (`end`). Money that comes late, where it cannot
 * go back, opens a question that nobody waited for any more.
 */
const next = {
  checking: { pass: 'ready', refuse: 'refused', lapse: 'lapsed' },
  refused: { pass: 'ready', lapse: 'lapsed', pay: 'open' },
  lapsed: { pay: 'open' },
  ready: { order: 'ordered', refuse: 'refused', lapse: 'lapsed', pay: 'open' },
  ordered: { release: 'ready', pay: 'open' },
  open: { submit: 'answering', show: 'answered', giveBack: 'returning', end: 'returned' },
  answering: { show: 'answered', fallBack: 'open', end: 'returned' },
  answered: { settle: 'settled', dispute: 'disputed', fallBack: 'open', end: 'returned' },
  disputed: { settle: 'settled', giveBack: 'returning', end: 'returned' },
  returning: { settle: 'settled', end: 'returned' },
  settled: { end: 'returned' },
  returned: {},
} as const satisfies Record<QuestionState, Partial<Record<Step, QuestionState>>>;

/**
 * What ends each state when neither asker nor expert does anything. `time`: `nextAtMs`. `order`: the end of the order's
 * pay window. `review`: the check, and then the case of the review. `refund`: the refund, and then its case. `case`: a
 * case of its own. `nothing`: it is an end.
 */
export const WAITS_FOR = {
  checking: 'time',
  refused: 'time',
  lapsed: 'nothing',
  ready: 'time',
  ordered: 'order',
  open: 'time',
  answering: 'review',
  answered: 'time',
  disputed: 'case',
  returning: 'refund',
  settled: 'nothing',
  returned: 'nothing',
} as const satisfies Record<QuestionState, 'time' | 'order' | 'review' | 'refund' | 'case' | 'nothing'>;

/** Whether a step is possible. */
function may(question: Pick<Question, 'state'>, step: Step): boolean {
  return step in next[question.state];
}

/** The question after a step. `nextAtMs` is when the new state ends by itself. @throws question.not_open */
function step(before: Question, made: Step, nextAtMs: number | null, now: TimeMs): Question {
  const steps: Partial<Record<Step, QuestionState>> = next[before.state];
  const state = steps[made];
  if (state === undefined)
    throw fail('question.not_open', { detail: `${made} of a question that is ${before.state}` });
  const waits = { nextAtMs: nextAtMs === null ? null : timeMs(nextAtMs), remindAtMs: null };
  return { ...before, state, ...waits, updatedAtMs: now };
}

/** Whether its money is with us, for neither of the two. */
export function isHeld({ state }: Pick<Question, 'state'>): boolean {
  return ['open', 'answering', 'answered', 'disputed', 'returning'].includes(state);
}

/** Whether it was paid, whatever became of it since. */
export function isPaid(question: Pick<Question, 'paidAtMs'>): boolean {
  return question.paidAtMs !== null;
}

/** What somebody asks, and whom. */
export interface QuestionAsked extends QuestionWritten {
  readonly id: QuestionId;
  readonly userId: UserId;
  readonly expertId: UserId;
  readonly productId: ProductId;
}

const writtenAs = ({ title, body, images }: QuestionWritten): Written => ({
  ...{ title, body, images, audio: null },
});

/** A new question, which waits for its check. `doubts` of our own rules send it to staff. */
export function askQuestion(asked: QuestionAsked, doubts: readonly string[], now: TimeMs): Question {
  const { id, userId, expertId, productId } = asked;
  return {
    ...submitNew(userId, writtenAs(asked), doubts, now),
    ...{ id, expertId, productId, state: 'checking', orderId: null, paidFen: fen(0), backFen: fen(0) },
    ...{ shareBp: SHARE_BP, refundId: null, returnCause: null, deadlineAtMs: null, remindAtMs: null },
    ...{ nextAtMs: timeMs(now + LAPSE_MS), refusals: 0, readAtMs: null, paidAtMs: null },
    ...{ submittedAtMs: null, answeredAtMs: null, dispute: null, judgement: null, stars: null },
    ...{ settledAtMs: null, createdAtMs: now, updatedAtMs: now },
  };
}

/** The question that this very request asked before. @throws question.id_taken when it was another one */
export function askedBefore(stored: Question, asked: QuestionAsked): Question {
  const isSame =
    stored.userId === asked.userId &&
    stored.expertId === asked.expertId &&
    (stored.review.state === 'deleted' || JSON.stringify(stored.newest) === JSON.stringify(writtenAs(asked)));
  if (!isSame) throw fail('question.id_taken');
  return stored;
}

/**
 * The question as the review of its own text leaves it. What is not shown any more cannot be paid. A paid question that
 * staff remove is due at once, so its money goes back within a minute.
 */
export function afterReview(question: Question): Question {
  const { review, isShown } = question;
  const now = review.sinceAtMs;
  if (isShown) return may(question, 'pass') ? step(question, 'pass', now + LAPSE_MS, now) : question;
  if (review.state === 'rejected' || review.state === 'removed') {
    if (may(question, 'refuse')) return step(question, 'refuse', now + LAPSE_MS, now);
    if (question.state === 'open' && review.state === 'removed') return dueAtOnce(question, now);
  }
  return question;
}

function dueAtOnce(question: Question, now: TimeMs): Question {
  return { ...question, deadlineAtMs: now, nextAtMs: now, remindAtMs: null, updatedAtMs: now };
}

/** The question that nobody pays for any more. The same object when it has lapsed. @throws question.not_open */
export function lapse(question: Question, now: TimeMs): Question {
  return question.state === 'lapsed' ? question : step(question, 'lapse', null, now);
}

/** Whether an unpaid question is to lapse by now. */
export function isLapsing(question: Question, now: TimeMs): boolean {
  return may(question, 'lapse') && question.nextAtMs !== null && now >= question.nextAtMs;
}

/**
 * The question, named by an order that waits for its money.
 * @throws question.not_ready unless its check has passed and no other order names it
 */
export function nameInOrder(question: Question, orderId: OrderId, now: TimeMs): Question {
  if (question.orderId === orderId && question.state === 'ordered') return question;
  if (!may(question, 'order') || !question.isShown) throw fail('question.not_ready');
  return { ...step(question, 'order', null, now), orderId };
}

/** The question once its order was closed: it can be ordered again, if it is still shown. */
export function releaseFromOrder(question: Question, orderId: OrderId, now: TimeMs): Question {
  if (question.state !== 'ordered' || question.orderId !== orderId) return question;
  const released = { ...step(question, 'release', now + LAPSE_MS, now), orderId: null };
  return released.isShown ? released : { ...released, state: 'refused' };
}

/**
 * The paid question: the expert's time begins. Null when another order has paid for it. What staff have removed
 * meanwhile is due at once.
 */
export function openPaid(
  question: Question,
  paid: { readonly orderId: OrderId; readonly paidFen: Fen; readonly shareBp: BasisPoints },
  now: TimeMs,
): Question | null {
  const isFree = question.orderId === null || question.orderId === paid.orderId;
  if (!isFree || !may(question, 'pay')) return null;
  const opened: Question = {
    ...step(question, 'pay', now + ANSWER_MS, now),
    ...paid,
    paidAtMs: now,
    deadlineAtMs: timeMs(now + ANSWER_MS),
    remindAtMs: timeMs(now + REMIND_MS),
  };
  return opened.isShown ? opened : dueAtOnce(opened, now);
}

/** The question, opened by its expert. The same object when it was opened before. */
export function markRead(question: Question, now: TimeMs): Question {
  if (question.readAtMs !== null || question.state !== 'open') return question;
  return { ...question, readAtMs: now, updatedAtMs: now };
}

/** The question, of which its expert is reminded now. The same object when there is nothing to remind of. */
export function markReminded(question: Question, now: TimeMs): Question {
  if (question.state !== 'open' || question.remindAtMs === null || now < question.remindAtMs) return question;
  return { ...question, remindAtMs: null, updatedAtMs: now };
}

/** Whether the time for an answer is over, although it is not written down yet. */
export function isExpired({ state, deadlineAtMs }: Question, now: TimeMs): boolean {
  return state === 'open' && deadlineAtMs !== null && now >= deadlineAtMs;
}

/**
 * Refuses what only an open question allows.
 * @throws question.not_open; question.expired when its time is over
 */
export function refuseUnlessOpen(question: Question, now: TimeMs): void {
  if (question.returnCause === 'expired' || isExpired(question, now)) throw fail('question.expired');
  if (question.state !== 'open') throw fail('question.not_open');
}

/**
 * The question with an answer that is checked now. The clock stands meanwhile.
 * @throws question.not_open, question.expired
 */
export function submitAnswer(question: Question, now: TimeMs): Question {
  refuseUnlessOpen(question, now);
  return { ...step(question, 'submit', null, now), submittedAtMs: now };
}

/**
 * The answer with this content: a new one, or a new version of one that did not pass.
 * @throws review.not_editable while staff decide about the one before
 */
export function writeAnswer(
  before: Answer | null,
  asked: AnswerWritten & { readonly id: QuestionId; readonly userId: UserId },
  doubts: readonly string[],
  now: TimeMs,
): Answer {
  const { id, userId, body, images, audio } = asked;
  const written: Written = { title: null, body, images, audio };
  if (before === null)
    return { ...submitNew(userId, written, doubts, now), id, createdAtMs: now, updatedAtMs: now };
  if (before.review.state !== 'removed')
    return { ...submitEdit(before, written, doubts, now), updatedAtMs: now };
  const fresh = submitNew(userId, written, doubts, now);
  const { version, removals } = before.review;
  return {
    ...before,
    ...fresh,
    review: { ...fresh.review, version: version + 1, removals },
    updatedAtMs: now,
  };
}

/** Whether the answer before has this content, so that a repeated request is known. */
export function isSameAnswer(before: Answer | null, { body, images, audio }: AnswerWritten): boolean {
  return JSON.stringify(before?.newest) === JSON.stringify({ title: null, body, images, audio });
}

/**
 * The question as the review of its answer leaves it. An answer that is refused, or removed before it is accepted, puts
 * the question back to the expert, with at least a day.
 */
export function afterAnswerReview(question: Question, answer: Reviewed): Question {
  const now = answer.review.sinceAtMs;
  const isGone = answer.review.state === 'rejected' || answer.review.state === 'removed';
  if (answer.isShown && may(question, 'show')) {
    return { ...step(question, 'show', now + DISPUTE_MS, now), answeredAtMs: now };
  }
  return isGone && may(question, 'fallBack') ? fallBack(question, now) : question;
}

function fallBack(before: Question, now: TimeMs): Question {
  const refusals = before.refusals + 1;
  const leftMs = (before.deadlineAtMs ?? now) - (before.submittedAtMs ?? now);
  const moreMs = refusals < REFUSALS_MAX ? Math.max(AGAIN_MS, leftMs) : 0;
  const deadlineAtMs = timeMs(now + moreMs);
  return { ...step(before, 'fallBack', deadlineAtMs, now), refusals, deadlineAtMs, answeredAtMs: null };
}

/** Whether an answer came within the first deadline. */
export function isInTime({ paidAtMs, submittedAtMs }: Question): boolean {
  return paidAtMs !== null && submittedAtMs !== null && submittedAtMs < paidAtMs + ANSWER_MS;
}

/** Until when the asker may withdraw a paid question; null when they may not. */
export function withdrawUntilMs({ state, paidAtMs, readAtMs }: Question): TimeMs | null {
  return state === 'open' && paidAtMs !== null && readAtMs === null ? timeMs(paidAtMs + WITHDRAW_MS) : null;
}

/**
 * Refuses to withdraw a paid question.
 * @throws question.not_open; question.too_late after half an hour, and once the expert has opened it
 */
export function refuseLateWithdrawal(question: Question, now: TimeMs): void {
  if (question.state !== 'open') throw fail('question.not_open');
  const untilMs = withdrawUntilMs(question);
  if (untilMs === null || now >= untilMs) throw fail('question.too_late');
}

/** Why the money of a question that is due goes back: its time is over, or staff removed it. */
export function dueCause({ review }: Question): ReturnCause {
  return review.state === 'removed' ? 'removed' : 'expired';
}

/** The question whose money is on its way back, by this refund or, without one, by hand. @throws question.not_open */
export function giveBack(
  question: Question,
  by: { readonly cause: ReturnCause; readonly refundId: string | null },
  now: TimeMs,
): Question {
  return {
    ...step(question, 'giveBack', null, now),
    ...{ returnCause: by.cause, refundId: by.refundId, deadlineAtMs: null },
  };
}

/** Until when the asker may dispute the answer; null when they may not. */
export function disputeUntilMs({ state, nextAtMs }: Question): TimeMs | null {
  return state === 'answered' ? nextAtMs : null;
}

/**
 * The question whose answer the asker does not accept.
 * @throws question.not_open; question.too_late after 72 hours
 */
export function disputeAnswer(question: Question, words: string, now: TimeMs): Question {
  const untilMs = disputeUntilMs(question);
  if (untilMs !== null && now >= untilMs) throw fail('question.too_late');
  return { ...step(question, 'dispute', null, now), dispute: { words, atMs: now } };
}

/** Whether an answer counts as accepted by now, because nobody disputed it. */
export function isAcceptedByTime(question: Question, now: TimeMs): boolean {
  const untilMs = disputeUntilMs(question);
  return untilMs !== null && now >= untilMs;
}

/** The question whose money is the expert's and ours. @throws question.not_open */
export function settle(question: Question, now: TimeMs): Question {
  return { ...step(question, 'settle', null, now), settledAtMs: now };
}

/** What of its money a judgement gives back, in fen, rounded down. `leftFen` is what has not gone back already. */
export function judgedFen(refundBp: BasisPoints, leftFen: number): Fen {
  return fen(Math.floor((leftFen * refundBp) / 10_000));
}

/** The disputed question with what staff decided about it. @throws question.not_disputed */
export function judge(question: Question, judgement: Judgement): Question {
  if (question.state !== 'disputed') throw fail('question.not_disputed');
  return { ...question, judgement, updatedAtMs: judgement.atMs };
}

/** The question once all of its money has gone back. The same object when it had before. */
export function end(question: Question, now: TimeMs): Question {
  if (question.state === 'returned') return question;
  const returnCause = question.returnCause ?? (question.judgement === null ? 'refunded' : 'judged');
  return { ...step(question, 'end', null, now), returnCause, deadlineAtMs: null };
}

/** The question with the asker's stars. @throws question.not_open before an answer is there */
export function rate(question: Question, stars: number, now: TimeMs): Question {
  if (!['answered', 'settled'].includes(question.state)) throw fail('question.not_open');
  return question.stars === stars ? question : { ...question, stars, updatedAtMs: now };
}

/** A question in a list. */
export function questionCard(question: Question): QuestionCard {
  return { ...question, title: question.newest.title ?? '' };
}
