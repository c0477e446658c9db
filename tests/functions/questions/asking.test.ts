import { decideReview } from '../../../functions/admin/review/decideReview.ts';
import { cancelOrder } from '../../../functions/orders/cancelOrder.ts';
import { createOrder } from '../../../functions/orders/createOrder.ts';
import { putCartItem } from '../../../functions/orders/putCartItem.ts';
import { quoteOrder } from '../../../functions/pricing/quoteOrder.ts';
import { createQuestion } from '../../../functions/questions/createQuestion.ts';
import { expireQuestions } from '../../../functions/questions/expireQuestions.ts';
import { getQuestion } from '../../../functions/questions/getQuestion.ts';
import { listMyQuestions } from '../../../functions/questions/listMyQuestions.ts';
import { listQuestionsForMe } from '../../../functions/questions/listQuestionsForMe.ts';
import { openQuestion } from '../../../functions/questions/openQuestion.ts';
import { updateExpert } from '../../../functions/questions/updateExpert.ts';
import { withdrawQuestion } from '../../../functions/questions/withdrawQuestion.ts';
import * as questions from '../../../shared/data/questions/questions.ts';
import { LAPSE_MS, WITHDRAW_MS } from '../../../shared/domain/questions/question.ts';
import { fen, type QuestionId } from '../../../shared/schemas/base.ts';
import type { Coupon } from '../../../shared/schemas/coupons/coupon.ts';
import type { Talk } from '../../../shared/schemas/talk/talk.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import { type Buyer, givenCouponOf, newOrderId } from '../../support/given/order.ts';
import { passMinutes } from '../../support/given/payment.ts';
import {
  aQuestion,
  booked,
  givenAsker,
  givenExpert,
  givenOpen,
  givenReady,
  orderForQuestion,
  storedQuestion,
} from '../../support/given/question.ts';
import { givenStaff } from '../../support/given/staff.ts';
import { defaultSettings } from '../../support/settings.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
let expert: Buyer;
let asker: Buyer;

async function begin(talk: Partial<Talk> = {}): Promise<void> {
  world = await createWorld({ settings: { talk: { ...defaultSettings.talk, ...talk } } });
}
beforeEach(async () => {
  await begin();
  expert = await givenExpert(world);
  asker = await givenAsker(world);
});
afterEach(() => world.close());

const asks = (wishes: object = {}, who = asker) =>
  world.call(createQuestion, aQuestion(world, expert, wishes), who);
const gets = (id: string, who = asker) => world.call(getQuestion, { id }, who);
const withdraws = (id: string, who = asker) => world.call(withdrawQuestion, { id }, who);
const state = async (id: string) => (await storedQuestion(world, id)).state;
const orders = (question: Parameters<typeof orderForQuestion>[1], wishes: object = {}, who = asker) =>
  world.call(createOrder, orderForQuestion(world, question, wishes), who);
const NOBODY = 'qst_01JD0000000000000000000077';

describeFunction(createQuestion, () => {
  test('is checked before it can be paid; the same again is the same', async () => {
    const request = aQuestion(world, expert);
    const first = await world.call(createQuestion, request, asker);
    expect(first.data.question).toMatchObject({ state: 'checking', isMine: true, paidFen: 0 });
    await world.drain();
    expect((await world.call(createQuestion, request, asker)).data.question.state).toBe('ready');
  });

  test('that is risky is refused, and what leads out of the shop goes to staff', async () => {
    const risky = (await asks({ body: '违规' })).data.question;
    const contact = (await asks({ body: '加我微信 abc12345' })).data.question;
    await world.drain();
    expect([await state(risky.id), await state(contact.id)]).toEqual(['refused', 'checking']);
    const said = { decision: 'approve', version: 1, reason: '没有问题' };
    const staff = await givenStaff(world, 'support');
    const answer = await world.call(decideReview, { target: `question:${contact.id}`, ...said }, staff);
    expect([answer.status, await state(contact.id)]).toEqual([200, 'ready']);
  });

  test('feature.off; consent.required, phone.required, upload.not_found, question.id_taken', async () => {
    expect((await asks({}, await world.login('stranger'))).code).toBe('consent.required');
    expect((await asks({ images: ['upl_01JD0000000000000000000001'] })).code).toBe('upload.not_found');
    const id = world.ports.ids.make('qst');
    await asks({ id });
    expect((await asks({ id, body: '别的' })).code).toBe('question.id_taken');
    await world.close();
    await begin({ needsPhone: true });
    asker = await givenAsker(world);
    expect((await asks()).code).toBe('expert.not_found');
    await world.close();
    await begin({ questions: 'read' });
    expect((await asks({}, await givenAsker(world))).code).toBe('feature.off');
  });

  test('phone.required where the shop needs a phone', async () => {
    await world.close();
    await begin({ needsPhone: false });
    expert = await givenExpert(world);
    asker = await givenAsker(world);
    Object.assign(world.ports.settings.talk, { needsPhone: true });
    expect((await asks()).code).toBe('phone.required');
  });

  test('expert.not_taking for who has paused, and for oneself', async () => {
    const { userId } = expert;
    expect((await asks({ expertId: userId }, expert)).code).toBe('expert.not_taking');
    await world.call(updateExpert, { isPaused: true }, expert);
    expect((await asks()).code).toBe('expert.not_taking');
  });
});

