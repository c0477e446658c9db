import * as fc from 'fast-check';
import { balances } from '../../../shared/domain/books/journal.ts';
import {
  AGAIN_MS,
  ANSWER_MS,
  afterAnswerReview,
  afterReview,
  askedBefore,
  askQuestion,
  DISPUTE_MS,
  disputeAnswer,
  dueCause,
  giveBack,
  isAcceptedByTime,
  isExpired,
  isHeld,
  isInTime,
  isLapsing,
  judge,
  judgedFen,
  LAPSE_MS,
  lapse,
  markRead,
  nameInOrder,
  openPaid,
  REFUSALS_MAX,
  rate,
  refuseLateWithdrawal,
  releaseFromOrder,
  submitAnswer,
  WAITS_FOR,
  WITHDRAW_MS,
  writeAnswer,
} from '../../../shared/domain/questions/question.ts';
import {
  type Booked,
  bookRefunded,
  heldEntries,
  settleBooked,
  shareFen,
} from '../../../shared/domain/questions/questionBooks.ts';
import { decide, takeVerdict, type Verdict } from '../../../shared/domain/review/review.ts';
import { AppError } from '../../../shared/errors.ts';
import { BasisPoints, fen, QuestionId, type TimeMs, timeMs, UserId } from '../../../shared/schemas/base.ts';
import type { JournalEntry } from '../../../shared/schemas/books/journal.ts';
import { type Answer, Question } from '../../../shared/schemas/questions/question.ts';
import type { Reviewed } from '../../../shared/schemas/review/review.ts';
import { aQuote, NOW, ORDER_ID, USER_ID } from '../../support/given/holding.ts';
import { MODEL_RUNS, seed } from '../../support/seeded.ts';

const ID = QuestionId.parse('qst_01JD0000000000000000000001');
const [EXPERT, STAFF] = ['usr_01JD0000000000000000000031', 'usr_01JD0000000000000000000032'].map((id) =>
  UserId.parse(id),
) as [UserId, UserId];
const PRODUCT = aQuote([500]).lines[0]?.productId as Question['productId'];
const later = (ms: number) => timeMs(NOW + ms);
const asked = {
  ...{ id: ID, userId: USER_ID, expertId: EXPERT, productId: PRODUCT },
  ...{ title: '怎么开始', body: '我想学画画', images: [] },
};
const words = { id: ID, userId: EXPERT, body: '从线条开始', images: [], audio: null };

function said<R extends Reviewed>(before: R, verdict: Verdict, now: TimeMs): R {
  const { version } = before.review;
  return takeVerdict(before, { version, part: 'text', verdict, label: null, cause: 'check:trace-1' }, now);
}

const ready = (now = NOW) => afterReview(said(askQuestion(asked, [], now), 'pass', now));
const open = (paidFen = 9_900, shareBp = 7_000) => {
  const paid = { orderId: ORDER_ID, paidFen: fen(paidFen), shareBp: BasisPoints.parse(shareBp) };
  return openPaid(nameInOrder(ready(), ORDER_ID, NOW), paid, NOW) as Question;
};
const submitted = (before: Question, now: TimeMs) => ({
  question: submitAnswer(before, now),
  answer: writeAnswer(null, words, [], now),
});
const answered = (now = NOW) => {
  const { question, answer } = submitted(open(), now);
  return afterAnswerReview(question, said(answer, 'pass', now));
};
const refusal = (work: () => unknown) => {
  try {
    work();
  } catch (caught) {
    if (caught instanceof AppError) return caught.code;
    throw caught;
  }
  return 'none';
};

