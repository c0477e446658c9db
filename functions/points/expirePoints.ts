import * as points from '../../shared/data/points/points.ts';
import { openBook } from '../../shared/domain/points/points.ts';
import { eachDue } from '../../shared/flows/eachDue.ts';
import { timer } from '../../shared/function.ts';

/**
 * Writes off points after their end.
 *
 * This is for the books only: ended points cannot be spent whether or not this has run. Each account is read again in
 * its own transaction, so one that has written them off meanwhile is left alone.
 */
export const expirePoints = timer({ cron: '0 2 * * * * *', budgetMs: 50_000 }, ({ now, ports, hasTime }) =>
  eachDue(
    points.expiring(ports.database, now),
    ({ id }) =>
      ports.database.tx(async (tx) => {
        const account = await points.findAccount(tx, id);
        const book = openBook(account, id, now);
        await points.save(tx, account, book);
        return book.entries.length > 0 ? 'expired' : 'kept';
      }),
    { noun: 'points', hasTime, log: ports.log },
  ),
);
