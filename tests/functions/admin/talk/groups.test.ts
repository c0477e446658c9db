import { createGroup } from '../../../../functions/admin/talk/createGroup.ts';
import { endGroup } from '../../../../functions/admin/talk/endGroup.ts';
import { getAnyGroup } from '../../../../functions/admin/talk/getAnyGroup.ts';
import { listAllGroups } from '../../../../functions/admin/talk/listAllGroups.ts';
import { publishGroup } from '../../../../functions/admin/talk/publishGroup.ts';
import { updateGroup } from '../../../../functions/admin/talk/updateGroup.ts';
import type { StaffGroupView } from '../../../../shared/schemas/talk/group.ts';
import { describeFunction } from '../../../support/describeFunction.ts';
import { givenCourse } from '../../../support/given/course.ts';
import { aGroupDraft, givenGroup } from '../../../support/given/group.ts';
import { storedIn } from '../../../support/given/order.ts';
import { givenSold } from '../../../support/given/products.ts';
import { givenStaff, type Staff } from '../../../support/given/staff.ts';
import { createWorld, type World } from '../../../support/world.ts';

let world: World;
let editor: Staff;

beforeEach(async () => {
  world = await createWorld();
  editor = await givenStaff(world, 'editor');
});
afterEach(() => world.close());

const creates = (wishes: object = {}) => world.call(createGroup, aGroupDraft(world, wishes), editor);
const writtenOf = ({ title, intro, coverUrl, teachers, assistants }: StaffGroupView) => ({
  ...{ title, intro, coverUrl, teachers, assistants },
});
const updates = (group: StaffGroupView, changes: object = {}, expectedVersion = group.version) =>
  world.call(updateGroup, { id: group.id, ...writtenOf(group), ...changes, expectedVersion }, editor);
const publishes = ({ id, version }: StaffGroupView, expectedVersion = version) =>
  world.call(publishGroup, { id, expectedVersion }, editor);
const ends = (id: string) => world.call(endGroup, { id, reason: '课程结束' }, editor);
const unknownGroup = () => world.ports.ids.make('grp');

describeFunction(createGroup, () => {
  test('a repeat with the same content is the same draft', async () => {
    const draft = aGroupDraft(world);
    const both = await Promise.all([draft, draft].map((each) => world.call(createGroup, each, editor)));
    expect(both[0]?.data.group).toMatchObject({ ...draft, state: 'draft', version: 1 });
    expect(both[1]?.data).toEqual(both[0]?.data);
    expect(await storedIn(world, 'groups')).toHaveLength(1);
  });

  test('group.id_taken: the same id with other content', async () => {
    const { id } = (await creates()).data.group;
    expect(await creates({ id, title: '别的' })).toMatchObject({ status: 409, code: 'group.id_taken' });
  });

  test('group.wrong_product: a course group has a course, a paid group anything else that can be used', async () => {
    const [{ productId }, talks, plan] = [
      await givenCourse(world),
      await givenSold(world, 'media'),
      await givenSold(world, 'membership'),
    ];
    const asked = (kind: string, id: string) => creates({ kind, productId: id });
    expect((await asked('course', productId)).status).toBe(200);
    expect((await asked('paid', talks.id)).status).toBe(200);
    for (const [kind, id] of [
      ['course', talks.id],
      ['paid', productId],
      ['paid', plan.id],
      ['course', world.ports.ids.make('prd')],
    ] as const) {
      expect(await asked(kind, id)).toMatchObject({ status: 409, code: 'group.wrong_product' });
    }
  });

  test('an open group has no product, the others have one; nobody is named twice', async () => {
    const { productId } = await givenCourse(world);
    const twice = [editor.userId, editor.userId];
    for (const wrong of [{ productId }, { kind: 'course' }, { teachers: twice }, { assistants: twice }]) {
      expect(await creates(wrong)).toMatchObject({ code: 'request.invalid' });
    }
  });

  test('user.not_found', async () => {
    const stranger = world.ports.ids.make('usr');
    expect(await creates({ teachers: [stranger] })).toMatchObject({ status: 404, code: 'user.not_found' });
  });
});