describe('a question', () => {
  test('can be ordered when its check has passed, by one order at a time, and again once that is closed', () => {
    const waiting = askQuestion(asked, [], NOW);
    expect(refusal(() => nameInOrder(waiting, ORDER_ID, NOW))).toBe('question.not_ready');
    const ordered = nameInOrder(ready(), ORDER_ID, NOW);
    expect([ordered.state, ordered.orderId, nameInOrder(ordered, ORDER_ID, later(1))]).toEqual([
      'ordered',
      ORDER_ID,
      ordered,
    ]);
    const other = 'ord_01JD0000000000000000000099' as typeof ORDER_ID;
    expect(refusal(() => nameInOrder(ordered, other, NOW))).toBe('question.not_ready');
    expect(releaseFromOrder(ordered, other, NOW)).toBe(ordered);
    expect(releaseFromOrder(ordered, ORDER_ID, NOW)).toMatchObject({ state: 'ready', orderId: null });
  });

  test('that is risky is refused, and cannot be paid; nobody pays for one after seven days', () => {
    const refused = afterReview(said(askQuestion(asked, [], NOW), 'risky', NOW));
    expect(refused.state).toBe('refused');
    expect(refusal(() => nameInOrder(refused, ORDER_ID, NOW))).toBe('question.not_ready');
    expect([isLapsing(ready(), later(LAPSE_MS - 1)), isLapsing(ready(), later(LAPSE_MS))]).toEqual([
      false,
      true,
    ]);
    const lapsed = lapse(ready(), later(LAPSE_MS));
    expect([lapsed.state, lapse(lapsed, later(LAPSE_MS))]).toEqual(['lapsed', lapsed]);
  });

  test('that staff remove is refused before it is paid, and due at once afterwards', () => {
    const remove = (before: Question) => {
      const { version } = before.review;
      return afterReview(decide(before, { decision: 'remove', version, by: STAFF }, later(5)));
    };
    expect(remove(ready()).state).toBe('refused');
    const ordered = remove(nameInOrder(ready(), ORDER_ID, NOW));
    expect([ordered.state, releaseFromOrder(ordered, ORDER_ID, later(6)).state]).toEqual([
      'ordered',
      'refused',
    ]);
    const paid = { orderId: ORDER_ID, paidFen: fen(1), shareBp: BasisPoints.parse(1) };
    expect(openPaid(ordered, paid, later(7))?.nextAtMs).toBe(later(7));
    const removed = remove(open());
    expect([removed.state, removed.nextAtMs, dueCause(removed)]).toEqual(['open', later(5), 'removed']);
  });

  test('repeated under its id is the same, with anything else the id is taken', () => {
    const one = askQuestion(asked, [], NOW);
    expect(askedBefore(one, asked)).toBe(one);
    expect(refusal(() => askedBefore(one, { ...asked, body: '别的' }))).toBe('question.id_taken');
    expect(refusal(() => askedBefore(one, { ...asked, userId: STAFF }))).toBe('question.id_taken');
  });

  test('is paid by one order only', () => {
    const paid = { orderId: 'ord_01JD0000000000000000000099' as typeof ORDER_ID, paidFen: fen(5) };
    expect(openPaid(open(), { ...paid, shareBp: BasisPoints.parse(1) }, NOW)).toBeNull();
  });

  test('is due 48 hours after it is paid, and neither answered nor withdrawn in time after that', () => {
    const one = open();
    expect([isExpired(one, later(ANSWER_MS - 1)), isExpired(one, later(ANSWER_MS))]).toEqual([false, true]);
    expect(submitAnswer(one, later(ANSWER_MS - 1)).state).toBe('answering');
    expect(refusal(() => submitAnswer(one, later(ANSWER_MS)))).toBe('question.expired');
    const back = giveBack(one, { cause: 'expired', refundId: null }, later(ANSWER_MS));
    expect([back.state, back.nextAtMs, refusal(() => submitAnswer(back, later(ANSWER_MS)))]).toEqual([
      'returning',
      null,
      'question.expired',
    ]);
  });

  test('can be withdrawn for half an hour, unless the expert has opened it', () => {
    expect(refusal(() => refuseLateWithdrawal(open(), later(WITHDRAW_MS - 1)))).toBe('none');
    expect(refusal(() => refuseLateWithdrawal(open(), later(WITHDRAW_MS)))).toBe('question.too_late');
    expect(refusal(() => refuseLateWithdrawal(markRead(open(), NOW), later(1)))).toBe('question.too_late');
    expect(refusal(() => refuseLateWithdrawal(answered(), later(1)))).toBe('question.not_open');
  });

  test('has its answer shown only once that has passed, and accepted 72 hours later', () => {
    const { question, answer } = submitted(open(), later(1));
    expect([question.state, afterAnswerReview(question, answer)]).toEqual(['answering', question]);
    const shown = afterAnswerReview(question, said(answer, 'pass', later(2)));
    expect([shown.state, shown.answeredAtMs, isInTime(shown)]).toEqual(['answered', later(2), true]);
    const acceptedAtMs = 2 + DISPUTE_MS;
    expect([1, 0].map((less) => isAcceptedByTime(shown, later(acceptedAtMs - less)))).toEqual([false, true]);
    expect(disputeAnswer(shown, '没有回答', later(acceptedAtMs - 1)).state).toBe('disputed');
    expect(refusal(() => disputeAnswer(shown, '没有回答', later(acceptedAtMs)))).toBe('question.too_late');
  });

  test('goes back to the expert when the answer is refused, with a day at least, three times at most', () => {
    let question = open();
    let answer: Answer | null = null;
    const moments = [ANSWER_MS - 5, ANSWER_MS + 100, ANSWER_MS + 200];
    for (const [index, ms] of moments.entries()) {
      question = submitAnswer(question, later(ms));
      answer = said(
        writeAnswer(answer, { ...words, body: `${index}` }, [], later(ms)),
        'risky',
        later(ms + 50),
      );
      question = afterAnswerReview(question, answer);
      const isLast = index === REFUSALS_MAX - 1;
      expect([question.state, question.nextAtMs]).toEqual(['open', later(ms + 50 + (isLast ? 0 : AGAIN_MS))]);
    }
    const early = submitAnswer(open(), later(10));
    const fallen = afterAnswerReview(
      early,
      said(writeAnswer(null, words, [], later(10)), 'risky', later(70)),
    );
    expect(fallen.deadlineAtMs).toBe(later(70 + ANSWER_MS - 10));
  });

  test('goes back to the expert when staff remove the answer, who may write another one', () => {
    const { question, answer } = submitted(open(), NOW);
    const passed = said(answer, 'pass', NOW);
    const shown = afterAnswerReview(question, passed);
    const removed = decide(passed, { decision: 'remove', version: 1, by: STAFF }, later(9));
    expect(afterAnswerReview(shown, removed)).toMatchObject({ state: 'open', answeredAtMs: null });
    const again = writeAnswer(removed, { ...words, body: '再来' }, [], later(10));
    expect([again.review.version, again.review.removals, again.isShown]).toEqual([2, 1, false]);
  });

  test('is judged while it is disputed, and given stars once there is an answer', () => {
    const judgement = {
      ...{ refundBp: BasisPoints.parse(5_000), backFen: fen(10), by: STAFF, reason: '一半', atMs: NOW },
    };
    expect(refusal(() => judge(answered(), judgement))).toBe('question.not_disputed');
    expect(judge(disputeAnswer(answered(), '没有', NOW), judgement).judgement).toEqual(judgement);
    expect(refusal(() => rate(open(), 5, NOW))).toBe('question.not_open');
    expect(rate(answered(), 5, NOW).stars).toBe(5);
  });
});

