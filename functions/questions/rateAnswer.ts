import * as z from 'zod';
import * as experts from '../../shared/data/questions/experts.ts';
import * as questions from '../../shared/data/questions/questions.ts';
import { countStars } from '../../shared/domain/questions/expert.ts';
import { questionCard, rate } from '../../shared/domain/questions/question.ts';
import { http } from '../../shared/function.ts';
import { QuestionId } from '../../shared/schemas/base.ts';
import { QuestionCard } from '../../shared/schemas/questions/question.ts';

/** Gives the answer to the caller's question one to five stars, which stand beside the expert. The last ones count. */
export const rateAnswer = http(
  {
    route: 'POST /api/questions/{id}/rate',
    auth: 'member',
    input: z.strictObject({ id: QuestionId, stars: z.int().min(1).max(5) }),
    output: z.object({ question: QuestionCard }),
    errors: ['question.not_found', 'question.not_open'],
  },
  async ({ input: { id, stars }, user, now, ports }) => {
    const question = await ports.database.tx(async (tx) => {
      const before = await questions.getOwn(tx, user.id, id);
      const after = rate(before, stars, now);
      if (after === before) return before;
      await questions.save(tx, before, after);
      const expert = await experts.get(tx, before.expertId);
      await experts.save(tx, expert, countStars(expert, before.stars, stars, now));
      return after;
    });
    return { question: questionCard(question) };
  },
);
