import { bindPhone } from '../../../functions/identity/bindPhone.ts';
import { getMe } from '../../../functions/identity/getMe.ts';
import { register } from '../../../functions/identity/register.ts';
import { unbindPhone } from '../../../functions/identity/unbindPhone.ts';
import * as users from '../../../shared/data/identity/users.ts';
import { maskedPhone } from '../../../shared/domain/identity/user.ts';
import { MINUTE_MS } from '../../../shared/schemas/base.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import { exported } from '../../support/given/export.ts';
import { type Buyer, stored } from '../../support/given/order.ts';
import { PASSWORD } from '../../support/given/staff.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
let alice: Buyer;
const NUMBER = '13800138000';
const codeOf = (number = NUMBER): string => world.weixin.phone.shareNumber(number).code;
const bind = (code = codeOf(), { token } = alice) => world.call(bindPhone, { code }, { token });

beforeEach(async () => {
  world = await createWorld();
  alice = await world.login('alice');
});
afterEach(() => world.close());

describeFunction(bindPhone, () => {
  test('the number is sealed, found by its digest, shown masked, and stands nowhere in the clear', async () => {
    const { data } = await bind();
    expect(data).toMatchObject({ id: alice.userId, phoneMasked: '138****8000' });
    expect((await world.call(getMe, {}, alice)).data.phoneMasked).toBe('138****8000');
    const user = await stored(world, users.collection, alice.userId);
    const { secrets, database } = world.ports;
    expect(secrets.open('phone', user.phoneSealed ?? '')).toBe(`86 ${NUMBER}`);
    const found = await users.ofPhone(database, secrets.digest('phone', `86 ${NUMBER}`));
    expect(found.map(({ id }) => id)).toEqual([alice.userId]);
    expect(JSON.stringify([await exported(world), world.logs, data])).not.toContain(NUMBER);
  });

  test('another number takes the place of the one before; the same once more changes nothing', async () => {
    await bind();
    const before = await exported(world);
    expect((await bind()).status).toBe(200);
    expect(await exported(world)).toEqual(before);
    expect((await bind(codeOf('13911112222'))).data.phoneMasked).toBe('139****2222');
    const digest = world.ports.secrets.digest('phone', `86 ${NUMBER}`);
    expect(await users.ofPhone(world.ports.database, digest)).toEqual([]);
  });

  test('phone.code_invalid: a code works once, for five minutes, and a login code is none', async () => {
    const [used, old] = [codeOf(), codeOf()];
    await bind(used);
    world.clock.advance(6 * MINUTE_MS);
    const before = await exported(world);
    for (const code of [used, old, 'made-up', world.weixin.phone.login('alice').code]) {
      expect((await bind(code)).code).toBe('phone.code_invalid');
    }
    expect(await exported(world)).toEqual(before);
  });

  test('phone.wechat_missing: who has not bound WeChat is asked to, and WeChat is not asked', async () => {
    const { data } = await world.call(register, { userName: 'reader', password: PASSWORD });
    const ask = jest.spyOn(world.ports.wechat, 'phoneNumber');
    expect((await bind('any', { ...alice, token: data.token })).code).toBe('phone.wechat_missing');
    expect(ask).not.toHaveBeenCalled();
  });

  test('wechat.unavailable: nothing changes', async () => {
    const before = await exported(world);
    const code = codeOf();
    world.weixin.faults.shares.serverError = 1;
    expect((await bind(code)).code).toBe('wechat.unavailable');
    expect(await exported(world)).toEqual(before);
  });

  test('request.too_many: an eleventh in a quarter of an hour', async () => {
    for (let time = 0; time < 10; time += 1) await bind('made-up');
    expect((await bind()).code).toBe('request.too_many');
  });

  test('a number too short to be told apart is hidden whole', () => {
    expect(maskedPhone('1234567')).toBe('****');
  });
});

describeFunction(unbindPhone, () => {
  test('nothing of the number stays, once or twice', async () => {
    await bind();
    for (let time = 0; time < 2; time += 1) {
      expect((await world.call(unbindPhone, {}, alice)).data.phoneMasked).toBeNull();
    }
    const user = await stored(world, users.collection, alice.userId);
    expect([user.phoneSealed, user.phoneDigest, user.phoneMasked]).toEqual([null, null, null]);
  });

  test('auth.required', async () => {
    expect((await world.call(unbindPhone, {})).code).toBe('auth.required');
  });
});
