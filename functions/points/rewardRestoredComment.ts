import { contentRestored } from '../../events/contentRestored.ts';
import * as points from '../../shared/data/points/points.ts';
import { amountOf, earn, openBook } from '../../shared/domain/points/points.ts';
import { rewardedComment } from '../../shared/domain/points/pointsRewards.ts';
import { fail } from '../../shared/errors.ts';
import { consumer } from '../../shared/function.ts';
import { HOUR_MS } from '../../shared/schemas/base.ts';

/** For how long the points of a comment that earned some may not have been taken back yet. */
const UNTAKEN_MS = HOUR_MS;

/**
 * Gives back, once for each removal, the points that the removal of a comment took, because an appeal was won. They are
 * valid for a year again, and pay first what is owed. Where the removal took none, nothing comes back.
 */
export const rewardRestoredComment = consumer({ on: contentRestored }, async ({ data, event, tx, now }) => {
  const { target, userId, removal } = data;
  const ids = rewardedComment(target, removal);
  if (ids === null) return;
  const [given, taken] = [await points.findEntry(tx, ids.given), await points.findEntry(tx, ids.removed)];
  if (given === null || (await points.findEntry(tx, ids.restored)) !== null) return;
  if (taken === null) {
    if (now >= event.occurredAtMs + UNTAKEN_MS) return;
    throw fail('database.conflict', { detail: 'the points are not taken back yet' });
  }
  const before = await points.findAccount(tx, userId);
  const why = { id: ids.restored, cause: 'content_restored', orderId: null, reason: null } as const;
  await points.save(tx, before, earn(openBook(before, userId, now), why, amountOf(taken, 'issued'), now));
});
