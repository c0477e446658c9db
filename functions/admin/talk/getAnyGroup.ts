import * as z from 'zod';
import * as groups from '../../../shared/data/talk/groups.ts';
import { authorsOf } from '../../../shared/flows/talk/authorsOf.ts';
import { http } from '../../../shared/function.ts';
import { GroupId } from '../../../shared/schemas/base.ts';
import { AuthorView } from '../../../shared/schemas/talk/author.ts';
import { StaffGroupView } from '../../../shared/schemas/talk/group.ts';

/** Shows staff a group in any state, and who its teachers and assistants are. */
export const getAnyGroup = http(
  {
    route: 'GET /api/admin/groups/{id}',
    auth: { may: 'group.manage' },
    input: z.strictObject({ id: GroupId }),
    output: z.object({ group: StaffGroupView, people: z.array(AuthorView) }),
    errors: ['group.not_found'],
    cost: 'signature',
  },
  async ({ input: { id }, now, ports }) => {
    const group = await groups.get(ports.database, id);
    const ids = [...new Set([...group.teachers, ...group.assistants])];
    const author = await authorsOf(ports, ids, now);
    return { group, people: ids.flatMap((each) => author(each) ?? []) };
  },
);
