import * as questions from '../../shared/data/questions/questions.ts';
import { isAcceptedByTime } from '../../shared/domain/questions/question.ts';
import { eachDue } from '../../shared/flows/eachDue.ts';
import { settleQuestion } from '../../shared/flows/questions/settleQuestion.ts';
import { timer } from '../../shared/function.ts';

/**
 * Settles questions whose answer nobody disputed within 72 hours. One of which money is on its way back waits for that.
 * Safe to repeat.
 */
export const settleQuestions = timer(
  { cron: '20 */10 * * * * *', budgetMs: 50_000 },
  async ({ now, ports: { database, log }, requestId, hasTime }) =>
    eachDue(
      questions.due(database, ['answered'], now),
      ({ id }) =>
        database.tx(async (tx) => {
          const question = await questions.get(tx, id);
          if (!isAcceptedByTime(question, now)) return 'disputed';
          return (await settleQuestion(tx, question, { now, requestId })) ? 'settled' : 'waiting';
        }),
      { noun: 'question', hasTime, log },
    ),
);
