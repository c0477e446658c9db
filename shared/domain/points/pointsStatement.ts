/** The rules of a monthly points statement. */
import type { TimeMs } from '../../schemas/base.ts';
import type { PointsEntry, PointsStatement } from '../../schemas/points/points.ts';
import { dayStartMs } from '../day.ts';
import { amountOf } from './points.ts';

/** The start and the end (exclusive) of a month in Shanghai. */
export function monthBounds(month: string): { readonly fromMs: TimeMs; readonly untilMs: TimeMs } {
  const [year = 0, number = 0] = month.split('-').map(Number);
  const next = number === 12 ? `${year + 1}-01` : `${year}-${String(number + 1).padStart(2, '0')}`;
  return { fromMs: dayStartMs(`${month}-01`), untilMs: dayStartMs(`${next}-01`) };
}

/**
 * A statement without entries. Its opening balance is that after `last`, the latest earlier entry; null when there
 * is none.
 */
export function openStatement(month: string, last: PointsEntry | null): PointsStatement {
  const opening = last === null ? 0 : last.availableAfter + last.heldAfter - last.debtAfter;
  const none = { earned: 0, spent: 0, expired: 0, returned: 0, takenBack: 0, adjusted: 0 };
  return { month, opening, ...none, closing: opening };
}

/**
 * The statement with one more entry. The sums come from the house's side of the entry, and the closing balance from
 * the user's side. So a wrong entry makes a statement that does not add up.
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
