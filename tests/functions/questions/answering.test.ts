import { closeCase } from '../../../functions/admin/operations/closeCase.ts';
import { getAnyQuestion } from '../../../functions/admin/questions/getAnyQuestion.ts';
import { judgeQuestion } from '../../../functions/admin/questions/judgeQuestion.ts';
import { createRefund } from '../../../functions/admin/refunds/createRefund.ts';
import { decideReview } from '../../../functions/admin/review/decideReview.ts';
import { listMessages } from '../../../functions/inbox/listMessages.ts';
import { tellAnsweredQuestion } from '../../../functions/inbox/tellAnsweredQuestion.ts';
import { tellClosedQuestion } from '../../../functions/inbox/tellClosedQuestion.ts';
import { tellEndingQuestion } from '../../../functions/inbox/tellEndingQuestion.ts';
import { tellOpenedQuestion } from '../../../functions/inbox/tellOpenedQuestion.ts';
import { acceptAnswer } from '../../../functions/questions/acceptAnswer.ts';
import { answerQuestion } from '../../../functions/questions/answerQuestion.ts';
import { declineQuestion } from '../../../functions/questions/declineQuestion.ts';
import { disputeAnswer } from '../../../functions/questions/disputeAnswer.ts';
import { expireQuestions } from '../../../functions/questions/expireQuestions.ts';
import { getExpert } from '../../../functions/questions/getExpert.ts';
import { getQuestion } from '../../../functions/questions/getQuestion.ts';
import { rateAnswer } from '../../../functions/questions/rateAnswer.ts';
import { remindExperts } from '../../../functions/questions/remindExperts.ts';
import { settleQuestions } from '../../../functions/questions/settleQuestions.ts';
import { undoQuestion } from '../../../functions/questions/undoQuestion.ts';
import * as legalTexts from '../../../shared/data/identity/legalTexts.ts';
import { AGAIN_MS, ANSWER_MS, DISPUTE_MS, REMIND_MS } from '../../../shared/domain/questions/question.ts';
import type { Case } from '../../../shared/schemas/operations/case.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import { publishText } from '../../support/given/legal.ts';
import { type Buyer, storedIn } from '../../support/given/order.ts';
import { passMinutes } from '../../support/given/payment.ts';
import {
  anAnswer,
  booked,
  givenAnswered,
  givenAsker,
  givenExpert,
  givenOpen,
  storedQuestion,
} from '../../support/given/question.ts';
import { newRefundId } from '../../support/given/refund.ts';
import { givenStaff, givenStaffOf, type Staff } from '../../support/given/staff.ts';
import { defaultSettings } from '../../support/settings.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
let expert: Buyer;
let asker: Buyer;
let finance: Staff;

beforeEach(async () => {
  world = await createWorld({ settings: { talk: { ...defaultSettings.talk } } });
  expert = await givenExpert(world);
  asker = await givenAsker(world);
  finance = await givenStaff(world, 'finance');
});
afterEach(() => world.close());

const answers = (id: string, wishes: object = {}, who = expert) =>
  world.call(answerQuestion, anAnswer(id, wishes), who);
const declines = (id: string, who = expert) => world.call(declineQuestion, { id }, who);
const accepts = (id: string, who = asker) => world.call(acceptAnswer, { id }, who);
const disputes = (id: string, who = asker) =>
  world.call(disputeAnswer, { id, words: '没有回答我的问题' }, who);
const rates = (id: string, stars: number, who = asker) => world.call(rateAnswer, { id, stars }, who);
const judges = (id: string, refundBp: number, by = finance) =>
  world.call(judgeQuestion, { id, refundBp, reason: '只回答了一半' }, by);
/** What is on its way back arrives. */
const arrives = () => passMinutes(world, 5);
const state = async (id: string) => (await storedQuestion(world, id)).state;
const record = async () => (await world.call(getExpert, { id: expert.userId })).data.expert;
const messages = async (who: Buyer) =>
  (await world.call(listMessages, {}, who)).data.items.map(({ kind }) => kind);
