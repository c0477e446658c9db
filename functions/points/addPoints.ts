import * as z from 'zod';
import * as users from '../../shared/data/identity/users.ts';
import * as audit from '../../shared/data/operations/audit.ts';
import * as points from '../../shared/data/points/points.ts';
import { checkAdjustment } from '../../shared/domain/identity/staff.ts';
import {
  adjust,
  adjustedBefore,
  lastEntry,
  openBook,
  pointsEntryView,
} from '../../shared/domain/points/points.ts';
import { makingValue } from '../../shared/flows/identity/makingValue.ts';
import { http } from '../../shared/function.ts';
import { AdjustmentId, UserId } from '../../shared/schemas/base.ts';
import { Reason } from '../../shared/schemas/identity/staff.ts';
import { PointsDelta, PointsEntryView } from '../../shared/schemas/points/points.ts';

/**
 * Adds points to a user or takes some away. The reason goes into the points ledger and the audit log.
 *
 * The request gives a difference, never a balance. The client makes the adjustment's id and keeps it until it has an
 * answer. A repeat with the same id and the same request answers the same ledger line. Nobody can adjust their own
 * points. Only an administrator can adjust by more than 100,000 points at once.
 */
export const addPoints = http(
  {
    route: 'POST /api/points/add',
    auth: { may: 'points.adjust', secondFactor: 'fresh' },
    input: z.strictObject({
      ...{ adjustmentId: AdjustmentId, userId: UserId, delta: PointsDelta, reason: Reason },
    }),
    output: z.object({ entry: PointsEntryView }),
    errors: [
      ...(['user.not_found', 'staff.not_yourself', 'staff.second_person_needed'] as const),
      ...(['points.not_enough', 'points.adjustment_taken'] as const),
    ],
  },
  async (call) => {
    const { input, user, now, ports, requestId } = call;
    const { adjustmentId, userId, reason } = input;
    checkAdjustment(user, input);
    await users.get(ports.database, userId);
    const act = { action: 'points.adjust', key: adjustmentId } as const;
    const entry = await makingValue(call, act, async (tx, spend) => {
      const before = await points.findEntry(tx, adjustmentId);
      if (before !== null) return adjustedBefore(before, input);
      await spend('points', input.delta);
      const account = await points.findAccount(tx, userId);
      const opened = openBook(account, userId, now);
      const adjusted = adjust(opened, input, now);
      await points.save(tx, account, adjusted);
      await audit.append(tx, {
        id: `points.adjust:${adjustmentId}`,
        ...{ actorId: user.id, action: 'points.adjust', target: userId, reason, now, requestId },
        before: { available: opened.account.available, debt: opened.account.debt },
        after: { available: adjusted.account.available, debt: adjusted.account.debt },
      });
      return lastEntry(adjusted);
    });
    return { entry: pointsEntryView(entry) };
  },
);
