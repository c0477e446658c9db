import { contentRemoved } from '../../events/contentRemoved.ts';
import * as points from '../../shared/data/points/points.ts';
import { amountOf, clawBack, openBook } from '../../shared/domain/points/points.ts';
import { rewardedComment } from '../../shared/domain/points/pointsRewards.ts';
import { consumer } from '../../shared/function.ts';

/**
 * Takes back, once for each removal, the points that a comment earned when it was published, because staff removed it.
 * Points that were already spent are owed. Most removed comments earned none.
 */
export const undoCommentReward = consumer({ on: contentRemoved }, async ({ data, tx, now }) => {
  const { target, userId, removal = 1 } = data;
  const ids = rewardedComment(target, removal);
  if (ids === null) return;
  const given = await points.findEntry(tx, ids.given);
  if (given === null || (await points.findEntry(tx, ids.removed)) !== null) return;
  const before = await points.findAccount(tx, userId);
  const why = { id: ids.removed, cause: 'content_removed', orderId: null, reason: null } as const;
  const count = -amountOf(given, 'issued');
  await points.save(tx, before, clawBack(openBook(before, userId, now), why, count, now));
});
