import * as z from 'zod';
import * as cases from '../../shared/data/operations/cases.ts';
import * as questions from '../../shared/data/questions/questions.ts';
import { disputeAnswer as dispute, questionCard } from '../../shared/domain/questions/question.ts';
import { http } from '../../shared/function.ts';
import { QuestionId } from '../../shared/schemas/base.ts';
import { DisputeWords, QuestionCard } from '../../shared/schemas/questions/question.ts';

/**
 * Does not accept the answer to the caller's question, within 72 hours. Staff judge it, and a part of the money or all
 * of it may go back. It is disputed once: a repeat changes nothing.
 */
export const disputeAnswer = http(
  {
    route: 'POST /api/questions/{id}/dispute',
    auth: 'member',
    input: z.strictObject({ id: QuestionId, words: DisputeWords }),
    output: z.object({ question: QuestionCard }),
    errors: ['question.not_found', 'question.not_open', 'question.too_late'],
  },
  async ({ input: { id, words }, user, now, ports }) => {
    const question = await ports.database.tx(async (tx) => {
      const before = await questions.getOwn(tx, user.id, id);
      if (before.state === 'disputed') return before;
      const after = dispute(before, words, now);
      await questions.save(tx, before, after);
      const { orderId, userId, productId, paidFen } = after;
      const about = { orderId, userId, productId, amountFen: paidFen };
      const story = `提问者不认可答主的回答：${words}`;
      await cases.openAgain(tx, { kind: 'question_dispute', cause: id, story, ...about }, now);
      return after;
    });
    return { question: questionCard(question) };
  },
);
