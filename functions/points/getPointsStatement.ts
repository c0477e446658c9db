import * as z from 'zod';
import * as points from '../../shared/data/points/points.ts';
import { addToStatement, monthBounds, openStatement } from '../../shared/domain/points/pointsStatement.ts';
import { http } from '../../shared/function.ts';
import { MINUTE_MS } from '../../shared/schemas/base.ts';
import { Month, PointsStatement } from '../../shared/schemas/points/points.ts';

/**
 * Says what became of the caller's points in one month, by the calendar of Shanghai.
 *
 * What a pending order holds is still the buyer's: it is spent when the order is paid. A month that is not over, or
 * has not begun, is answered as far as it has come.
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