/** One thing that may happen to a paid question. */
const events = fc.oneof(
  fc.record({ what: fc.constantFrom('submit', 'pass', 'risky', 'removeAnswer', 'time', 'decline', 'read') }),
  fc.record({ what: fc.constantFrom('dispute', 'accept', 'removeQuestion', 'railCloses') }),
  fc.record({ what: fc.constant('judge'), bp: fc.integer({ min: 0, max: 10_000 }) }),
  fc.record({ what: fc.constant('refund'), share: fc.integer({ min: 0, max: 100 }) }),
);

/** A life: the documents, and money as a naive model has it. */
class Life {
  question: Question;
  answer: Answer | null = null;
  entries: JournalEntry[];
  nowMs = 0;
  refundedFen = 0;
  /** What is on its way back. */
  goingFen = 0;
  /** Whether the rail has closed a refund, which is a case. */
  hasCase = false;

  constructor(paidFen: number, shareBp: number) {
    this.question = open(paidFen, shareBp);
    this.entries = [...heldEntries(this.question, NOW)];
  }

  get now(): TimeMs {
    return later(this.nowMs);
  }

  take({ question, entries }: Booked) {
    this.question = question;
    this.entries.push(...entries);
  }

  refund(refundFen: number) {
    this.goingFen += Math.min(refundFen, this.question.paidFen - this.refundedFen - this.goingFen);
  }