describe('an order for a question', () => {
  test('holds it: no other order can name it until this one is closed', async () => {
    const question = await givenReady(world, asker, expert);
    const { order } = (await orders(question)).data;
    expect([await state(question.id), order.lines[0]?.questionId]).toEqual(['ordered', question.id]);
    expect((await orders(question)).code).toBe('question.not_ready');
    await world.call(cancelOrder, { orderId: order.id }, asker);
    expect(await state(question.id)).toBe('ready');
    expect((await orders(question)).status).toBe(200);
  });

  test('is refused before the check has passed, for another’s question, and for who takes none', async () => {
    const checking = (await asks()).data.question;
    expect((await orders(checking)).code).toBe('question.not_ready');
    await world.drain();
    expect((await orders(checking, {}, await givenAsker(world, 'other'))).code).toBe('question.not_found');
    await world.call(updateExpert, { isPaused: true }, expert);
    expect((await orders(checking)).code).toBe('expert.not_taking');
  });

  test('is of that question alone: no cart, no gift, no other product, no unnamed question', async () => {
    const { id: questionId, productId } = await givenReady(world, asker, expert);
    const of = (lines: object[]) =>
      world.call(createOrder, { orderId: newOrderId(world), lines, couponId: null, shownFen: 9_900 }, asker);
    expect((await of([{ productId }])).code).toBe('product.not_found');
    expect((await of([{ productId, questionId, gifts: 1 }])).code).toBe('request.invalid');
    expect(
      (await of([{ productId, questionId }, { productId: 'prd_01JD0000000000000000000002' }])).code,
    ).toBe('request.invalid');
    expect((await world.call(putCartItem, { productId }, asker)).code).toBe('product.not_found');
  });

  test('is reduced by a coupon that names the kind, and by no other, nor by points', async () => {
    const question = await givenReady(world, asker, expert);
    const lines = [{ productId: question.productId, questionId: question.id }];
    const quotes = async (changes: Partial<Coupon>) => {
      const { id } = await givenCouponOf(world, asker.userId, changes);
      return (await world.call(quoteOrder, { lines, couponId: id, points: 500 }, asker)).data.quote;
    };
    const named = await quotes({ scope: { kind: 'kinds', kinds: ['question'] } });
    expect([named.payableFen, named.points.countMax]).toEqual([8_900, 0]);
    expect((await quotes({ scope: { kind: 'all' } })).payableFen).toBe(9_900);
    const byId = await quotes({ scope: { kind: 'products', productIds: [question.productId] } });
    expect(byId.payableFen).toBe(9_900);
  });

  test('feature.off on iOS, where money cannot be given back, and where questions are off', async () => {
    const question = await givenReady(world, asker, expert);
    expect((await orders(question, { platform: 'ios' })).code).toBe('feature.off');
    Object.assign(world.ports.settings.talk, { questions: 'read' });
    expect((await orders(question)).code).toBe('feature.off');
    const lines = [{ productId: question.productId, questionId: question.id }];
    expect((await world.call(quoteOrder, { lines, couponId: null }, asker)).code).toBe('feature.off');
  });

  test('that costs nothing is paid at once', async () => {
    const question = await givenReady(world, asker, expert);
    const whole = { rule: { kind: 'fixed', offFen: fen(9_900) } } as const;
    const coupon = await givenCouponOf(world, asker.userId, {
      ...whole,
      scope: { kind: 'kinds', kinds: ['question'] },
    });
    await orders(question, { couponId: coupon.id, shownFen: 0 });
    await world.drain();
    expect([await state(question.id), await booked(world, 'liab:escrow')]).toEqual(['open', [0]]);
  });
});

