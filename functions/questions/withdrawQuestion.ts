import * as z from 'zod';
import * as questions from '../../shared/data/questions/questions.ts';
import { isPaid, lapse, questionCard, refuseLateWithdrawal } from '../../shared/domain/questions/question.ts';
import { wipe } from '../../shared/domain/review/review.ts';
import { returnMoney } from '../../shared/flows/questions/returnMoney.ts';
import { stepReview } from '../../shared/flows/review/stepReview.ts';
import { http } from '../../shared/function.ts';
import { QuestionId } from '../../shared/schemas/base.ts';
import { QuestionCard } from '../../shared/schemas/questions/question.ts';

/**
 * Takes a question back, as who asked it. Safe to repeat.
 *
 * A paid one within half an hour, while its expert has not opened it: its money goes back at once. An unpaid one that
 * no order names at any time: its words are gone for good.
 */
export const withdrawQuestion = http(
  {
    route: 'POST /api/questions/{id}/withdraw',
    auth: 'member',
    input: z.strictObject({ id: QuestionId }),
    output: z.object({ question: QuestionCard }),
    errors: ['question.not_found', 'question.not_open', 'question.too_late'],
  },
  async ({ input: { id }, user, now, ports, requestId }) => {
    const question = await ports.database.tx(async (tx) => {
      const before = await questions.getOwn(tx, user.id, id);
      if (before.returnCause === 'withdrawn' || before.review.state === 'deleted') return before;
      if (isPaid(before)) {
        refuseLateWithdrawal(before, now);
        await returnMoney(tx, before, { cause: 'withdrawn' }, { ports, now, requestId });
      } else {
        await questions.save(tx, before, lapse(before, now));
        await stepReview(tx, `question:${id}`, (own) => wipe(own, now), { now, requestId });
      }
      return questions.get(tx, id);
    });
    return { question: questionCard(question) };
  },
);
