/** What of the ledger of points is news to its owner. */
import type { PointsCause, PointsEntry } from '../../schemas/points/points.ts';
import { amountOf } from '../points/points.ts';

/** From how many points a day on somebody is told. */
export const TOLD_FROM = 50;

/** Causes by which points come that were not there before. Those that an order gives back are none. */
const GAINING: readonly PointsCause[] = [
  'order_paid',
  'check_in',
  'friend_bought',
  'course_finished',
  'comment_approved',
  'reward_due',
  'adjustment',
];

/** How many points an entry made spendable that are new; 0 for every other entry. */
export function gainOf(entry: PointsEntry): number {
  return GAINING.includes(entry.cause) ? Math.max(0, amountOf(entry, 'available')) : 0;
}
