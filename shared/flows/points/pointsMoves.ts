/**
 * What an order does with its buyer's points, inside the order's own transaction, so that order, account and ledger
 * change together. Moving 0 points does nothing. Every function except `holdPoints` is safe to repeat; an order is
 * placed only once, under its own id.
 */
import * as points from '../../data/points/points.ts';
import * as pointsHolds from '../../data/points/pointsHolds.ts';
import { clawBack, openBook, type PointsBook, spendable } from '../../domain/points/points.ts';
import {
  type HeldBook,
  holdFor,
  releaseHold,
  returnSpent,
  shrinkHold,
  spendHold,
} from '../../domain/points/pointsHold.ts';
import type { Reader, Tx } from '../../ports/database.ts';
import type { OrderId, TimeMs, UserId } from '../../schemas/base.ts';
import type { PointsHold } from '../../schemas/points/points.ts';

interface Asked {
  readonly userId: UserId;
  readonly orderId: OrderId;
  readonly count: number;
  readonly now: TimeMs;
}

/** Opens the user's book, applies the work, and stores account and entries. */
async function change(
  tx: Tx,
  userId: UserId,
  now: TimeMs,
  work: (book: PointsBook) => PointsBook,
): Promise<void> {
  const account = await points.findAccount(tx, userId);
  await points.save(tx, account, work(openBook(account, userId, now)));
}

/** The same, together with the order's hold. */
async function changeHold(
  tx: Tx,
  of: { readonly before: PointsHold | null; readonly userId: UserId; readonly now: TimeMs },
  work: (book: PointsBook) => HeldBook,
): Promise<PointsHold> {
  const account = await points.findAccount(tx, of.userId);
  const { book, hold } = work(openBook(account, of.userId, of.now));
  await points.save(tx, account, book);
  await pointsHolds.save(tx, of.before, hold);
  return hold;
}

/** How many points a user can spend now. */
export async function availablePoints(
  reader: Pick<Reader, 'find'>,
  userId: UserId,
  now: TimeMs,
): Promise<number> {
  return spendable(await points.findAccount(reader, userId), now);
}

/**
 * Takes points for a pending order, those that expire first before others. An order that released its points may
 * hold again.
 * @throws points.not_enough with `available`
 */
export async function holdPoints(tx: Tx, { userId, orderId, count, now }: Asked): Promise<void> {
  if (count === 0) return;
  const before = await pointsHolds.find(tx, orderId);
  await changeHold(tx, { before, userId, now }, (book) => holdFor(book, before, { orderId, count, now }));
}

/** Releases what a repriced order holds beyond `count`. It cannot get more than it holds. */
export async function shrinkPoints(
  tx: Tx,
  { orderId, count, now }: { readonly orderId: OrderId; readonly count: number; readonly now: TimeMs },
): Promise<void> {
  if (count === 0) return releasePoints(tx, { orderId, now });
  const before = await pointsHolds.find(tx, orderId);
  if (before?.state !== 'held') throw new Error(`${orderId} holds no points that it could keep ${count} of`);
  if (before.count === count) return;
  const { userId } = before;
  await changeHold(tx, { before, userId, now }, (book) => shrinkHold(book, before, count, now));
}

/** Releases what a closed order holds. An order that holds nothing is left alone. */
export async function releasePoints(
  tx: Tx,
  { orderId, now }: { readonly orderId: OrderId; readonly now: TimeMs },
): Promise<void> {
  const before = await pointsHolds.find(tx, orderId);
  if (before?.state !== 'held') return;
  await changeHold(tx, { before, userId: before.userId, now }, (book) => releaseHold(book, before, now));
}

/** Spends what a paid order holds. An order that holds nothing is left alone. */
export async function spendHeldPoints(
  tx: Tx,
  { orderId, now }: { readonly orderId: OrderId; readonly now: TimeMs },
): Promise<void> {
  const before = await pointsHolds.find(tx, orderId);
  if (before?.state !== 'held') return;
  await changeHold(tx, { before, userId: before.userId, now }, (book) => spendHold(book, before, now));
}

/**
 * Takes points for an order that was paid after it had released them, and spends them at once. Returns whether the
 * order has them now; when there are not enough, false and nothing changes.
 */
export async function retakePoints(tx: Tx, { userId, orderId, count, now }: Asked): Promise<boolean> {
  if (count === 0) return true;
  const before = await pointsHolds.find(tx, orderId);
  if (before?.state === 'spent') return true;
  if (before?.state !== 'held' && (await availablePoints(tx, userId, now)) < count) return false;
  if (before?.state !== 'held') await holdPoints(tx, { userId, orderId, count, now });
  await spendHeldPoints(tx, { orderId, now });
  return true;
}

/**
 * Gives back points that the order had spent, once for this refund. It never gives back more than was spent.
 * Returned points pay a debt first.
 */
export async function returnPoints(
  tx: Tx,
  { orderId, refundId, userId, count, now }: Asked & { readonly refundId: string },
): Promise<void> {
  if (count === 0 || (await points.findEntry(tx, `${refundId}:return`)) !== null) return;
  const before = await pointsHolds.find(tx, orderId);
  if (before === null) throw new Error(`${orderId} has spent no points that ${refundId} could give back`);
  await changeHold(tx, { before, userId, now }, (book) =>
    returnSpent(book, before, { refundId, count, now }),
  );
}

/**
 * Takes back points that the order earned, once for this refund. Points that are spent, or not accrued yet, become a
 * debt, which the next incoming points pay. So the result is the same whether accrual or refund comes first.
 */
export async function clawBackPoints(
  tx: Tx,
  { orderId, refundId, userId, count, now }: Asked & { readonly refundId: string },
): Promise<void> {
  const id = `${refundId}:claw_back`;
  if (count === 0 || (await points.findEntry(tx, id)) !== null) return;
  const why = { id, cause: 'refund_claw_back', orderId, reason: null } as const;
  await change(tx, userId, now, (book) => clawBack(book, why, count, now));
}
