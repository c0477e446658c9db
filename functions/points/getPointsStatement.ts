import * as z from 'zod';
import * as points from '../../shared/data/points/points.ts';
import { addToStatement, monthBounds, openStatement } from '../../shared/domain/points/pointsStatement.ts';
import { http } from '../../shared/function.ts';
import { MINUTE_MS } from '../../shared/schemas/base.ts';
import { Month, PointsStatement } from '../../shared/schemas/points/points.ts';

/**
 * Shows the movements of the caller's points in one month of Shanghai's calendar.
 *
 * Points that a pending order holds still count as the caller's; they are spent when the order is paid. A month that is
 * not over is shown up to now.
 */
export const getPointsStatement = http(
  {
    route: 'GET /api/points/statement',
    auth: 'member',
    input: z.strictObject({ month: Month }),
    output: z.object({ statement: PointsStatement }),
    errors: [],
    limit: { max: 60, windowMs: MINUTE_MS },
  },
  async ({ input: { month }, user, ports }) => {
    const bounds = monthBounds(month);
    const last = await points.lastBefore(ports.database, user.id, bounds.fromMs);
    let statement = openStatement(month, last);
    for await (const entry of points.entriesWithin(ports.database, user.id, bounds)) {
      statement = addToStatement(statement, entry);
    }
    return { statement };
  },
);
