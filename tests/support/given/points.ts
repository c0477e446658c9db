/** Points for tests, earned as an order would earn them. */
import * as points from '../../../shared/data/points/points.ts';
import { earn, openBook } from '../../../shared/domain/points/points.ts';
import { timeMs, type UserId } from '../../../shared/schemas/base.ts';
import type { PointsAccount } from '../../../shared/schemas/points/points.ts';
import type { World } from '../world.ts';

/** The user earns `count` points now, once, even where commits lose their answers. */
export async function givenPoints(world: World, userId: UserId, count: number): Promise<void> {
  const now = timeMs(world.clock.now());
  const id = `${world.ports.ids.make('ord')}:earn`;
  await world.ports.database.tx(async (tx) => {
    if ((await points.findEntry(tx, id)) !== null) return;
    const before = await points.findAccount(tx, userId);
    const why = { id, cause: 'order_paid', orderId: null, reason: null } as const;
    await points.save(tx, before, earn(openBook(before, userId, now), why, count, now));
  });
}

/** The user's stored account. @throws Error when there is none */
export async function pointsAccountOf(world: World, userId: UserId): Promise<PointsAccount> {
  const account = await points.findAccount(world.ports.database, userId);
  if (account === null) throw new Error(`${userId} has no points account`);
  return account;
}