const ESCROW = ['liab:escrow', 'deferred:question'] as const;
const EARNED = [...ESCROW, 'payable:payee', 'cost:payee', 'cash:wxpay'] as const;
const OTHER = 'qst_01JD0000000000000000000077';

/** Staff give back a part of an order, or all of it. */
const refunds = (orderId: string, productId: string, refundFen: number) => {
  const lines = [{ productId, refundFen, takesAccess: refundFen === 9_900 }];
  const asked = { orderId, refundId: newRefundId(world), lines, reason: '买家投诉' };
  return world.call(createRefund, asked, finance);
};

describeFunction(answerQuestion, () => {
  test('is shown to who asked once it has passed its check; the same again changes nothing', async () => {
    const { id } = await givenOpen(world, asker, expert);
    expect((await answers(id)).data.question).toMatchObject({ state: 'answering', answer: { body: /线条/ } });
    expect((await world.call(getQuestion, { id }, asker)).data.question.answer).toBeNull();
    expect((await answers(id)).status).toBe(200);
    await world.drain();
    const { question } = (await world.call(getQuestion, { id }, asker)).data;
    expect(question).toMatchObject({
      state: 'answered',
      answer: { body: '从线条开始，每天半小时', review: null },
    });
  });

  test('that is risky puts the question back, and another one answers it', async () => {
    const { id } = await givenOpen(world, asker, expert);
    world.clock.advance(ANSWER_MS - 1);
    await answers(id, { body: '违规' });
    await world.drain();
    expect(await storedQuestion(world, id)).toMatchObject({
      ...{ state: 'open', refusals: 1, deadlineAtMs: world.clock.now() + AGAIN_MS },
    });
    await answers(id);
    await world.drain();
    expect(await state(id)).toBe('answered');
  });

  test('question.not_found, question.not_open, question.expired', async () => {
    expect((await answers(OTHER)).code).toBe('question.not_found');
    const { id } = await givenAnswered(world, asker, expert);
    expect((await answers(id, {}, asker)).code).toBe('question.not_found');
    expect((await answers(id)).code).toBe('question.not_open');
    const late = await givenOpen(world, asker, expert);
    world.clock.advance(ANSWER_MS);
    expect((await answers(late.id)).code).toBe('question.expired');
  });

  test('question.not_open when all of its money is on its way back', async () => {
    const { id, order } = await givenOpen(world, asker, expert);
    await refunds(order.id, (await storedQuestion(world, id)).productId, 9_900);
    expect((await answers(id)).code).toBe('question.not_open');
  });

  test('upload.not_found; review.not_editable while staff decide about an appeal', async () => {
    const { id } = await givenOpen(world, asker, expert);
    expect((await answers(id, { audio: 'upl_01JD0000000000000000000001' })).code).toBe('upload.not_found');
    await answers(id, { body: '违规' });
    await world.drain();
    const { appealReview } = await import('../../../functions/review/appealReview.ts');
    await world.call(appealReview, { target: `answer:${id}`, words: '没有问题' }, expert);
    expect((await answers(id)).code).toBe('review.not_editable');
    const said = { target: `answer:${id}`, decision: 'approve', version: 1, reason: '没有问题' };
    await world.call(decideReview, said, await givenStaff(world, 'support'));
    expect(await state(id)).toBe('answered');
  });

  test('consent.required once the text has changed; phone.required', async () => {
    const { id } = await givenOpen(world, asker, expert);
    Object.assign(world.ports.settings.talk, { needsPhone: true });
    expect((await answers(id)).code).toBe('phone.required');
    const replaces = (await legalTexts.findCurrent(world.ports.database, 'expert'))?.version ?? null;
    await publishText(world, 'expert', '2026-02', { replaces });
    expect((await answers(id)).code).toBe('consent.required');
  });
});

