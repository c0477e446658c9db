import * as z from 'zod';
import * as products from '../../../shared/data/catalogue/products.ts';
import * as audit from '../../../shared/data/operations/audit.ts';
import * as groups from '../../../shared/data/talk/groups.ts';
import { draftGroup, refuseWrongProduct } from '../../../shared/domain/talk/group.ts';
import { fail } from '../../../shared/errors.ts';
import { refuseUnknownUsers } from '../../../shared/flows/identity/refuseUnknownUsers.ts';
import { http } from '../../../shared/function.ts';
import { GroupDraft, StaffGroupView } from '../../../shared/schemas/talk/group.ts';

/**
 * Creates a group as a draft, which only staff see before `publishGroup`.
 *
 * The client makes the id and keeps it until it has an answer. A repeat with the same id and the same content answers
 * the same group, in whatever state it is by then.
 */
export const createGroup = http(
  {
    route: 'POST /api/admin/groups',
    auth: { may: 'group.manage' },
    input: GroupDraft,
    output: z.object({ group: StaffGroupView }),
    errors: ['group.id_taken', 'group.wrong_product', 'user.not_found'],
  },
  async ({ input, user, now, ports, requestId }) => {
    const draftDigest = ports.secrets.digest('group.draft', JSON.stringify(input));
    const product = input.productId && (await products.find(ports.database, input.productId));
    const people = [...input.teachers, ...input.assistants];
    const group = await ports.database.tx(async (tx) => {
      const before = await groups.find(tx, input.id);
      if (before?.draftDigest === draftDigest) return before;
      if (before !== null) throw fail('group.id_taken');
      refuseWrongProduct(input, product);
      await refuseUnknownUsers(tx, people);
      const draft = draftGroup(input, draftDigest, now);
      await groups.insert(tx, draft);
      await audit.append(tx, {
        ...{ id: `group.create:${input.id}`, actorId: user.id, action: 'group.create', target: input.id },
        ...{ reason: null, before: null, after: input, now, requestId },
      });
      return draft;
    });
    return { group };
  },
);
