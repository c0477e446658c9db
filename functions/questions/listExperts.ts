import * as z from 'zod';
import * as experts from '../../shared/data/questions/experts.ts';
import { needFeature } from '../../shared/domain/talk/talk.ts';
import { showExperts } from '../../shared/flows/questions/showExperts.ts';
import { http } from '../../shared/function.ts';
import { Cursor, PageSize } from '../../shared/schemas/base.ts';
import { ExpertPage } from '../../shared/schemas/questions/expert.ts';

/**
 * Lists the experts who take paid questions, the newest first: price, hours, how many were answered in time, stars.
 *
 * Who has paused is left out. Who has too many open questions, or has let some expire, is listed and takes none.
 */
export const listExperts = http(
  {
    route: 'GET /api/experts',
    auth: 'optional',
    input: z.strictObject({ limit: PageSize, cursor: Cursor.optional() }),
    output: ExpertPage,
    errors: ['feature.off'],
  },
  async ({ input: { limit = 20, cursor = null }, now, ports: { database, settings } }) => {
    needFeature(settings.talk, 'questions', 'read');
    const page = await experts.listed(database, { limit, cursor });
    return { items: await showExperts(database, page.items, now), nextCursor: page.nextCursor };
  },
);
