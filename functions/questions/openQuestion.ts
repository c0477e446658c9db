import { questionOpened } from '../../events/questionOpened.ts';
import { questionPaid } from '../../events/questionPaid.ts';
import * as journal from '../../shared/data/books/journal.ts';
import * as cases from '../../shared/data/operations/cases.ts';
import * as orders from '../../shared/data/orders/orders.ts';
import * as experts from '../../shared/data/questions/experts.ts';
import * as questions from '../../shared/data/questions/questions.ts';
import { openPaid } from '../../shared/domain/questions/question.ts';
import { heldEntries } from '../../shared/domain/questions/questionBooks.ts';
import { fact } from '../../shared/event.ts';
import { returnMoney } from '../../shared/flows/questions/returnMoney.ts';
import { isReturned, recordRefunded } from '../../shared/flows/questions/settleQuestion.ts';
import { consumer } from '../../shared/function.ts';
import { fen } from '../../shared/schemas/base.ts';

const STORY = '提问已由另一笔订单付款，本订单的款项没有对应的提问。请联系买家，视情况退款。';

/**
 * Opens a question that was paid: its money is held, and the expert has 48 hours from now. Money that has gone back
 * meanwhile leaves what is held; when all of it is back or on its way, the question is closed at once.
 */
export const openQuestion = consumer({ on: questionPaid }, async ({ data, tx, now, emit, ports, event }) => {
  const { requestId } = event;
  const order = await orders.get(tx, data.orderId);
  const before = await questions.get(tx, data.questionId);
  const { shareBp } = await experts.get(tx, before.expertId);
  const line = order.lines.find(({ questionId }) => questionId === before.id);
  const paidFen = line?.paidFen ?? fen(0);
  const opened = openPaid(before, { orderId: order.id, paidFen, shareBp }, now);
  if (opened === null) {
    const { id: orderId, userId } = order;
    const about = { orderId, userId, productId: before.productId, amountFen: paidFen };
    return cases.open(
      tx,
      { kind: 'bought_twice', cause: `${orderId}:${before.id}`, story: STORY, ...about },
      now,
    );
  }
  await questions.save(tx, before, opened);
  for (const entry of heldEntries(opened, now)) await journal.post(tx, entry);
  await recordRefunded(tx, opened, order, { now, requestId });
  const question = await questions.get(tx, opened.id);
  if (question.state !== 'open') return;
  if (isReturned(question, order))
    await returnMoney(tx, question, { cause: 'refunded' }, { ports, now, requestId });
  else await emit(fact(questionOpened, question.id, { questionId: question.id }));
});
