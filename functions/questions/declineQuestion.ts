import * as z from 'zod';
import * as questions from '../../shared/data/questions/questions.ts';
import { questionCard, refuseUnlessOpen } from '../../shared/domain/questions/question.ts';
import { returnMoney } from '../../shared/flows/questions/returnMoney.ts';
import { http } from '../../shared/function.ts';
import { QuestionId } from '../../shared/schemas/base.ts';
import { QuestionCard } from '../../shared/schemas/questions/question.ts';

/** Declines a paid question, as its expert. Its money goes back at once. Safe to repeat. */
export const declineQuestion = http(
  {
    route: 'POST /api/questions/{id}/decline',
    auth: 'member',
    input: z.strictObject({ id: QuestionId }),
    output: z.object({ question: QuestionCard }),
    errors: ['question.not_found', 'question.not_open', 'question.expired'],
  },
  async ({ input: { id }, user, now, ports, requestId }) => {
    const question = await ports.database.tx(async (tx) => {
      const before = await questions.getFor(tx, user.id, id);
      if (before.returnCause === 'declined') return before;
      refuseUnlessOpen(before, now);
      await returnMoney(tx, before, { cause: 'declined' }, { ports, now, requestId });
      return questions.get(tx, id);
    });
    return { question: questionCard(question) };
  },
);
