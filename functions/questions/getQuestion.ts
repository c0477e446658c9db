import * as z from 'zod';
import * as questions from '../../shared/data/questions/questions.ts';
import { markRead } from '../../shared/domain/questions/question.ts';
import { showQuestion } from '../../shared/flows/questions/showQuestion.ts';
import { http } from '../../shared/function.ts';
import { QuestionId } from '../../shared/schemas/base.ts';
import { QuestionView } from '../../shared/schemas/questions/question.ts';

/**
 * Shows a question with its answer to who asked it and, once it is paid, to its expert. The asker sees an answer once
 * it has passed its check.
 *
 * The expert's first look at an open question is written down: from then on it cannot be withdrawn.
 */
export const getQuestion = http(
  {
    route: 'GET /api/questions/{id}',
    auth: 'member',
    input: z.strictObject({ id: QuestionId }),
    output: z.object({ question: QuestionView }),
    errors: ['question.not_found'],
    cost: 'signature',
  },
  async ({ input: { id }, user, now, ports }) => {
    const found = await questions.getSeen(ports.database, user.id, id);
    const isFirstLook = found.expertId === user.id && markRead(found, now) !== found;
    const question = isFirstLook
      ? await ports.database.tx(async (tx) => {
          const before = await questions.getFor(tx, user.id, id);
          const after = markRead(before, now);
          await questions.save(tx, before, after);
          return after;
        })
      : found;
    return { question: await showQuestion(ports, question, { userId: user.id, now }) };
  },
);
