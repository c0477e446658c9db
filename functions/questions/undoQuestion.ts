import { questionRefunded } from '../../events/questionRefunded.ts';
import * as orders from '../../shared/data/orders/orders.ts';
import * as questions from '../../shared/data/questions/questions.ts';
import { isPaid } from '../../shared/domain/questions/question.ts';
import { recordRefunded } from '../../shared/flows/questions/settleQuestion.ts';
import { consumer } from '../../shared/function.ts';

/**
 * Records for a question what has gone back of its order's money, whoever gave it back. All of it ends the question; of
 * a judged one the rest is settled; after settling the expert loses the share of it.
 *
 * A question that this order has not opened is left alone: `openQuestion` looks at what has gone back by then.
 */
export const undoQuestion = consumer({ on: questionRefunded }, async ({ data, tx, now, event }) => {
  const order = await orders.get(tx, data.orderId);
  const question = await questions.get(tx, data.questionId);
  if (question.orderId !== order.id || !isPaid(question)) return;
  await recordRefunded(tx, question, order, { now, requestId: event.requestId });
});
