/** The rules of points: what a payment earns, and how a line is added to a user's ledger. */
import { fail } from '../errors.ts';
import type { AdjustmentId, OrderId, TimeMs, UserId } from '../schemas/base.ts';
import type { PointsAccount, PointsEntry } from '../schemas/points.ts';

/** Fen that must really be paid for one point: one yuan. */
const FEN_PER_POINT = 100;

/** The points an order earns: one for each whole yuan that is really paid, rounded down. */
export function earnPoints(payableFen: number): number {
  return Math.floor(payableFen / FEN_PER_POINT);
}

/** What is to be written, before the account has given it a place: everything else follows from the account. */
export type PointsMove = Pick<PointsEntry, 'id' | 'userId' | 'delta' | 'cause' | 'orderId' | 'reason'>;

/** What a paid order writes, or null when it earns nothing: `earnsPoints` was decided when the order was priced. */
export function earned(order: {
  readonly orderId: OrderId;
  readonly userId: UserId;
  readonly earnsPoints: number;
}): PointsMove | null {
  const { orderId, userId, earnsPoints: delta } = order;
  if (delta === 0) return null;
  return { id: `${orderId}:earn`, userId, delta, cause: 'order_paid', orderId, reason: null };
}

/** What an adjustment by staff writes. */
export function adjustment(asked: {
  readonly adjustmentId: AdjustmentId;
  readonly userId: UserId;
  readonly delta: number;
  readonly reason: string;
}): PointsMove {
  const { adjustmentId: id, userId, delta, reason } = asked;
  return { id, userId, delta, cause: 'adjustment', orderId: null, reason };
}

/**
 * What a repeat of the same adjustment is answered with: the line it has written.
 * @throws points.adjustment_taken when the id was used for another adjustment
 */
export function adjustedBefore(written: PointsEntry, asked: PointsMove): PointsEntry {
  const { userId, delta, reason } = written;
  if (userId === asked.userId && delta === asked.delta && reason === asked.reason) return written;
  throw fail('points.adjustment_taken');
}

/**
 * The account with one more line, and that line. The balance changes by `delta` and is never set, so it is the sum of
 * the lines at all times. `account` is null for a user who has no points yet.
 * @throws points.not_enough when an adjustment takes away more than there is
 */
export function applyEntry(
  account: PointsAccount | null,
  move: PointsMove,
  now: TimeMs,
): { readonly account: PointsAccount; readonly entry: PointsEntry } {
  const before = account?.balance ?? 0;
  const balance = before + move.delta;
  if (move.cause === 'adjustment' && move.delta < 0 && balance < 0) {
    throw fail('points.not_enough', { params: { balance: before } });
  }
  const line = (account?.lines ?? 0) + 1;
  return {
    account: { id: move.userId, balance, lines: line, updatedAtMs: now },
    entry: { ...move, balanceAfter: balance, line, createdAtMs: now },
  };
}
