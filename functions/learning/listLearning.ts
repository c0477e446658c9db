import * as z from 'zod';
import * as learners from '../../shared/data/learning/learners.ts';
import { lastDays } from '../../shared/domain/learning/learnedDays.ts';
import { learnedPage } from '../../shared/flows/learning/learnedPage.ts';
import { http } from '../../shared/function.ts';
import { Cursor, PageSize } from '../../shared/schemas/base.ts';
import { LearningView } from '../../shared/schemas/learning/progress.ts';

/** The page size when the request gives no `limit`. */
const PAGE_SIZE = 20;

/**
 * Lists the courses that the caller learns, the last opened first, with where to go on, their last seven days and their
 * days in a row.
 *
 * Days are Shanghai's. A day counts with five minutes of media or a finished lesson. Courses that no longer exist are
 * left out, so a page may be shorter than `limit`. One that is opened meanwhile may appear twice.
 */
export const listLearning = http(
  {
    route: 'GET /api/me/learning',
    auth: 'member',
    input: z.strictObject({ cursor: Cursor.optional(), limit: PageSize }),
    output: LearningView,
    errors: [],
  },
  async ({ input: { limit = PAGE_SIZE, cursor = null }, user, now, ports }) => {
    const [page, learner] = await Promise.all([
      learnedPage(ports, { userId: user.id, limit, cursor, now }),
      learners.find(ports.database, user.id),
    ]);
    return { ...page, ...lastDays(learner, now) };
  },
);
