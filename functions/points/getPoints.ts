import * as z from 'zod';
import { showPoints } from '../../shared/flows/points/showPoints.ts';
import { http } from '../../shared/function.ts';
import { Cursor, PageSize } from '../../shared/schemas/base.ts';
import { PointsView } from '../../shared/schemas/points/points.ts';

/** Shows the caller's points, and the ledger lines behind them, newest first. */
export const getPoints = http(
  {
    route: 'GET /api/me/points',
    auth: 'member',
    input: z.strictObject({ cursor: Cursor.optional(), limit: PageSize }),
    output: PointsView,
    errors: [],
  },
  ({ input: { limit = 20, cursor = null }, user, now, ports }) =>
    showPoints(ports.database, { userId: user.id, now, limit, cursor }),
);
