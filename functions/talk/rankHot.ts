import * as comments from '../../shared/data/talk/comments.ts';
import { rankComment } from '../../shared/domain/talk/comment.ts';
import { RANKED_MS } from '../../shared/domain/talk/hot.ts';
import { hasCounts } from '../../shared/domain/talk/talk.ts';
import { timer } from '../../shared/function.ts';
import { timeMs } from '../../shared/schemas/base.ts';

/** How many comments are ranked in one transaction. */
const TOGETHER = 50;

/**
 * Moves comments to the place in the list by interest that their likes and replies give them.
 *
 * Only those of the last seven days move, and only where something has changed. A place depends on no clock, so the
 * list stays as it is while nobody likes or answers anything.
 */
export const rankHot = timer(
  { cron: '10 * * * * * *', budgetMs: 45_000 },
  async ({ now, ports: { database, settings }, hasTime }) => {
    if (!hasCounts(settings.talk)) return {};
    const sinceMs = timeMs(Math.max(1, now - RANKED_MS));
    let ranked = 0;
    while (hasTime()) {
      const found = await comments.unranked(database, { sinceMs, limit: TOGETHER });
      if (found.length === 0) break;
      ranked += await database.tx(async (tx) => {
        let count = 0;
        for (const { id } of found) {
          const before = await comments.find(tx, id);
          if (before === null || before.isRanked) continue;
          await comments.save(tx, before, rankComment(before));
          count += 1;
        }
        return count;
      });
      if (found.length < TOGETHER) break;
    }
    return { 'comment.ranked': ranked };
  },
);
