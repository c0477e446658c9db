/** The collection of coupons that staff gave to single users, under the ids that clients made. */
import type { Reader, Tx } from '../../ports/database.ts';
import type { CouponGrantId } from '../../schemas/base.ts';
import { CouponGrant } from '../../schemas/coupons/coupon.ts';
import { defineCollection } from '../collection.ts';

/** Found by id only. The coupon itself is stored with its owner's coupons. */
export const collection = defineCollection({
  name: 'couponGrants',
  schema: CouponGrant,
  version: 1,
  indexes: {},
});

/** The grant, or null. */
export function find(reader: Pick<Reader, 'find'>, id: CouponGrantId): Promise<CouponGrant | null> {
  return reader.find(collection, id);
}

/** Stores a new grant. */
export function insert(tx: Tx, given: CouponGrant): Promise<void> {
  return tx.insert(collection, given);
}
