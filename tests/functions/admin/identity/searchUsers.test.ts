import { searchUsers } from '../../../../functions/admin/identity/searchUsers.ts';
import { bindPhone } from '../../../../functions/identity/bindPhone.ts';
import * as users from '../../../../shared/data/identity/users.ts';
import { newUser } from '../../../../shared/domain/identity/user.ts';
import { fillNames } from '../../../../shared/flows/identity/fillNames.ts';
import { UserId } from '../../../../shared/schemas/base.ts';
import { describeFunction } from '../../../support/describeFunction.ts';
import { givenChanged } from '../../../support/given/changed.ts';
import { exported } from '../../../support/given/export.ts';
import type { Buyer } from '../../../support/given/order.ts';
import { storedIn } from '../../../support/given/order.ts';
import { givenNickname } from '../../../support/given/profile.ts';
import { givenNamedStaff, givenStaff, type Staff } from '../../../support/given/staff.ts';
import { createWorld, type World } from '../../../support/world.ts';

describeFunction(searchUsers, () => {
  let world: World;
  let support: Staff;
  beforeEach(async () => {
    world = await createWorld();
    support = await givenStaff(world, 'support');
  });
  afterEach(() => world.close());

  const search = (words: string, more: object = {}) => world.call(searchUsers, { words, ...more }, support);
  const found = async (words: string) => (await search(words)).data.items.map(({ nickname }) => nickname);
  const rename = (who: Buyer, nickname: string) => givenNickname(world, who, nickname);
  /** Everybody who is found, page after page. */
  async function everybody(words: string, limit: number): Promise<readonly string[]> {
    const ids: string[] = [];
    let cursor: string | null = null;
    do {
      const { data } = await search(words, { limit, ...(cursor === null ? {} : { cursor }) });
      expect(data.items.length).toBeLessThanOrEqual(limit);
      ids.push(...data.items.map(({ id }) => id));
      ({ nextCursor: cursor } = data);
    } while (cursor !== null);
    return ids;
  }

  test('by the beginnings of words, folded, in any order; what somebody was called before finds nobody', async () => {
    const alice = await world.login('alice');
    await rename(alice, 'A01保险-王小明');
    await rename(await world.login('bob'), 'Ｔom 張數據');
    for (const words of ['小明', '小', 'a0', '保险 A01', '王小明 保']) {
      expect(await found(words)).toEqual(['A01保险-王小明']);
    }
    for (const words of ['TOM', '张数', '張', '数据', '据 tom'])
      expect(await found(words)).toEqual(['Ｔom 張數據']);
    for (const words of ['明小', 'om', '小明 tom', '小明明', '。']) expect(await found(words)).toEqual([]);
    await rename(alice, '李雷');
    expect([await found('小明'), await found('李')]).toEqual([[], ['李雷']]);
  });

  test('by a nickname that was made, the beginning of a user name, and a whole id or phone number', async () => {
    const alice = await world.login('alice');
    const boss = await givenNamedStaff(world, 'editor');
    const made = (await users.get(world.ports.database, alice.userId)).nickname;
    const one = async (words: string) => (await search(words)).data.items.map(({ id }) => id);
    expect(await one(made.toLowerCase())).toContain(alice.userId);
    expect(await one('BOS')).toEqual([boss.userId]);
    expect(await one(alice.userId)).toEqual([alice.userId]);
    expect(await one(`${alice.userId.slice(0, -1)}0`)).toEqual([]);
    const { code } = world.weixin.phone.shareNumber('13800138000');
    await world.call(bindPhone, { code }, { token: alice.token });
    expect([await one('13800138000'), await one('1380013800'), await one('8000')]).toEqual([
      [alice.userId],
      [],
      [],
    ]);
  });

  test('everybody is found once, on pages of every size; who was taken over by another is not there', async () => {
    const ids: string[] = [];
    for (const nickname of ['小小', '小小明', '小', '大小', '小大']) {
      const who = await world.login(nickname);
      await rename(who, nickname);
      ids.push(who.userId);
    }
    for (const limit of [1, 2, 3, 50]) {
      const all = await everybody('小', limit);
      expect(all.toSorted()).toEqual(ids.toSorted());
    }
    const [gone, taker] = ids.map((id) => UserId.parse(id));
    await givenChanged(world, users, gone as UserId, { takenOverBy: taker ?? null });
    expect((await everybody('小', 2)).toSorted()).toEqual(ids.slice(1).toSorted());
    expect((await search('小', { cursor: 'x' })).code).toBe('request.invalid');
    expect((await search('小', { cursor: '0_x' })).code).toBe('request.invalid');
  });

  test('users of an older build are found once the store was migrated, which changes nothing more then', async () => {
    const now = world.clock.now();
    const id = UserId.parse(world.ports.ids.make('usr'));
    await world.ports.database.tx((tx) =>
      users.insert(tx, newUser({ id, nickname: '韩梅梅', role: 'learner', openid: null, now })),
    );
    expect(await found('梅')).toEqual([]);
    expect(await fillNames(world.ports.database)).toBeGreaterThan(0);
    expect(await found('梅')).toEqual(['韩梅梅']);
    const before = await exported(world);
    expect(await fillNames(world.ports.database)).toBe(0);
    expect(await exported(world)).toEqual(before);
  });

  test('a row says no more than a list does, and the audit log says who searched and whom they saw', async () => {
    const alice = await world.login('alice');
    await rename(alice, '小明');
    const { data } = await search('小明', { reason: '来电' });
    expect(data.items).toEqual([
      {
        ...{ id: alice.userId, nickname: '小明', role: 'learner', state: 'active' },
        createdAtMs: expect.any(Number),
      },
    ]);
    expect(await storedIn(world, 'audit')).toMatchObject([
      { action: 'user.search', target: 'users', reason: '来电', after: { shown: [alice.userId] } },
    ]);
    const editor = await givenStaff(world, 'editor');
    expect((await world.call(searchUsers, { words: '小' }, editor)).code).toBe('auth.forbidden');
  });
});
