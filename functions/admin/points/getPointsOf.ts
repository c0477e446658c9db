import * as z from 'zod';
import * as users from '../../../shared/data/identity/users.ts';
import { logReading } from '../../../shared/flows/operations/logReading.ts';
import { showPoints } from '../../../shared/flows/points/showPoints.ts';
import { http } from '../../../shared/function.ts';
import { Cursor, PageSize, UserId } from '../../../shared/schemas/base.ts';
import { AnyReason } from '../../../shared/schemas/identity/staff.ts';
import { PointsView } from '../../../shared/schemas/points/points.ts';

/**
 * Shows staff somebody's points and the ledger behind them, newest first, to look at before adjusting points.
 *
 * The audit log records who looked, and the reason if they gave one.
 */
export const getPointsOf = http(
  {
    route: 'GET /api/admin/users/{userId}/points',
    auth: { may: 'user.view' },
    input: z.strictObject({ userId: UserId, reason: AnyReason, cursor: Cursor.optional(), limit: PageSize }),
    output: PointsView,
    errors: ['user.not_found'],
  },
  async ({ input: { userId, reason, limit = 20, cursor = null }, ports, ...call }) => {
    await users.get(ports.database, userId);
    const view = await showPoints(ports.database, { userId, now: call.now, limit, cursor });
    await logReading({ ports, ...call }, { action: 'points.read', target: userId, reason });
    return view;
  },
);
