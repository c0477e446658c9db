import { findUser } from '../../../../functions/admin/identity/findUser.ts';
import { bindPhone } from '../../../../functions/identity/bindPhone.ts';
import { describeFunction } from '../../../support/describeFunction.ts';
import { storedIn } from '../../../support/given/order.ts';
import { givenNamedStaff, givenStaff, type Staff } from '../../../support/given/staff.ts';
import { createWorld, type World } from '../../../support/world.ts';

describeFunction(findUser, () => {
  let world: World;
  let support: Staff;
  const find = (by: object) => world.call(findUser, { by, reason: '对账' }, { token: support.token });

  beforeEach(async () => {
    world = await createWorld();
    support = await givenStaff(world, 'support');
  });
  afterEach(() => world.close());

  test('P7: by the whole openid or user name, and the audit log says who looked, and why', async () => {
    const alice = await world.login('alice');
    const boss = await givenNamedStaff(world, 'editor');
    expect((await find({ openid: `${alice.openid}\u200b ` })).data.user.id).toBe(alice.userId);
    expect((await find({ userName: ' ＢＯＳＳ\u200b' })).data.user.id).toBe(boss.userId);
    expect(await storedIn(world, 'audit')).toMatchObject([
      { action: 'user.find', target: alice.userId, reason: '对账' },
      { action: 'user.find', target: boss.userId },
    ]);
  });

  test('by phone number, with who else has bound the same', async () => {
    const family = [await world.login('alice'), await world.login('bob')];
    for (const { token } of family) {
      const { code } = world.weixin.phone.shareNumber('13800138000');
      expect((await world.call(bindPhone, { code }, { token })).status).toBe(200);
    }
    const ids = family.map(({ userId }) => userId);
    const { user, samePhoneIds } = (await find({ phone: ' 13800138000\u200b' })).data;
    expect([user.id, ...samePhoneIds].toSorted()).toEqual(ids.toSorted());
    expect((await find({ phone: '13800138001' })).code).toBe('user.not_found');
    expect((await find({ phone: '1380013800' })).code).toBe('request.invalid');
  });

  test('user.not_found, also for a part of what somebody is called', async () => {
    const alice = await world.login('alice');
    expect((await find({ openid: alice.openid.slice(0, 10) })).code).toBe('user.not_found');
    expect((await find({ userName: 'bos' })).code).toBe('user.not_found');
    expect(await storedIn(world, 'audit')).toEqual([]);
  });

  test('request.invalid for two at once, none, and operators', async () => {
    const both = { openid: 'oABCDEFGH', userName: 'boss' };
    for (const by of [both, {}, { openid: { $ne: null } }, { nickname: 'x' }]) {
      expect((await find(by)).code).toBe('request.invalid');
    }
  });
});
