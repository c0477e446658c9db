import * as z from 'zod';
import * as questions from '../../shared/data/questions/questions.ts';
import { questionCard } from '../../shared/domain/questions/question.ts';
import { http } from '../../shared/function.ts';
import { Cursor, PageSize } from '../../shared/schemas/base.ts';
import { QuestionPage } from '../../shared/schemas/questions/question.ts';

/** Lists what the caller has asked, in every state, newest first. */
export const listMyQuestions = http(
  {
    route: 'GET /api/me/questions',
    auth: 'member',
    input: z.strictObject({ limit: PageSize, cursor: Cursor.optional() }),
    output: QuestionPage,
    errors: [],
  },
  async ({ input: { limit = 20, cursor = null }, user, ports }) => {
    const page = await questions.ofAsker(ports.database, user.id, { limit, cursor });
    return { items: page.items.map(questionCard), nextCursor: page.nextCursor };
  },
);