describeFunction(updateGroup, () => {
  test('texts and people change, also of a published group; kind and product stay', async () => {
    const group = await givenGroup(world);
    const teacher = (await world.login('teacher')).userId;
    const changed = await updates(group, { title: '夜读小组', teachers: [teacher] });
    expect(changed.data.group).toMatchObject({
      kind: 'open',
      title: '夜读小组',
      teachers: [teacher],
      version: 3,
    });
    expect((await updates(group, { title: '夜读小组', teachers: [teacher] })).data).toEqual(changed.data);
  });

  test('group.version_changed, group.not_found, group.ended, user.not_found', async () => {
    const group = (await creates()).data.group;
    await updates(group, { title: '一' });
    expect(await updates(group, { title: '二' })).toMatchObject({
      ...{ status: 409, code: 'group.version_changed', error: { params: { version: 2 } } },
    });
    const stranger = world.ports.ids.make('usr');
    expect(await updates(group, { assistants: [stranger] }, 2)).toMatchObject({ code: 'user.not_found' });
    await ends(group.id);
    expect(await updates(group, {}, 3)).toMatchObject({ status: 409, code: 'group.ended' });
    const unknown = { ...group, id: unknownGroup() as typeof group.id };
    expect(await updates(unknown)).toMatchObject({ status: 404, code: 'group.not_found' });
  });
});

describeFunction(publishGroup, () => {
  test('it is published once', async () => {
    const group = (await creates()).data.group;
    const first = await publishes(group);
    expect(first.data.group).toMatchObject({ state: 'published', publishedAtMs: world.clock.now() });
    expect((await publishes(group)).data).toEqual(first.data);
  });

  test('group.version_changed, group.ended, group.not_found', async () => {
    const group = (await creates()).data.group;
    expect(await publishes(group, 2)).toMatchObject({ code: 'group.version_changed' });
    await ends(group.id);
    expect(await publishes(group, 2)).toMatchObject({ status: 409, code: 'group.ended' });
    expect(await publishes({ ...group, id: unknownGroup() as typeof group.id })).toMatchObject({
      code: 'group.not_found',
    });
  });
});

describeFunction(endGroup, () => {
  test('it ends once, and for good', async () => {
    const { id } = await givenGroup(world);
    const first = await ends(id);
    expect(first.data.group).toMatchObject({ state: 'ended', version: 3 });
    expect((await ends(id)).data).toEqual(first.data);
  });

  test('group.not_found', async () => {
    expect(await ends(unknownGroup())).toMatchObject({ status: 404, code: 'group.not_found' });
  });
});

describeFunction(listAllGroups, () => {
  test('in every state, newest first, page by page', async () => {
    const draft = await givenGroup(world, {}, 'draft');
    const published = await givenGroup(world);
    const first = await world.call(listAllGroups, { limit: 1 }, editor);
    const second = await world.call(listAllGroups, { limit: 1, cursor: first.data.nextCursor }, editor);
    expect([...first.data.items, ...second.data.items].map(({ id }) => id)).toEqual([published.id, draft.id]);
  });
});

describeFunction(getAnyGroup, () => {
  test('the group, and the names of its people', async () => {
    const { userId } = await world.login('teacher');
    const { id } = await givenGroup(world, { teachers: [userId], assistants: [userId] });
    const { group, people } = (await world.call(getAnyGroup, { id }, editor)).data;
    expect([group.id, people.map((each) => each.id)]).toEqual([id, [userId]]);
  });

  test('group.not_found', async () => {
    expect(await world.call(getAnyGroup, { id: unknownGroup() }, editor)).toMatchObject({
      code: 'group.not_found',
    });
  });
});