describeFunction(declineQuestion, () => {
  test('gives the money back at once, and is no miss', async () => {
    const { id } = await givenOpen(world, asker, expert);
    expect((await declines(id)).data.question).toMatchObject({ state: 'returning', returnCause: 'declined' });
    await arrives();
    expect((await declines(id)).data.question.state).toBe('returned');
    expect([await booked(world, ...EARNED), await messages(asker)]).toEqual([
      [0, 0, 0, 0, 0],
      ['refund_succeeded', 'question_closed', 'order_paid'],
    ]);
    expect((await record()).inTimeBp).toBeNull();
  });

  test('question.not_found, question.not_open, question.expired', async () => {
    expect((await declines(OTHER)).code).toBe('question.not_found');
    const { id } = await givenAnswered(world, asker, expert);
    expect((await declines(id)).code).toBe('question.not_open');
    const late = await givenOpen(world, asker, expert);
    world.clock.advance(ANSWER_MS);
    expect((await declines(late.id)).code).toBe('question.expired');
  });
});

describeFunction(acceptAnswer, () => {
  test('earns the money: the expert’s share is owed, and nothing is held', async () => {
    const { id } = await givenAnswered(world, asker, expert);
    expect((await accepts(id)).data.question.state).toBe('settled');
    expect((await accepts(id)).status).toBe(200);
    expect(await booked(world, ...EARNED)).toEqual([0, 0, -6_930, 6_930, 9_900]);
    expect(await record()).toMatchObject({ answered: 1, inTimeBp: 10_000 });
  });

  test('question.not_found; question.not_open without an answer', async () => {
    const { id } = await givenOpen(world, asker, expert);
    expect((await accepts(id)).code).toBe('question.not_open');
    expect((await accepts(id, expert)).code).toBe('question.not_found');
  });
});

describeFunction(settleQuestions, () => {
  test('accepts an answer that nobody disputed within 72 hours', async () => {
    const { id } = await givenAnswered(world, asker, expert);
    world.clock.advance(DISPUTE_MS - 1);
    expect(await world.run(settleQuestions)).toEqual({});
    world.clock.advance(1);
    expect(await world.run(settleQuestions)).toEqual({ 'question.settled': 1 });
    expect([await state(id), await booked(world, ...ESCROW)]).toEqual(['settled', [0, 0]]);
  });

  test('waits for a refund that is on its way, and settles what is left', async () => {
    const { id, order } = await givenAnswered(world, asker, expert);
    await refunds(order.id, (await storedQuestion(world, id)).productId, 900);
    world.clock.advance(DISPUTE_MS);
    expect(await world.run(settleQuestions)).toEqual({ 'question.waiting': 1 });
    await arrives();
    expect(await world.run(settleQuestions)).toEqual({ 'question.settled': 1 });
    expect(await booked(world, ...EARNED)).toEqual([0, 0, -6_300, 6_300, 9_000]);
  });
});

describeFunction(expireQuestions, () => {
  test('gives back the money of what nobody answered in 48 hours, and two misses keep new ones away', async () => {
    const one = await givenOpen(world, asker, expert);
    const two = await givenOpen(world, asker, expert);
    world.clock.advance(ANSWER_MS);
    expect(await world.run(expireQuestions)).toEqual({ 'question.expired': 2 });
    expect(await world.run(expireQuestions)).toEqual({});
    await arrives();
    expect([await state(one.id), await state(two.id)]).toEqual(['returned', 'returned']);
    expect(await booked(world, ...EARNED)).toEqual([0, 0, 0, 0, 0]);
    expect(await record()).toMatchObject({ isTaking: false, inTimeBp: 0 });
  });

  test('gives back the money of a question that staff remove, without a miss', async () => {
    const { id } = await givenOpen(world, asker, expert);
    const said = { target: `question:${id}`, decision: 'remove', version: 1, reason: '违规' };
    await world.call(decideReview, said, await givenStaff(world, 'support'));
    expect(await world.run(expireQuestions)).toEqual({ 'question.removed': 1 });
    expect((await record()).isTaking).toBe(true);
  });
});

