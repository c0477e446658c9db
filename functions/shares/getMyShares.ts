import * as z from 'zod';
import * as shares from '../../shared/data/shares/shares.ts';
import { shareView } from '../../shared/domain/shares/share.ts';
import { needFeature } from '../../shared/domain/talk/talk.ts';
import { http } from '../../shared/function.ts';
import { Cursor, PageSize } from '../../shared/schemas/base.ts';
import { SharePage } from '../../shared/schemas/shares/share.ts';

/**
 * Shows the caller's links, the newest first, with how many came and bought by each, and for how much. Counts are up to
 * a minute late, and what went back is taken off.
 */
export const getMyShares = http(
  {
    route: 'GET /api/me/shares',
    auth: 'member',
    input: z.strictObject({ cursor: Cursor.optional(), limit: PageSize }),
    output: SharePage,
    errors: ['feature.off'],
  },
  async ({ input: { limit = 20, cursor = null }, user, ports }) => {
    needFeature(ports.settings.talk, 'shares', 'read');
    const page = await shares.ofUser(ports.database, user.id, { limit, cursor });
    return { items: page.items.map(shareView), nextCursor: page.nextCursor };
  },
);
