/** The collection of redemptions, under the ids that clients made. */
import type { Reader, Tx } from '../../ports/database.ts';
import type { RedemptionId } from '../../schemas/base.ts';
import { Redemption } from '../../schemas/points/redemption.ts';
import { defineCollection } from '../collection.ts';

/** Found by id only. The points ledger lists what was spent. */
export const collection = defineCollection({
  name: 'redemptions',
  schema: Redemption,
  version: 1,
  indexes: {},
});

/** The redemption, or null. */
export function find(reader: Pick<Reader, 'find'>, id: RedemptionId): Promise<Redemption | null> {
  return reader.find(collection, id);
}

/** Stores a new redemption. */
export function insert(tx: Tx, redemption: Redemption): Promise<void> {
  return tx.insert(collection, redemption);
}