describeFunction(remindExperts, () => {
  test('reminds after 36 hours, once', async () => {
    const { id } = await givenOpen(world, asker, expert);
    world.clock.advance(REMIND_MS - 1);
    expect(await world.run(remindExperts)).toEqual({});
    world.clock.advance(1);
    expect(await world.run(remindExperts)).toEqual({ 'question.reminded': 1 });
    expect(await world.run(remindExperts)).toEqual({});
    await world.drain();
    expect([await state(id), await messages(expert)]).toEqual([
      'open',
      ['question_ending', 'question_opened'],
    ]);
  });
});

describeFunction(disputeAnswer, () => {
  test('is a case for staff, and keeps the money where it is', async () => {
    const { id } = await givenAnswered(world, asker, expert);
    expect((await disputes(id)).data.question.state).toBe('disputed');
    expect((await disputes(id)).status).toBe(200);
    world.clock.advance(DISPUTE_MS);
    expect(await world.run(settleQuestions)).toEqual({});
    const cases = ((await storedIn(world, 'cases')) as Case[]).filter(
      ({ kind }) => kind === 'question_dispute',
    );
    expect([cases.length, await booked(world, ...ESCROW)]).toEqual([1, [-9_900, 9_900]]);
    const close = { caseId: `question_dispute:${id}`, resolution: '已联系' };
    expect((await world.call(closeCase, close, await givenStaff(world, 'support'))).code).toBe(
      'case.needs_decision',
    );
  });

  test('question.not_found, question.not_open, question.too_late', async () => {
    const { id } = await givenOpen(world, asker, expert);
    expect((await disputes(id, expert)).code).toBe('question.not_found');
    expect((await disputes(id)).code).toBe('question.not_open');
    await answers(id);
    await world.drain();
    world.clock.advance(DISPUTE_MS);
    expect((await disputes(id)).code).toBe('question.too_late');
  });
});

describeFunction(judgeQuestion, () => {
  test('gives a part back, and settles the rest once that is back', async () => {
    const { id } = await givenAnswered(world, asker, expert);
    await disputes(id);
    expect((await judges(id, 5_000)).data.question).toMatchObject({ state: 'returning' });
    expect((await judges(id, 5_000)).status).toBe(200);
    expect(await booked(world, ...ESCROW)).toEqual([-9_900, 9_900]);
    await arrives();
    expect([await state(id), await booked(world, ...EARNED)]).toEqual([
      'settled',
      [0, 0, -3_465, 3_465, 4_950],
    ]);
    const dispute = ((await storedIn(world, 'cases')) as Case[]).find(
      ({ kind }) => kind === 'question_dispute',
    );
    expect(dispute?.state).toBe('closed');
  });

  test('gives nothing back, which settles it, or all of it, which ends it', async () => {
    const kept = await givenAnswered(world, asker, expert);
    await disputes(kept.id);
    expect((await judges(kept.id, 0)).data.question.state).toBe('settled');
    const back = await givenAnswered(world, asker, expert);
    await disputes(back.id);
    await judges(back.id, 10_000);
    await arrives();
    expect(await state(back.id)).toBe('returned');
    expect(await booked(world, ...EARNED)).toEqual([0, 0, -6_930, 6_930, 9_900]);
  });

  test('question.not_found, question.not_disputed, staff.not_yourself', async () => {
    expect((await judges(OTHER, 0)).code).toBe('question.not_found');
    const { id } = await givenAnswered(world, asker, expert);
    expect((await judges(id, 0)).code).toBe('question.not_disputed');
    await disputes(id);
    for (const { userId } of [asker, expert])
      expect((await judges(id, 0, await givenStaffOf(world, userId, 'admin'))).code).toBe(
        'staff.not_yourself',
      );
  });

  test('refund.ask_apple where the money cannot be given back', async () => {
    const { id, order } = await givenAnswered(world, asker, expert);
    await disputes(id);
    const { wxpay } = world.ports.rails;
    const abilities = jest
      .spyOn(wxpay, 'abilities')
      .mockReturnValue({ ...wxpay.abilities('web'), mayRefund: false });
    expect([(await judges(id, 100)).code, order.rail]).toEqual(['refund.ask_apple', 'wxpay']);
    abilities.mockRestore();
  });
});

