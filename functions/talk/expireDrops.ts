import * as drops from '../../shared/data/talk/drops.ts';
import { eachDue } from '../../shared/flows/eachDue.ts';
import { closeDrop } from '../../shared/flows/talk/closeDrop.ts';
import { timer } from '../../shared/function.ts';

/**
 * Ends drops whose time is over, and gives what is left of each back to the stock of its template. Nobody could claim
 * meanwhile. Safe to repeat.
 */
export const expireDrops = timer(
  { cron: '0 * * * * * *', budgetMs: 50_000 },
  async ({ now, ports: { database, log }, hasTime }) =>
    eachDue(
      drops.due(database, now),
      ({ id }) => database.tx(async (tx) => (await closeDrop(tx, await drops.get(tx, id), now)).state),
      { noun: 'drop', hasTime, log },
    ),
);
