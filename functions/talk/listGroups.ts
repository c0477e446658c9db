import * as z from 'zod';
import { needFeature } from '../../shared/domain/talk/talk.ts';
import { groupsPage } from '../../shared/flows/talk/groupsPage.ts';
import { http } from '../../shared/function.ts';
import { Cursor, PageSize, ProductId } from '../../shared/schemas/base.ts';
import { GroupPage } from '../../shared/schemas/talk/group.ts';

/**
 * Lists the groups that the caller may enter now, and the open ones, the last published first; with `productId` only
 * those of a product. A page may be shorter than the limit, even empty, and still have a next one.
 */
export const listGroups = http(
  {
    route: 'GET /api/groups',
    auth: 'member',
    input: z.strictObject({ productId: ProductId.optional(), limit: PageSize, cursor: Cursor.optional() }),
    output: GroupPage,
    errors: ['feature.off'],
  },
  async ({ input: { productId = null, limit = 20, cursor = null }, user, now, ports }) => {
    needFeature(ports.settings.talk, 'groups', 'read');
    return groupsPage(ports.database, { userId: user.id, productId, limit, cursor, now });
  },
);