describeFunction(getAnyQuestion, () => {
  test('has both texts for who judges, and the audit log has who looked', async () => {
    const { id } = await givenAnswered(world, asker, expert);
    const { question } = (await world.call(getAnyQuestion, { id }, finance)).data;
    expect([question.question.body, question.answer?.body]).toEqual(['我没有基础', '从线条开始，每天半小时']);
    expect(JSON.stringify(await storedIn(world, 'audit'))).toContain(id);
  });

  test('question.not_found', async () => {
    expect((await world.call(getAnyQuestion, { id: OTHER }, finance)).code).toBe('question.not_found');
  });
});

describeFunction(rateAnswer, () => {
  test('counts the last stars that each question was given', async () => {
    const { id } = await givenAnswered(world, asker, expert);
    await rates(id, 2);
    expect((await rates(id, 4)).data.question.stars).toBe(4);
    expect((await rates(id, 4)).status).toBe(200);
    expect((await record()).starsHundredths).toBe(400);
  });

  test('question.not_found; question.not_open without an answer', async () => {
    const { id } = await givenOpen(world, asker, expert);
    expect((await rates(id, 5)).code).toBe('question.not_open');
    expect((await rates(id, 5, expert)).code).toBe('question.not_found');
  });
});

describeFunction(undoQuestion, () => {
  test('a refund by staff ends an open question, and takes back the share of a settled one', async () => {
    const open = await givenOpen(world, asker, expert);
    const { productId } = await storedQuestion(world, open.id);
    await refunds(open.order.id, productId, 9_900);
    await arrives();
    expect(await storedQuestion(world, open.id)).toMatchObject({
      state: 'returned',
      returnCause: 'refunded',
    });
    const settled = await givenAnswered(world, asker, expert);
    await accepts(settled.id);
    await refunds(settled.order.id, productId, 900);
    await arrives();
    expect([await state(settled.id), await booked(world, ...EARNED)]).toEqual([
      'settled',
      [0, 0, -6_300, 6_300, 9_000],
    ]);
    await refunds(settled.order.id, productId, 9_000);
    await arrives();
    expect([await state(settled.id), await booked(world, ...EARNED)]).toEqual(['returned', [0, 0, 0, 0, 0]]);
  });
});

/** What each of the two is told of a question from its payment to this end. */
async function told(who: Buyer, end: (id: string) => Promise<unknown>): Promise<readonly string[]> {
  const { id } = await givenOpen(world, asker, expert);
  world.clock.advance(REMIND_MS);
  await world.run(remindExperts);
  await end(id);
  await world.drain();
  return messages(who);
}

describeFunction(tellOpenedQuestion, () => {
  test('tells the expert of a paid question, once', async () => {
    expect((await told(expert, answers)).filter((kind) => kind === 'question_opened')).toHaveLength(1);
  });
});

describeFunction(tellEndingQuestion, () => {
  test('tells the expert of little time, once', async () => {
    expect((await told(expert, answers)).filter((kind) => kind === 'question_ending')).toHaveLength(1);
  });
});

describeFunction(tellAnsweredQuestion, () => {
  test('tells who asked of the answer, once', async () => {
    expect((await told(asker, answers)).filter((kind) => kind === 'question_answered')).toHaveLength(1);
  });
});

describeFunction(tellClosedQuestion, () => {
  test('tells who asked that it is closed, once', async () => {
    expect((await told(asker, declines)).filter((kind) => kind === 'question_closed')).toHaveLength(1);
  });
});
