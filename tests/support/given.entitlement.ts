/** Access for tests, as a paid order would have given it. */
import * as entitlements from '../../shared/data/entitlements.ts';
import { grant } from '../../shared/domain/entitlement.ts';
import type { ProductId, UserId } from '../../shared/schemas/base.ts';
import type { AccessRule } from '../../shared/schemas/product.ts';
import type { World } from './world.ts';

/** Gives a user a product from now on: for ever, or for as long as is said. */
export async function givenAccess(
  world: World,
  userId: UserId,
  productId: ProductId,
  access: AccessRule = { kind: 'forever' },
): Promise<void> {
  const now = world.clock.now();
  const sourceId = world.ports.ids.make('ord');
  await world.ports.database.tx(async (tx) => {
    const before = await entitlements.find(tx, userId, productId);
    const after = grant(before, { userId, productId, sourceId, cause: 'order', access, fromAtMs: now, now });
    await entitlements.save(tx, before, after);
  });
}
