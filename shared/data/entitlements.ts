/** Who may use what: one document for each user and product. */
import type { Reader, Tx } from '../ports.ts';
import type { ProductId, UserId } from '../schemas/base.ts';
import { Entitlement, entitlementId } from '../schemas/entitlement.ts';
import { defineCollection } from './collection.ts';

/** By id only: who asks knows the user and the product. */
export const collection = defineCollection({
  name: 'entitlements',
  schema: Entitlement,
  version: 1,
  indexes: {},
});

/** The reasons a user has for a product, ended and revoked ones among them, or null when there never was one. */
export function find(
  reader: Pick<Reader, 'find'>,
  userId: UserId,
  productId: ProductId,
): Promise<Entitlement | null> {
  return reader.find(collection, entitlementId(userId, productId));
}

/** Stores what has become of `before`: nothing when it is the same object. */
export async function save(tx: Tx, before: Entitlement | null, after: Entitlement): Promise<void> {
  if (before === null) await tx.insert(collection, after);
  else if (after !== before) await tx.update(collection, after);
}
