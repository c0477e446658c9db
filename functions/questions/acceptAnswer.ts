import * as z from 'zod';
import * as questions from '../../shared/data/questions/questions.ts';
import { questionCard } from '../../shared/domain/questions/question.ts';
import { fail } from '../../shared/errors.ts';
import { settleQuestion } from '../../shared/flows/questions/settleQuestion.ts';
import { http } from '../../shared/function.ts';
import { QuestionId } from '../../shared/schemas/base.ts';
import { QuestionCard } from '../../shared/schemas/questions/question.ts';

/** Accepts the answer to the caller's question, which settles it: its money is earned. Safe to repeat. */
export const acceptAnswer = http(
  {
    route: 'POST /api/questions/{id}/accept',
    auth: 'member',
    input: z.strictObject({ id: QuestionId }),
    output: z.object({ question: QuestionCard }),
    errors: ['question.not_found', 'question.not_open'],
  },
  async ({ input: { id }, user, now, ports, requestId }) => {
    const question = await ports.database.tx(async (tx) => {
      const before = await questions.getOwn(tx, user.id, id);
      if (before.state === 'settled') return before;
      if (before.state !== 'answered') throw fail('question.not_open');
      if (!(await settleQuestion(tx, before, { now, requestId }))) throw fail('question.not_open');
      return questions.get(tx, id);
    });
    return { question: questionCard(question) };
  },
);
