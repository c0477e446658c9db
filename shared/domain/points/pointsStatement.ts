/** The rules of a month's statement of points. */
import type { TimeMs } from '../../schemas/base.ts';
import type { PointsEntry, PointsStatement } from '../../schemas/points/points.ts';
import { dayStartMs } from '../day.ts';
import { amountOf } from './points.ts';

/** From when until when, exclusive, a month lasts in Shanghai. */
export function monthBounds(month: string): { readonly fromMs: TimeMs; readonly untilMs: TimeMs } {
  const [year = 0, number = 0] = month.split('-').map(Number);
  const next = number === 12 ? `${year + 1}-01` : `${year}-${String(number + 1).padStart(2, '0')}`;
  return { fromMs: dayStartMs(`${month}-01`), untilMs: dayStartMs(`${next}-01`) };
}

/** A month without an entry, of who had what that entry left; null for who had no entry before. */
export function openStatement(month: string, last: PointsEntry | null): PointsStatement {
  const opening = last === null ? 0 : last.availableAfter + last.heldAfter - last.debtAfter;
  const none = { earned: 0, spent: 0, expired: 0, returned: 0, takenBack: 0, adjusted: 0 };
  return { month, opening, ...none, closing: opening };
}

/**
 * The statement with one more entry. It is made from the house's side of the entry alone, and the closing balance from
 * the user's side, so that a statement whose sums do not hold shows an entry that did not.
 */
export function addToStatement(statement: PointsStatement, entry: PointsEntry): PointsStatement {
  const of = (account: Parameters<typeof amountOf>[1]) => amountOf(entry, account);
  const [issued, redeemed] = [of('issued'), of('redeemed')];
  return {
    ...statement,
    earned: statement.earned + Math.max(0, -issued),
    takenBack: statement.takenBack + Math.max(0, issued),
    spent: statement.spent + Math.max(0, redeemed),
    returned: statement.returned + Math.max(0, -redeemed),
    expired: statement.expired + of('expired'),
    adjusted: statement.adjusted - of('adjusted'),
    closing: statement.closing + of('available') + of('held') + of('debt'),
  };
}
