import { searchAuthors } from '../../../../functions/admin/identity/searchAuthors.ts';
import { searchUsers } from '../../../../functions/admin/identity/searchUsers.ts';
import { bindPhone } from '../../../../functions/identity/bindPhone.ts';
import * as audit from '../../../../shared/data/operations/audit.ts';
import { describeFunction } from '../../../support/describeFunction.ts';
import type { Buyer } from '../../../support/given/order.ts';
import { givenNickname } from '../../../support/given/profile.ts';
import { givenNamedStaff, givenStaff, type Staff } from '../../../support/given/staff.ts';
import { createWorld, type World } from '../../../support/world.ts';

describeFunction(searchAuthors, () => {
  let world: World;
  let editor: Staff;
  let alice: Buyer;
  beforeEach(async () => {
    world = await createWorld();
    editor = await givenStaff(world, 'editor');
    alice = await world.login('alice');
    await givenNickname(world, alice, '王小明');
  });
  afterEach(() => world.close());

  const search = (words: string, more: object = {}, who = editor) =>
    world.call(searchAuthors, { words, ...more }, who);

  test('who picks the teachers of a group finds them by nickname or whole id, and sees what everybody sees', async () => {
    const { data } = await search('小明');
    expect(data).toEqual({
      items: [{ id: alice.userId, nickname: '王小明', avatarUrl: null }],
      nextCursor: null,
    });
    expect((await search(alice.userId)).data.items).toEqual(data.items);
  });

  test('nobody is found by a phone number or a user name, which only who may view users knows', async () => {
    const boss = await givenNamedStaff(world, 'finance');
    const { code } = world.weixin.phone.shareNumber('13800138000');
    await world.call(bindPhone, { code }, { token: alice.token });
    const support = await givenStaff(world, 'support');
    for (const [words, id] of [
      ['13800138000', alice.userId],
      ['BOS', boss.userId],
    ] as const) {
      const known = await world.call(searchUsers, { words }, support);
      expect(known.data.items.map((one) => one.id)).toEqual([id]);
      expect((await search(words)).data.items).toEqual([]);
    }
  });

  test('people come page by page', async () => {
    const bob = await world.login('bob');
    await givenNickname(world, bob, '小红');
    const first = (await search('小', { limit: 1 })).data;
    const { data } = await search('小', { limit: 1, cursor: first.nextCursor });
    expect([...first.items, ...data.items].map(({ id }) => id).sort()).toEqual(
      [alice.userId, bob.userId].sort(),
    );
  });

  test('the audit log says who searched and whom they were shown', async () => {
    await search('小明');
    const { items } = await audit.list(world.ports.database, { target: 'users' }, { limit: 5, cursor: null });
    expect(items).toMatchObject([
      { action: 'author.search', actorId: editor.userId, after: { shown: [alice.userId] } },
    ]);
  });

  test('who may not manage groups finds nobody', async () => {
    for (const role of ['support', 'finance'] as const) {
      const { code } = await search('小明', {}, await givenStaff(world, role));
      expect(code).toBe('auth.forbidden');
    }
  });
});