describeFunction(openQuestion, () => {
  test('holds the money, and gives the expert 48 hours', async () => {
    const { id } = await givenOpen(world, asker, expert);
    const question = await storedQuestion(world, id);
    expect([question.state, question.paidFen]).toEqual(['open', 9_900]);
    expect(question.deadlineAtMs).toBe(Number(question.paidAtMs) + 48 * 3_600_000);
    expect(await booked(world, 'liab:escrow', 'deferred:question', 'rev:question')).toEqual([
      -9_900, 9_900, -9_900,
    ]);
  });
});

describeFunction(getQuestion, () => {
  test('is seen by who asked it, and once it is paid by its expert, whose first look is written down', async () => {
    const ready = await givenReady(world, asker, expert);
    expect((await gets(ready.id, expert)).code).toBe('question.not_found');
    const { id } = await givenOpen(world, asker, expert);
    expect((await gets(id)).data.question.withdrawUntilMs).not.toBeNull();
    const seen = (await gets(id, expert)).data.question;
    expect([seen.body, seen.isMine, seen.review]).toEqual(['我没有基础', false, null]);
    expect((await gets(id)).data.question.withdrawUntilMs).toBeNull();
  });

  test('question.not_found for anybody else', async () => {
    const { id } = await givenOpen(world, asker, expert);
    expect((await gets(id, await givenAsker(world, 'other'))).code).toBe('question.not_found');
    expect((await gets(NOBODY)).code).toBe('question.not_found');
  });
});

describeFunction(listMyQuestions, () => {
  test('has those of the caller, newest first', async () => {
    await givenReady(world, asker, expert, { title: '一' });
    world.clock.advance(1);
    await givenReady(world, asker, expert, { title: '二' });
    await givenReady(world, await givenAsker(world, 'other'), expert);
    const { items } = (await world.call(listMyQuestions, {}, asker)).data;
    expect(items.map(({ title }) => title)).toEqual(['二', '一']);
  });
});

describeFunction(listQuestionsForMe, () => {
  test('has the paid ones, without what is asked, and looking at the list is no look at them', async () => {
    await givenReady(world, asker, expert);
    const { id } = await givenOpen(world, asker, expert);
    const lists = async (asked: object) => (await world.call(listQuestionsForMe, asked, expert)).data.items;
    const [one, ...others] = await lists({});
    expect([one?.id, others, await lists({ state: 'open' })]).toEqual([id, [], [one]]);
    expect(one).not.toHaveProperty('body');
    expect(await lists({ state: 'answered' })).toEqual([]);
    expect((await storedQuestion(world, id)).readAtMs).toBeNull();
  });
});

describeFunction(withdrawQuestion, () => {
  test('wipes an unpaid one, and gives the money of a paid one back, once', async () => {
    const unpaid = await givenReady(world, asker, expert);
    expect((await withdraws(unpaid.id)).data.question).toMatchObject({ state: 'lapsed', title: '' });
    const { id } = await givenOpen(world, asker, expert);
    expect((await withdraws(id)).data.question).toMatchObject({
      ...{ state: 'returning', returnCause: 'withdrawn' },
    });
    await passMinutes(world, 5);
    expect((await withdraws(id)).data.question.state).toBe('returned');
    expect(await booked(world, 'liab:escrow', 'deferred:question', 'cash:wxpay')).toEqual([0, 0, 0]);
  });

  test('question.not_found; question.not_open while an order names it; question.too_late', async () => {
    expect((await withdraws(NOBODY)).code).toBe('question.not_found');
    const ready = await givenReady(world, asker, expert);
    await orders(ready);
    expect((await withdraws(ready.id)).code).toBe('question.not_open');
    const { id } = await givenOpen(world, asker, expert);
    expect((await withdraws(id, expert)).code).toBe('question.not_found');
    world.clock.advance(WITHDRAW_MS);
    expect((await withdraws(id)).code).toBe('question.too_late');
  });
});

describeFunction(expireQuestions, () => {
  test('ends what nobody paid for seven days', async () => {
    const { id } = await givenReady(world, asker, expert);
    world.clock.advance(LAPSE_MS - 1);
    expect(await world.run(expireQuestions)).toEqual({});
    world.clock.advance(1);
    expect(await world.run(expireQuestions)).toEqual({ 'question.lapsed': 1 });
    expect(await state(id)).toBe('lapsed');
    const left: QuestionId[] = [];
    for await (const one of questions.due(world.ports.database, ['ready', 'lapsed'], world.clock.now()))
      left.push(one.id);
    expect(left).toEqual([]);
  });
});
