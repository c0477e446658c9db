import * as z from 'zod';
import { groupView } from '../../shared/domain/talk/group.ts';
import { needFeature } from '../../shared/domain/talk/talk.ts';
import { authorsOf } from '../../shared/flows/talk/authorsOf.ts';
import { seeGroup } from '../../shared/flows/talk/enterGroup.ts';
import { http } from '../../shared/function.ts';
import { GroupId } from '../../shared/schemas/base.ts';
import { GroupShown } from '../../shared/schemas/talk/group.ts';

/** Shows a group to its members, and an open one to everybody, with its teachers and assistants. */
export const getGroup = http(
  {
    route: 'GET /api/groups/{id}',
    auth: 'member',
    input: z.strictObject({ id: GroupId }),
    output: z.object({ group: GroupShown }),
    errors: ['feature.off', 'group.not_found'],
    cost: 'signature',
  },
  async ({ input: { id }, user, now, ports }) => {
    needFeature(ports.settings.talk, 'groups', 'read');
    const { database } = ports;
    const { group, standing } = await seeGroup(database, database, { groupId: id, userId: user.id, now });
    const ids = [...new Set([...group.teachers, ...group.assistants])];
    const author = await authorsOf(ports, ids, now);
    const shown = (ids: typeof group.teachers) => ids.flatMap((each) => author(each) ?? []);
    const people = { teachers: shown(group.teachers), assistants: shown(group.assistants) };
    return { group: { ...groupView(group, standing), ...people } };
  },
);