  /** The rail gives back what is on its way. */
  arrive() {
    this.refundedFen += this.goingFen;
    this.goingFen = 0;
    const { paidFen } = this.question;
    const isAllBack = this.refundedFen === paidFen;
    if (paidFen > 0)
      this.take(bookRefunded(this.question, { refundedFen: fen(this.refundedFen), isAllBack }, this.now));
  }

  step(event: { what: string; bp?: number; share?: number }) {
    const { question, answer, now } = this;
    const { state } = question;
    if (event.what === 'submit' && state === 'open' && !isExpired(question, now)) {
      if (answer?.review.state === 'queued') return;
      this.question = submitAnswer(question, now);
      this.answer = writeAnswer(answer, { ...words, body: `${this.nowMs}` }, [], now);
    }
    if ((event.what === 'pass' || event.what === 'risky') && answer !== null && state === 'answering') {
      this.answer = said(answer, event.what, now);
      this.question = afterAnswerReview(question, this.answer);
    }
    if (event.what === 'removeAnswer' && answer?.isShown === true && answer.review.state === 'public') {
      this.answer = decide(answer, { decision: 'remove', version: answer.review.version, by: STAFF }, now);
      this.question = afterAnswerReview(question, this.answer);
    }
    if (event.what === 'removeQuestion' && question.review.state === 'public') {
      const { version } = question.review;
      this.question = afterReview(decide(question, { decision: 'remove', version, by: STAFF }, now));
    }
    if (event.what === 'time') this.time();
    if (event.what === 'decline' && state === 'open') this.back('declined');
    if (event.what === 'read') this.question = markRead(question, now);
    if (event.what === 'dispute' && state === 'answered' && !isAcceptedByTime(question, now))
      this.question = disputeAnswer(question, '没有回答', now);
    if (event.what === 'accept' && state === 'answered' && this.goingFen === 0)
      this.take(settleBooked(question, fen(this.refundedFen), now));
    if (event.what === 'judge' && state === 'disputed' && this.goingFen === 0) this.judge(event.bp ?? 0);
    if (event.what === 'refund' && question.paidFen > 0 && state !== 'returned') {
      this.refund(Math.floor((question.paidFen * (event.share ?? 0)) / 100));
      if (this.goingFen > 0) this.arrive();
    }
    if (event.what === 'railCloses' && this.goingFen > 0) {
      this.goingFen = 0;
      this.hasCase = true;
    }
  }

  judge(bp: number) {
    const { question, now } = this;
    const refundBp = BasisPoints.parse(bp);
    const refundFen = judgedFen(refundBp, question.paidFen - this.refundedFen);
    const backFen = fen(this.refundedFen + refundFen);
    const judged = judge(question, { refundBp, backFen, by: STAFF, reason: '裁定', atMs: now });
    if (refundFen === 0) return this.take(settleBooked(judged, backFen, now));
    this.question = giveBack(judged, { cause: 'judged', refundId: 'rq_1' }, now);
    this.refund(refundFen);
  }

