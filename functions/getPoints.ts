import * as z from 'zod';
import * as points from '../shared/data/points.ts';
import { pointsEntryView, spendable } from '../shared/domain/points.ts';
import { endingWithin } from '../shared/domain/pointsLots.ts';
import { http } from '../shared/function.ts';
import { Cursor, PageSize } from '../shared/schemas/base.ts';
import { PointsView } from '../shared/schemas/points.ts';

/** How far ahead a screen warns of points that end. */
const SOON_DAYS = 30;

/** Says how many points the caller has, and what they came from, newest first. */
export const getPoints = http(
  {
    route: 'GET /api/me/points',
    auth: 'member',
    input: z.strictObject({ cursor: Cursor.optional(), limit: PageSize }),
    output: PointsView,
    errors: [],
  },
  async ({ input, user, now, ports }) => {
    const page = { limit: input.limit ?? 20, cursor: input.cursor ?? null };
    const [account, ledger] = await Promise.all([
      points.findAccount(ports.database, user.id),
      points.ledgerOf(ports.database, user.id, page),
    ]);
    const { items, nextCursor } = ledger;
    return {
      balance: spendable(account, now),
      held: account?.held ?? 0,
      debt: account?.debt ?? 0,
      expiringSoon: endingWithin(account?.lots ?? [], SOON_DAYS, now),
      ledger: { items: items.map(pointsEntryView), nextCursor },
    };
  },
);
