import { endGroup } from '../../../functions/admin/talk/endGroup.ts';
import { getGroup } from '../../../functions/talk/getGroup.ts';
import { joinGroup } from '../../../functions/talk/joinGroup.ts';
import { leaveGroup } from '../../../functions/talk/leaveGroup.ts';
import { listGroups } from '../../../functions/talk/listGroups.ts';
import { updateGroupNote } from '../../../functions/talk/updateGroupNote.ts';
import { DAY_MS, ProductId } from '../../../shared/schemas/base.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import { givenCourse } from '../../support/given/course.ts';
import { givenAccess } from '../../support/given/entitlement.ts';
import { givenGroup } from '../../support/given/group.ts';
import { type Buyer, storedIn } from '../../support/given/order.ts';
import { givenSold } from '../../support/given/products.ts';
import { givenStaff } from '../../support/given/staff.ts';
import { defaultSettings } from '../../support/settings.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
let alice: Buyer;

beforeEach(async () => {
  world = await createWorld();
  alice = await world.login('alice');
});
afterEach(() => world.close());

const gets = (id: string, who = alice) => world.call(getGroup, { id }, who);
const joins = (id: string, who = alice) => world.call(joinGroup, { id }, who);
const leaves = (id: string, who = alice) => world.call(leaveGroup, { id }, who);
const notes = (id: string, set: object, who = alice) => world.call(updateGroupNote, { id, ...set }, who);
const lists = async (asked: object = {}, who = alice) => {
  const { items, nextCursor } = (await world.call(listGroups, asked, who)).data;
  return { ids: items.map(({ id }) => id), nextCursor };
};
const NOT_FOUND = { status: 404, code: 'group.not_found' };
const ofCourse = async () => {
  const { productId } = await givenCourse(world);
  return givenGroup(world, { kind: 'course', productId });
};

/** The same world with everything about groups switched off. */
const switchedOff = async () => {
  await world.close();
  world = await createWorld({ settings: { talk: { ...defaultSettings.talk, groups: 'off' } } });
  alice = await world.login('alice');
};
const OFF = { status: 404, code: 'feature.off' };
const anyGroup = () => world.ports.ids.make('grp');

describeFunction(getGroup, () => {
  test('LK13 a group is open to who may use its product, asked at each call: not before, not after the end', async () => {
    const { id, productId } = await ofCourse();
    expect(await gets(id)).toMatchObject(NOT_FOUND);
    await givenAccess(world, alice.userId, ProductId.parse(productId), { kind: 'days', days: 1 });
    expect((await gets(id)).data.group).toMatchObject({ id, isMember: true, isStaffHere: false });
    world.clock.advance(DAY_MS);
    expect(await gets(id)).toMatchObject(NOT_FOUND);
  });

  test('members of a product’s plan are members of its group, for as long', async () => {
    const talks = await givenSold(world, 'media');
    const scope = { kind: 'product', productId: talks.id };
    const plan = await givenSold(world, 'membership', { plan: { period: 'month', scope } });
    const { id } = await givenGroup(world, { kind: 'paid', productId: talks.id });
    await givenAccess(world, alice.userId, plan.id);
    expect((await gets(id)).data.group.isMember).toBe(true);
    world.clock.advance(40 * DAY_MS);
    expect(await gets(id, await world.login('alice'))).toMatchObject(NOT_FOUND);
  });

  test('everybody sees an open group, and who teaches there; only who joined is a member', async () => {
    const teacher = await world.login('teacher');
    const { id } = await givenGroup(world, { teachers: [teacher.userId] });
    const { group } = (await gets(id)).data;
    expect(group).toMatchObject({ isMember: false, teachers: [{ id: teacher.userId }], assistants: [] });
    expect((await gets(id, teacher)).data.group).toMatchObject({ isMember: true, isStaffHere: true });
  });

  test('who teaches or assists enters without access', async () => {
    const { productId } = await givenCourse(world);
    const { id } = await givenGroup(world, { kind: 'course', productId, assistants: [alice.userId] });
    expect((await gets(id)).data.group).toMatchObject({ isMember: true, isStaffHere: true });
  });

  test('group.not_found: a draft, and one that has ended, also for its teachers', async () => {
    const teachers = [alice.userId];
    const draft = await givenGroup(world, { teachers }, 'draft');
    const group = await givenGroup(world, { teachers });
    await world.call(endGroup, { id: group.id, reason: '结束' }, await givenStaff(world, 'admin'));
    for (const id of [draft.id, group.id, anyGroup()]) expect(await gets(id)).toMatchObject(NOT_FOUND);
  });

  test('feature.off', async () => {
    await switchedOff();
    expect(await gets(anyGroup())).toMatchObject(OFF);
  });
});

