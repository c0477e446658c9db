/** Access for tests, as a paid order would give it. */
import * as products from '../../../shared/data/catalogue/products.ts';
import { grantAccess } from '../../../shared/flows/access/grantAccess.ts';
import type { ProductId, UserId } from '../../../shared/schemas/base.ts';
import type { AccessRule } from '../../../shared/schemas/catalogue/product.ts';
import type { World } from '../world.ts';

/** Gives a user access to a product from now on, for ever or for this long. Answers the id of its source. */
export async function givenAccess(
  world: World,
  userId: UserId,
  productId: ProductId,
  access: AccessRule = { kind: 'forever' },
): Promise<string> {
  const now = world.clock.now();
  const sourceId = world.ports.ids.make('ord');
  await world.ports.database.tx(async (tx) => {
    const [product] = await products.peekMany(tx, [productId]);
    const { kind = 'course', plan = null } = product ?? {};
    const given = { userId, productId, kind, access, plan, sourceId, fromAtMs: now, now } as const;
    await grantAccess(tx, { ...given, cause: 'order', state: 'active' });
  });
  return sourceId;
}
