import * as cases from '../shared/data/cases.ts';
import { everyCheck } from '../shared/flows/checkStore.ts';
import { eachDue } from '../shared/flows/eachDue.ts';
import { timer } from '../shared/function.ts';

/**
 * Looks each night whether what is stored contradicts itself: prices, money, refunds, books, access, coupons, points.
 *
 * What was found is looked at once more, because it may have been changed while it was read; what is still wrong is
 * logged as an error and becomes a case, also again after staff closed it. Nothing is put right here. It does not look at what there was no time for:
 * the count of `unfinished` says so.
 */
export const checkInvariants = timer(
  { cron: '0 10 3 * * * *', budgetMs: 600_000 },
  async ({ now, ports, hasTime }) => {
    const { database, log } = ports;
    const counts = await eachDue(
      everyCheck(database, now),
      async (check) => {
        if ((await check()).length === 0) return 'right';
        const found = await check();
        for (const { rule, about, story } of found) {
          log.write('error', { invariant: rule, about });
          await database.tx((tx) =>
            cases.openAgain(
              tx,
              { kind: 'invariant', cause: `${rule}:${about}`.slice(0, 119), story: `${about}：${story}` },
              now,
            ),
          );
        }
        return found.length === 0 ? 'right' : 'wrong';
      },
      { noun: 'check', hasTime, log },
    );
    return hasTime() ? counts : { ...counts, unfinished: 1 };
  },
);
