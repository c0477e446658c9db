import * as entitlements from '../data/entitlements.ts';
import { mayUse } from '../domain/entitlement.ts';
import type { Reader } from '../ports.ts';
import type { ProductId, TimeMs, UserId } from '../schemas/base.ts';

/** Which of these products the user may use now. Given a transaction, what is bought meanwhile makes it run again. */
export async function ownedAmong(
  reader: Pick<Reader, 'find'>,
  userId: UserId,
  productIds: readonly ProductId[],
  now: TimeMs,
): Promise<Set<ProductId>> {
  const found = await Promise.all(productIds.map((id) => entitlements.find(reader, userId, id)));
  return new Set(productIds.filter((_, index) => mayUse(found[index] ?? null, now)));
}
