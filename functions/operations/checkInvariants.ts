import * as cases from '../../shared/data/operations/cases.ts';
import { eachDue } from '../../shared/flows/eachDue.ts';
import { everyCheck } from '../../shared/flows/operations/checkStore.ts';
import { timer } from '../../shared/function.ts';

/**
 * Checks each night that stored documents agree: prices, money, refunds, books, access, coupons and points.
 *
 * A contradiction is read once more, because the data may have changed during the first read. If it persists, it is
 * logged as an error and becomes a case. If staff had closed that case, it opens again. Nothing is repaired here.
 * Running out of time before everything was checked also becomes a case.
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
    if (hasTime()) return counts;
    log.write('error', { invariant: 'unfinished' });
    const story = '夜间核对未能在限时内看完全部数据，请导出数据后用审计命令核对。';
    await database.tx((tx) => cases.openAgain(tx, { kind: 'invariant', cause: 'unfinished', story }, now));
    return { ...counts, unfinished: 1 };
  },
);
