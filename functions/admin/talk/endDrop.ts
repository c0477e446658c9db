import * as z from 'zod';
import * as audit from '../../../shared/data/operations/audit.ts';
import * as drops from '../../../shared/data/talk/drops.ts';
import { staffDropView } from '../../../shared/domain/talk/drop.ts';
import { closeDrop } from '../../../shared/flows/talk/closeDrop.ts';
import { http } from '../../../shared/function.ts';
import { DropId } from '../../../shared/schemas/base.ts';
import { Reason } from '../../../shared/schemas/identity/staff.ts';
import { StaffDropView } from '../../../shared/schemas/talk/drop.ts';

/**
 * Ends a drop early, or throws its draft away. What nobody claimed goes back to the stock; what was claimed stays with
 * who has it. Safe to repeat.
 */
export const endDrop = http(
  {
    route: 'POST /api/admin/drops/{id}/end',
    auth: { may: 'drop.end' },
    input: z.strictObject({ id: DropId, reason: Reason }),
    output: z.object({ drop: StaffDropView }),
    errors: ['drop.not_found'],
  },
  async ({ input: { id, reason }, user, now, ports: { database }, requestId }) => {
    const drop = await database.tx(async (tx) => {
      const before = await drops.get(tx, id);
      const after = await closeDrop(tx, before, now);
      if (after === before) return before;
      await audit.append(tx, {
        ...{ id: `drop.end:${id}`, actorId: user.id, action: 'drop.end', target: id },
        ...{ reason, before, after, now, requestId },
      });
      return after;
    });
    return { drop: staffDropView(drop, []) };
  },
);
