import * as z from 'zod';
import * as points from '../../shared/data/points/points.ts';
import { openBook, spendable } from '../../shared/domain/points/points.ts';
import { checkInPoints, checkInToday } from '../../shared/domain/points/pointsRewards.ts';
import { http } from '../../shared/function.ts';
import { MINUTE_MS } from '../../shared/schemas/base.ts';

/**
 * Checks the caller in for today, which earns points: more from day to day, up to the seventh day in a row.
 *
 * Days are those of the calendar in Shanghai. A second call on the same day gets the first answer and earns nothing
 * more.
 */
export const checkIn = http(
  {
    route: 'POST /api/points/check-in',
    auth: 'member',
    input: z.strictObject({}),
    output: z.object({
      day: z.string(),
      /** How many days in a row, today included. From 1. */
      streak: z.int(),
      /** The points that this day earned. */
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
