/** Groups for tests, made and published as staff do it. */
import { createGroup } from '../../../functions/admin/talk/createGroup.ts';
import { publishGroup } from '../../../functions/admin/talk/publishGroup.ts';
import type { StaffGroupView } from '../../../shared/schemas/talk/group.ts';
import type { World } from '../world.ts';
import { givenStaff } from './staff.ts';

/** The request of staff for a group, by default an open one without anybody who teaches. */
export function aGroupDraft(world: World, wishes: object = {}) {
  return {
    ...{ id: world.ports.ids.make('grp'), kind: 'open', productId: null, title: '晨读小组' },
    ...{ intro: '每天一页', coverUrl: null, teachers: [], assistants: [] },
    ...wishes,
  };
}

/** A stored group, published unless the test wants a draft. The clock moves on by a millisecond. */
export async function givenGroup(
  world: World,
  wishes: object = {},
  state: 'draft' | 'published' = 'published',
): Promise<StaffGroupView> {
  world.clock.advance(1);
  const editor = await givenStaff(world, 'editor');
  const made = await world.call(createGroup, aGroupDraft(world, wishes), editor);
  const { id, version: expectedVersion } = made.data.group;
  if (state === 'draft') return made.data.group;
  return (await world.call(publishGroup, { id, expectedVersion }, editor)).data.group;
}