describeFunction(joinGroup, () => {
  test('an open group is joined once', async () => {
    const { id } = await givenGroup(world);
    for (const _ of [1, 2]) expect((await joins(id)).data.group.isMember).toBe(true);
    expect(await storedIn(world, 'groupNotes')).toMatchObject([
      { id: `${id}:${alice.userId}`, hasJoined: true },
    ]);
  });

  test('group.not_open, and group.not_found for who may not see it', async () => {
    const { id, productId } = await ofCourse();
    expect(await joins(id)).toMatchObject(NOT_FOUND);
    await givenAccess(world, alice.userId, ProductId.parse(productId));
    expect(await joins(id)).toMatchObject({ status: 409, code: 'group.not_open' });
  });

  test('feature.off', async () => {
    await switchedOff();
    expect(await joins(anyGroup())).toMatchObject(OFF);
  });
});

describeFunction(leaveGroup, () => {
  test('who left is no member', async () => {
    const { id } = await givenGroup(world);
    await joins(id);
    for (const _ of [1, 2]) expect((await leaves(id)).data.group.isMember).toBe(false);
  });

  test('group.not_open, group.not_found', async () => {
    const { id } = await givenGroup(world, {
      ...{ kind: 'course', productId: (await givenCourse(world)).productId, teachers: [alice.userId] },
    });
    expect(await leaves(id)).toMatchObject({ code: 'group.not_open' });
    expect(await leaves(anyGroup())).toMatchObject(NOT_FOUND);
  });

  test('feature.off', async () => {
    await switchedOff();
    expect(await leaves(anyGroup())).toMatchObject(OFF);
  });
});

describeFunction(updateGroupNote, () => {
  test('what is set stays, and what was read stays read', async () => {
    const { id } = await givenGroup(world);
    const atMs = world.clock.now();
    expect((await notes(id, { isMuted: true })).data.group).toMatchObject({ isMuted: true, lastReadAtMs: 0 });
    expect((await notes(id, { isRead: true })).data.group).toMatchObject({
      isMuted: true,
      lastReadAtMs: atMs,
    });
    world.clock.advance(-5);
    expect((await notes(id, { isRead: true })).data.group.lastReadAtMs).toBe(atMs);
    expect((await notes(id, { isMuted: false })).data.group).toMatchObject({
      isMuted: false,
      isMember: false,
    });
  });

  test('group.not_found', async () => {
    const { id } = await ofCourse();
    expect(await notes(id, { isMuted: true })).toMatchObject(NOT_FOUND);
    expect(await storedIn(world, 'groupNotes')).toEqual([]);
  });

  test('feature.off', async () => {
    await switchedOff();
    expect(await notes(anyGroup(), {})).toMatchObject(OFF);
  });
});

describeFunction(listGroups, () => {
  test('one’s own and the open ones, the last published first, page by page', async () => {
    const [other, own, open] = [await ofCourse(), await ofCourse(), await givenGroup(world)];
    await givenGroup(world, {}, 'draft');
    await givenAccess(world, alice.userId, ProductId.parse(own.productId));
    expect((await lists()).ids).toEqual([open.id, own.id]);
    const first = await lists({ limit: 2 });
    const second = await lists({ limit: 2, cursor: first.nextCursor });
    expect([first.ids, second.ids]).toEqual([[open.id, own.id], []]);
    expect((await lists({ productId: own.productId })).ids).toEqual([own.id]);
    expect((await lists({ productId: other.productId })).ids).toEqual([]);
  });

  test('feature.off', async () => {
    await switchedOff();
    expect(await world.call(listGroups, {}, alice)).toMatchObject(OFF);
  });
});
