import * as z from 'zod';
import * as points from '../../shared/data/points/points.ts';
import { openBook, spendable } from '../../shared/domain/points/points.ts';
import { checkInPoints, checkInToday } from '../../shared/domain/points/pointsRewards.ts';
import { http } from '../../shared/function.ts';
import { MINUTE_MS } from '../../shared/schemas/base.ts';

/**
 * Checks the caller in for today, which earns points: more from day to day, up to the seventh day in a row.
 *
 * A day is one by the calendar of Shanghai. A second time on the same day is answered like the first and earns nothing.
 */
export const checkIn = http(
  {
    route: 'POST /api/points/check-in',
    auth: 'member',
    input: z.strictObject({}),
    output: z.object({
      day: z.string(),
      /** The how-manieth day in a row it is. */
      streak: z.int(),
      /** What it earned. */
      earned: z.int(),
      balance: z.int(),
    }),
    errors: [],
    limit: { max: 30, windowMs: MINUTE_MS },
  },
  ({ user, now, ports }) =>
    ports.database.tx(async (tx) => {
      const before = await points.findAccount(tx, user.id);
      const { book, checkIn: checked } = checkInToday(openBook(before, user.id, now), now);
      await points.save(tx, before, book);
      const { day, streak } = checked;
      return { day, streak, earned: checkInPoints(streak), balance: spendable(book.account, now) };
    }),
);
