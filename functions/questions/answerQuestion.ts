import * as z from 'zod';
import * as answers from '../../shared/data/questions/answers.ts';
import * as questions from '../../shared/data/questions/questions.ts';
import { isSameAnswer, submitAnswer, writeAnswer } from '../../shared/domain/questions/question.ts';
import { refuseReturned } from '../../shared/flows/questions/settleQuestion.ts';
import { showQuestion } from '../../shared/flows/questions/showQuestion.ts';
import { submitWritten } from '../../shared/flows/questions/submitWritten.ts';
import { agreedUser } from '../../shared/flows/review/mayWrite.ts';
import { http } from '../../shared/function.ts';
import { DAY_MS, QuestionId } from '../../shared/schemas/base.ts';
import { AnswerWritten, QuestionView } from '../../shared/schemas/questions/question.ts';

/**
 * Answers a paid question, as its expert. The asker sees the answer once it has passed its check; the clock stands
 * meanwhile.
 *
 * An answer that does not pass puts the question back, with a day at least. The same answer again changes nothing. Of
 * an answer and the end of its time at the same moment one wins, and the other hears so.
 */
export const answerQuestion = http(
  {
    route: 'POST /api/questions/{id}/answer',
    auth: 'member',
    input: AnswerWritten.extend({ id: QuestionId }),
    output: z.object({ question: QuestionView }),
    errors: [
      ...(['question.not_found', 'question.not_open', 'question.expired', 'upload.not_found'] as const),
      ...(['review.not_editable', 'consent.required', 'phone.required'] as const),
    ],
    cost: 'signature',
    limit: { max: 60, windowMs: DAY_MS },
  },
  async ({ input, user, now, ports, requestId }) => {
    const { id } = input;
    const question = await ports.database.tx(async (tx) => {
      const before = await questions.getFor(tx, user.id, id);
      const answer = await answers.find(tx, id);
      if (before.state === 'answering' && isSameAnswer(answer, input)) return before;
      const after = submitAnswer(before, now);
      await refuseReturned(tx, before);
      await agreedUser(tx, user.id, 'expert', ports);
      const write = (doubts: readonly string[]) =>
        writeAnswer(answer, { ...input, userId: user.id }, doubts, now);
      const asked = { target: `answer:${id}`, before: answer, text: input, write } as const;
      await answers.save(tx, answer, await submitWritten(tx, asked, { ports, now, requestId }));
      await questions.save(tx, before, after);
      return after;
    });
    return { question: await showQuestion(ports, question, { userId: user.id, now }) };
  },
);
