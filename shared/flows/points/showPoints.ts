import * as points from '../../data/points/points.ts';
import { pointsEntryView, spendable } from '../../domain/points/points.ts';
import { endingWithin } from '../../domain/points/pointsLots.ts';
import type { Reader } from '../../ports/database.ts';
import type { TimeMs, UserId } from '../../schemas/base.ts';
import type { PointsView } from '../../schemas/points/points.ts';

/** How many days ahead a screen warns of expiring points. */
const SOON_DAYS = 30;

/** A user's balances, and one page of their ledger, newest first. */
export async function showPoints(
  reader: Reader,
  asked: {
    readonly userId: UserId;
    readonly now: TimeMs;
    readonly limit: number;
    readonly cursor: string | null;
  },
): Promise<PointsView> {
  const { userId, now, ...page } = asked;
  const [account, ledger] = await Promise.all([
    points.findAccount(reader, userId),
    points.ledgerOf(reader, userId, page),
  ]);
  const { items, nextCursor } = ledger;
  return {
    balance: spendable(account, now),
    held: account?.held ?? 0,
    debt: account?.debt ?? 0,
    pending: account?.pending ?? 0,
    expiringSoon: endingWithin(account?.lots ?? [], SOON_DAYS, now),
    ledger: { items: items.map(pointsEntryView), nextCursor },
  };
}
