/** What buyers were promised, held against the stored documents. */
import type { Store } from '../simulation/store.ts';
import type { Promised } from './buyer.ts';

/** Promises that a buyer got with a 2xx and that no longer hold. */
export function lostOf(promised: readonly Promised[], store: Store): string[] {
  return promised.flatMap(
    ({ name, userId, couponId, orderId, payableFen, isPaid, isOpen, isBack, refundId }) => {
      const order = orderId === null ? undefined : store.orders.get(orderId);
      const lost = [
        userId !== null && !store.users.has(userId) && `${name} was registered`,
        couponId !== null && store.coupons.get(couponId)?.userId !== userId && `${couponId} was claimed`,
        orderId !== null && order?.payableFen !== payableFen && `${orderId} was placed for ${payableFen}`,
        isPaid && order?.state !== 'paid' && `${orderId} was paid`,
        refundId !== null && !store.refunds.has(refundId) && `${refundId} was asked for`,
        isBack &&
          store.refunds.get(refundId ?? '')?.state !== 'success' &&
          `the money of ${orderId} was back`,
        isOpen &&
          !store.entitlements.has(`${userId}:${order?.lines[0]?.productId}`) &&
          `${orderId} gave access`,
      ];
      return lost.filter((what) => what !== false);
    },
  );
}

/** Effects that happened more than once: two sources, two ledger lines, or two receipts of one cause. */
export function duplicatesIn(store: Store): string[] {
  const seen = new Map<string, number>();
  const count = (key: string) => seen.set(key, (seen.get(key) ?? 0) + 1);
  for (const { userId, productId, sources } of store.entitlements.values()) {
    for (const { sourceId } of sources) count(`access of ${userId} to ${productId} from ${sourceId}`);
  }
  for (const { orderId, cause } of store.pointsEntries.values())
    if (orderId !== null) count(`points (${cause}) for ${orderId}`);
  for (const { orderId, lines } of store.refunds.values())
    if (lines.length > 0) count(`refund of ${orderId}`);
  for (const { orderId, kind } of store.receipts.values())
    if (kind === 'settled') count(`receipt of ${orderId}`);
  return [...seen].filter(([, times]) => times > 1).map(([what]) => what);
}