  back(cause: 'expired' | 'declined') {
    this.question = giveBack(this.question, { cause, refundId: 'rq_1' }, this.now);
    this.refund(this.question.paidFen);
    if (this.question.paidFen === 0)
      this.take(bookRefunded(this.question, { refundedFen: fen(0), isAllBack: true }, this.now));
  }

  /** The timers, once what waits for time is due. */
  time() {
    const { nextAtMs, state } = this.question;
    if (nextAtMs !== null) this.nowMs = Math.max(this.nowMs, nextAtMs - NOW);
    if (state === 'open') this.back('expired');
    if (state === 'answered' && this.goingFen === 0)
      this.take(settleBooked(this.question, fen(this.refundedFen), this.now));
  }

  /** Nobody does anything any more but the machines: timers, the check, the rail, and staff with their cases. */
  rest() {
    for (let round = 0; round < 12; round += 1) {
      const { state } = this.question;
      if (state === 'answering') this.step({ what: 'risky' });
      else if (state === 'disputed') this.judge(3_000);
      else if (state === 'returning') {
        const { judgement, paidFen } = this.question;
        if (this.goingFen === 0) this.refund((judgement?.backFen ?? paidFen) - this.refundedFen);
        this.arrive();
      } else this.time();
    }
  }
}

const lives = fc.record({
  paidFen: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 50_000 })),
  shareBp: fc.integer({ min: 0, max: 10_000 }),
  events: fc.array(events, { maxLength: 14 }),
  more: fc.array(fc.integer({ min: 0, max: 100 }), { maxLength: 3 }),
});

describe('LK29 the money of a question', () => {
  test('is held for nobody for ever: each state ends by time, or by something that has an end or a case', () => {
    fc.assert(
      fc.property(lives, ({ paidFen, shareBp, events: happen }) => {
        const life = new Life(paidFen, shareBp);
        for (const event of happen) {
          life.nowMs += 3_600_000;
          life.step(event);
          const waits = WAITS_FOR[life.question.state];
          expect(life.question.nextAtMs !== null).toBe(waits === 'time');
          if (waits === 'refund') expect(life.goingFen > 0 || life.hasCase).toBe(true);
        }
        expect(Question.safeParse(life.question).error).toBeUndefined();
        life.rest();
        expect(WAITS_FOR[life.question.state]).toBe('nothing');
      }),
      { seed, numRuns: MODEL_RUNS },
    );
  });

  test('closes its books: nothing stays in escrow, the share is that of what is kept, and the rest is ours', () => {
    fc.assert(
      fc.property(lives, ({ paidFen, shareBp, events: happen, more }) => {
        const life = new Life(paidFen, shareBp);
        for (const event of happen) {
          life.step(event);
          const escrowFen = balances(life.entries).get('liab:escrow') ?? 0;
          const heldFen = isHeld(life.question) ? life.question.paidFen - life.question.backFen : 0;
          expect(0 - escrowFen).toBe(heldFen);
        }
        life.rest();
        for (const share of more) life.step({ what: 'refund', share });
        const sums = balances(life.entries);
        const of = (account: Parameters<typeof sums.get>[0]) => sums.get(account) ?? 0;
        const keptFen = paidFen - life.refundedFen;
        const owedFen = life.question.settledAtMs === null ? 0 : shareFen(keptFen, life.question.shareBp);
        expect([of('liab:escrow'), of('deferred:question')]).toEqual([0, 0]);
        expect([0 - of('payable:payee'), of('cost:payee')]).toEqual([owedFen, owedFen]);
        expect(keptFen - of('cost:payee')).toBe(paidFen - life.refundedFen - owedFen);
        const isSettled = life.question.settledAtMs !== null;
        const earned = life.entries.filter(({ cause }) => cause === 'question_earned');
        expect(earned.length).toBeLessThanOrEqual(isSettled ? 1 : 0);
        const ids = life.entries.map(({ id }) => id);
        expect(new Set(ids).size).toBe(ids.length);
      }),
      { seed, numRuns: MODEL_RUNS },
    );
  });
});
