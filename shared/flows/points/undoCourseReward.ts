import * as points from '../../data/points/points.ts';
import { amountOf, clawBack, openBook } from '../../domain/points/points.ts';
import { rewardFor } from '../../domain/points/pointsRewards.ts';
import type { Tx } from '../../ports/database.ts';
import type { ProductId, TimeMs, UserId } from '../../schemas/base.ts';
import type { Selling } from '../../schemas/pricing/selling.ts';
import { keptForCourse } from './keptForCourse.ts';

/** The id of the entry by which a finished course earned points. */
export function courseRewardId(userId: UserId, productId: ProductId): string {
  return `${userId}:course_finished:${productId}`;
}

/**
 * Takes back the points that a finished course earned, once, when what was paid for it has gone back so far that it
 * would earn none. Points that were already spent are owed. Nothing happens when it earned none.
 */
export async function undoCourseReward(
  tx: Tx,
  selling: Selling,
  of: { readonly userId: UserId; readonly productId: ProductId; readonly now: TimeMs },
): Promise<void> {
  const { userId, productId, now } = of;
  const given = await points.findEntry(tx, courseRewardId(userId, productId));
  const id = `${userId}:course_refunded:${productId}`;
  if (given === null || (await points.findEntry(tx, id)) !== null) return;
  if (rewardFor('course_finished', await keptForCourse(tx, of), selling) > 0) return;
  const before = await points.findAccount(tx, userId);
  const why = { id, cause: 'reward_claw_back', orderId: null, reason: null } as const;
  const count = -amountOf(given, 'issued');
  await points.save(tx, before, clawBack(openBook(before, userId, now), why, count, now));
}
