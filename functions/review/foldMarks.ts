import * as marks from '../../shared/data/review/marks.ts';
import { FOLDED_AT_ONCE, foldMarks as fold, foldable } from '../../shared/flows/review/foldMarks.ts';
import { timer } from '../../shared/function.ts';

/** How many marks are read at once: enough for some transactions, and few to be read in vain by two runs. */
const READ_AT_ONCE = 8 * FOLDED_AT_ONCE;

/**
 * Counts the marks that nobody has counted, each exactly once. It goes on until none is left or its time is over.
 *
 * Two runs at once are harmless: each transaction finds its marks again, and the later one finds them counted.
 */
export const foldMarks = timer({ cron: '*/5 * * * * * *', budgetMs: 20_000 }, async ({ ports, hasTime }) => {
  let counted = 0;
  while (hasTime()) {
    const waiting = await marks.uncounted(ports.database, READ_AT_ONCE);
    if (waiting.length === 0) break;
    for (const part of foldable(waiting)) {
      if (!hasTime()) break;
      counted += await ports.database.tx((tx) => fold(tx, part));
    }
  }
  return { 'marks.counted': counted };
});
