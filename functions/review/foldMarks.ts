import * as marks from '../../shared/data/review/marks.ts';
import { hasCounts } from '../../shared/domain/talk/talk.ts';
import { foldMarks as fold, foldable, READ_AT_ONCE } from '../../shared/flows/review/foldMarks.ts';
import { timer } from '../../shared/function.ts';

/**
 * Counts the marks that nobody has counted, each exactly once. It goes on until none is left or its time is over. Where
 * nobody sees a count, because all is switched off, it reads nothing; what was marked before is counted when it is on.
 *
 * Two runs at once are harmless: each transaction finds its marks again, and the later one finds them counted.
 */
export const foldMarks = timer({ cron: '*/12 * * * * * *', budgetMs: 20_000 }, async ({ ports, hasTime }) => {
  if (!hasCounts(ports.settings.talk)) return {};
  let counted = 0;
  while (hasTime()) {
    const waiting = await marks.uncounted(ports.database, READ_AT_ONCE);
    if (waiting.length === 0) break;
    for (const turn of foldable(waiting)) {
      if (!hasTime()) break;
      const folded = await Promise.all(turn.map((part) => ports.database.tx((tx) => fold(tx, part))));
      for (const each of folded) counted += each;
    }
  }
  return { 'marks.counted': counted };
});
