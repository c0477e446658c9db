import * as sales from '../../shared/data/shares/sales.ts';
import * as visits from '../../shared/data/shares/visits.ts';
import { foldable, foldShare } from '../../shared/flows/shares/foldShares.ts';
import { timer } from '../../shared/function.ts';

/** How many visits, and how many sales, are read at once. */
const READ_AT_ONCE = 400;

/**
 * Counts the visits and sales of shares that nobody has counted, each exactly once, and takes off what went back.
 *
 * Who comes and who pays change no counter, so nothing conflicts on a link that thousands follow. Two runs at once are
 * harmless: each transaction finds again what it counts.
 */
export const foldShares = timer({ cron: '20 * * * * * *', budgetMs: 30_000 }, async ({ ports, hasTime }) => {
  let counted = 0;
  while (hasTime()) {
    const before = counted;
    const come = await visits.uncounted(ports.database, READ_AT_ONCE);
    for (const part of foldable(come, await sales.uncounted(ports.database, READ_AT_ONCE))) {
      if (!hasTime()) break;
      counted += await ports.database.tx((tx) => foldShare(tx, part));
    }
    if (counted === before) break;
  }
  return { 'shares.counted': counted };
});
