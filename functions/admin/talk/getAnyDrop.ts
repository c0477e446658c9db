import * as z from 'zod';
import { listed } from '../../../shared/data/collection.ts';
import * as drops from '../../../shared/data/talk/drops.ts';
import { claimedFrom } from '../../../shared/domain/talk/drop.ts';
import { fail } from '../../../shared/errors.ts';
import { staffDropsOf } from '../../../shared/flows/talk/staffDropsOf.ts';
import { http } from '../../../shared/function.ts';
import { DropId } from '../../../shared/schemas/base.ts';
import { ClaimedFrom, StaffDropView } from '../../../shared/schemas/talk/drop.ts';

/** Shows a drop in any state to staff, and from which chats of WeChat how many were claimed. */
export const getAnyDrop = http(
  {
    route: 'GET /api/admin/drops/{id}',
    auth: { may: 'drop.view' },
    input: z.strictObject({ id: DropId }),
    output: z.object({ drop: StaffDropView, claimedFrom: z.array(ClaimedFrom) }),
    errors: ['drop.not_found'],
  },
  async ({ input: { id }, ports: { database } }) => {
    const [drop] = await staffDropsOf(database, [await drops.get(database, id)]);
    if (drop === undefined) throw fail('drop.not_found');
    return { drop, claimedFrom: claimedFrom(await listed(drops.claimsOf(database, id))) };
  },
);
