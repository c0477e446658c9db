import * as z from 'zod';
import * as couponTemplates from '../../../shared/data/coupons/couponTemplates.ts';
import * as audit from '../../../shared/data/operations/audit.ts';
import * as drops from '../../../shared/data/talk/drops.ts';
import * as groups from '../../../shared/data/talk/groups.ts';
import { draftDrop, staffDropView } from '../../../shared/domain/talk/drop.ts';
import { fail } from '../../../shared/errors.ts';
import { http } from '../../../shared/function.ts';
import { DropDraft, StaffDropView } from '../../../shared/schemas/talk/drop.ts';

/**
 * Creates a drop as a draft, which only staff see before `publishDrop`.
 *
 * The client makes its id and keeps it until it has an answer. A repeat with the same id and the same content answers
 * the same drop, in whatever state it is by then.
 */
export const createDrop = http(
  {
    route: 'POST /api/admin/drops',
    auth: { may: 'drop.create' },
    input: DropDraft,
    output: z.object({ drop: StaffDropView }),
    errors: ['drop.id_taken', 'coupon.not_found', 'group.not_found'],
  },
  async ({ input, user, now, ports: { database, secrets }, requestId }) => {
    const draftDigest = secrets.digest('drop.draft', JSON.stringify(input));
    const drop = await database.tx(async (tx) => {
      const before = await drops.find(tx, input.id);
      if (before?.draftDigest === draftDigest) return before;
      if (before !== null) throw fail('drop.id_taken');
      await couponTemplates.get(tx, input.templateId);
      if (input.audience.kind === 'group') await groups.get(tx, input.audience.groupId);
      const draft = draftDrop(input, draftDigest, now);
      await drops.insert(tx, draft);
      await audit.append(tx, {
        ...{ id: `drop.create:${input.id}`, actorId: user.id, action: 'drop.create', target: input.id },
        ...{ reason: null, before: null, after: input, now, requestId },
      });
      return draft;
    });
    return { drop: staffDropView(drop, []) };
  },
);
