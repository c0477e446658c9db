import * as z from 'zod';
import * as questions from '../../shared/data/questions/questions.ts';
import { questionCard } from '../../shared/domain/questions/question.ts';
import { http } from '../../shared/function.ts';
import { Cursor, PageSize } from '../../shared/schemas/base.ts';
import { PaidState, QuestionPage } from '../../shared/schemas/questions/question.ts';

/**
 * Lists the paid questions to the caller as an expert, newest first, in one state or in all. It shows titles only: what
 * is asked is read by `getQuestion`, which ends the asker's time to withdraw it.
 */
export const listQuestionsForMe = http(
  {
    route: 'GET /api/me/expert/questions',
    auth: 'member',
    input: z.strictObject({ state: PaidState.optional(), limit: PageSize, cursor: Cursor.optional() }),
    output: QuestionPage,
    errors: [],
  },
  async ({ input: { state = null, limit = 20, cursor = null }, user, ports }) => {
    const of = { expertId: user.id, state };
    const page = await questions.ofExpert(ports.database, of, { limit, cursor });
    return { items: page.items.map(questionCard), nextCursor: page.nextCursor };
  },
);
