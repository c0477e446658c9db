import { contentRemoved } from '../../events/contentRemoved.ts';
import * as points from '../../shared/data/points/points.ts';
import { amountOf, clawBack, openBook } from '../../shared/domain/points/points.ts';
import { consumer } from '../../shared/function.ts';

/**
 * Takes back, once, the points that a comment earned when it was published, because staff removed it. Points that were
 * already spent are owed. Most removed comments earned none.
 */
export const undoCommentReward = consumer({ on: contentRemoved }, async ({ data, tx, now }) => {
  const { target, userId } = data;
  const [kind, commentId] = target.split(':');
  if (kind !== 'comment') return;
  const given = await points.findEntry(tx, `${commentId}:approved`);
  const id = `${commentId}:removed`;
  if (given === null || (await points.findEntry(tx, id)) !== null) return;
  const before = await points.findAccount(tx, userId);
  const why = { id, cause: 'content_removed', orderId: null, reason: null } as const;
  const count = -amountOf(given, 'issued');
  await points.save(tx, before, clawBack(openBook(before, userId, now), why, count, now));
});
