import { questionEndNeared } from '../../events/questionEndNeared.ts';
import * as questions from '../../shared/data/questions/questions.ts';
import * as tasks from '../../shared/data/tasks.ts';
import { markReminded } from '../../shared/domain/questions/question.ts';
import { fact } from '../../shared/event.ts';
import { eachDue } from '../../shared/flows/eachDue.ts';
import { timer } from '../../shared/function.ts';

/** Reminds experts of questions that have waited for 36 of their 48 hours, once each. Safe to repeat. */
export const remindExperts = timer(
  { cron: '40 */10 * * * * *', budgetMs: 50_000 },
  async ({ now, ports: { database, log }, requestId, hasTime }) =>
    eachDue(
      questions.toRemind(database, now),
      ({ id }) =>
        database.tx(async (tx) => {
          const before = await questions.get(tx, id);
          const after = markReminded(before, now);
          if (after === before) return 'answered';
          await questions.save(tx, before, after);
          await tasks.append(tx, [fact(questionEndNeared, id, { questionId: id })], { now, requestId });
          return 'reminded';
        }),
      { noun: 'question', hasTime, log },
    ),
);
