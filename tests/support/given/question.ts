/** Experts and paid questions for tests, made as people make them. */
import { approveExpert } from '../../../functions/admin/questions/approveExpert.ts';
import { giveConsent } from '../../../functions/identity/giveConsent.ts';
import { createOrder } from '../../../functions/orders/createOrder.ts';
import { answerQuestion } from '../../../functions/questions/answerQuestion.ts';
import { applyAsExpert } from '../../../functions/questions/applyAsExpert.ts';
import { createQuestion } from '../../../functions/questions/createQuestion.ts';
import * as journal from '../../../shared/data/books/journal.ts';
import * as legalTexts from '../../../shared/data/identity/legalTexts.ts';
import * as questions from '../../../shared/data/questions/questions.ts';
import { balances } from '../../../shared/domain/books/journal.ts';
import type { QuestionId } from '../../../shared/schemas/base.ts';
import type { Account, JournalEntry } from '../../../shared/schemas/books/journal.ts';
import type { OrderView } from '../../../shared/schemas/orders/order.ts';
import type { Question, QuestionView } from '../../../shared/schemas/questions/question.ts';
import type { World } from '../world.ts';
import { publishText } from './legal.ts';
import { type Buyer, newOrderId, stored, storedIn } from './order.ts';
import { givenMoney } from './payment.ts';
import { givenStaff } from './staff.ts';

/** Has somebody agree to a text, which is published first if there is none. */
export async function givenAgreed(
  world: World,
  who: Pick<Buyer, 'token'>,
  kind: 'questions' | 'expert',
): Promise<void> {
  const current = await legalTexts.findCurrent(world.ports.database, kind);
  if (current === null) await publishText(world, kind, '2026-01');
  const asked = { kind, version: current?.version ?? '2026-01', page: 'talk/ask', appVersion: '1.0.0' };
  const answer = await world.call(giveConsent, asked, { token: who.token });
  if (answer.status !== 200) throw new Error(`no consent: ${answer.code}`);
}

/** What somebody offers as an expert, by default for 99 yuan. */
export const anOffer = (wishes: object = {}) => ({
  ...{ name: '林老师', about: '画画二十年', fields: ['素描'], regulated: 'none', licence: '' },
  priceFen: 9_900,
  ...wishes,
});

/** An expert whose offer staff have approved. The same name is the same person. */
export async function givenExpert(world: World, name = 'expert', wishes: object = {}): Promise<Buyer> {
  const expert = await world.login(name);
  await givenAgreed(world, expert, 'expert');
  const asked = await world.call(applyAsExpert, { offer: anOffer(wishes) }, expert);
  const { version } = asked.data.expert;
  const coverUrl = 'https://static.zhike.example/expert.jpg';
  const said = { id: expert.userId, version, coverUrl, reason: '资料属实' };
  const answer = await world.call(approveExpert, said, await givenStaff(world, 'admin'));
  if (answer.status !== 200) throw new Error(`not approved: ${answer.code}`);
  return expert;
}

/** Somebody who may ask. */
export async function givenAsker(world: World, name = 'asker'): Promise<Buyer> {
  const asker = await world.login(name);
  await givenAgreed(world, asker, 'questions');
  return asker;
}

/** The request of a question. */
export const aQuestion = (world: World, expert: Buyer, wishes: object = {}) => ({
  ...{
    id: world.ports.ids.make('qst'),
    expertId: expert.userId,
    title: '怎样开始学素描',
    body: '我没有基础',
  },
  images: [],
  ...wishes,
});

/** A question that has passed its check. */
export async function givenReady(
  world: World,
  asker: Buyer,
  expert: Buyer,
  wishes: object = {},
): Promise<QuestionView> {
  const answer = await world.call(createQuestion, aQuestion(world, expert, wishes), asker);
  if (answer.status !== 200) throw new Error(`not asked: ${answer.code}`);
  await world.drain();
  return answer.data.question;
}

/** The request of an order that pays for a question. */
export const orderForQuestion = (
  world: World,
  { id: questionId, productId }: Pick<QuestionView, 'id' | 'productId'>,
  wishes: object = {},
) => ({
  ...{ orderId: newOrderId(world), lines: [{ productId, questionId }], couponId: null, shownFen: 9_900 },
  ...wishes,
});

/** A question that is paid by WeChat Pay, and waits for its expert. */
export async function givenOpen(
  world: World,
  asker: Buyer,
  expert: Buyer,
): Promise<{ readonly id: QuestionId; readonly order: OrderView }> {
  const question = await givenReady(world, asker, expert);
  const placed = await world.call(createOrder, orderForQuestion(world, question), asker);
  if (placed.status !== 200) throw new Error(`not ordered: ${placed.code}`);
  await givenMoney(world, asker, placed.data.order);
  await world.drain();
  return { id: question.id, order: placed.data.order };
}

/** What an expert answers. */
export const anAnswer = (id: string, wishes: object = {}) => ({
  ...{ id, body: '从线条开始，每天半小时', images: [], audio: null },
  ...wishes,
});

/** A paid question with an answer that has passed its check. */
export async function givenAnswered(...people: Parameters<typeof givenOpen>) {
  const [world, , expert] = people;
  const open = await givenOpen(...people);
  const answer = await world.call(answerQuestion, anAnswer(open.id), expert);
  if (answer.status !== 200) throw new Error(`not answered: ${answer.code}`);
  await world.drain();
  return open;
}

/** The question as it is stored. */
export function storedQuestion(world: World, id: string): Promise<Question> {
  return stored(world, questions.collection, id);
}

/** The balances of these accounts in the shop's books. */
export async function booked(world: World, ...accounts: readonly Account[]): Promise<number[]> {
  const sums = balances((await storedIn(world, journal.collection.name)) as JournalEntry[]);
  return accounts.map((account) => sums.get(account) ?? 0);
}
