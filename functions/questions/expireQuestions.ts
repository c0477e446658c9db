import * as experts from '../../shared/data/questions/experts.ts';
import * as questions from '../../shared/data/questions/questions.ts';
import { countMissed } from '../../shared/domain/questions/expert.ts';
import { dueCause, isExpired, isLapsing, lapse } from '../../shared/domain/questions/question.ts';
import { eachDue } from '../../shared/flows/eachDue.ts';
import { returnMoney } from '../../shared/flows/questions/returnMoney.ts';
import { timer } from '../../shared/function.ts';

/**
 * Closes questions whose time is over. The money of those that nobody answered goes back, and their experts' records
 * show it; those that nobody paid for lapse. An answer at the same moment wins or loses as a whole. Safe to repeat.
 */
export const expireQuestions = timer(
  { cron: '0 * * * * * *', budgetMs: 50_000 },
  async ({ now, ports, requestId, hasTime }) =>
    eachDue(
      questions.due(ports.database, ['open', 'checking', 'refused', 'ready'], now),
      ({ id }) =>
        ports.database.tx(async (tx) => {
          const question = await questions.get(tx, id);
          if (isLapsing(question, now)) {
            await questions.save(tx, question, lapse(question, now));
            return 'lapsed';
          }
          if (!isExpired(question, now)) return 'answered';
          const cause = dueCause(question);
          await returnMoney(tx, question, { cause }, { ports, now, requestId });
          if (cause === 'removed') return cause;
          const expert = await experts.get(tx, question.expertId);
          await experts.save(tx, expert, countMissed(expert, now));
          return cause;
        }),
      { noun: 'question', hasTime, log: ports.log },
    ),
);
