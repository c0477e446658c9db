import { bindUserName } from '../../../functions/identity/bindUserName.ts';
import { bindWechat } from '../../../functions/identity/bindWechat.ts';
import { getMe } from '../../../functions/identity/getMe.ts';
import { register } from '../../../functions/identity/register.ts';
import { createOrder } from '../../../functions/orders/createOrder.ts';
import { getCart } from '../../../functions/orders/getCart.ts';
import { putCartItem } from '../../../functions/orders/putCartItem.ts';
import { payOrder } from '../../../functions/payments/payOrder.ts';
import * as invitations from '../../../shared/data/identity/invitations.ts';
import * as users from '../../../shared/data/identity/users.ts';
import * as orders from '../../../shared/data/orders/orders.ts';
import * as points from '../../../shared/data/points/points.ts';
import { giveCoupon } from '../../../shared/flows/coupons/giveCoupon.ts';
import { DAY_MS, type UserId } from '../../../shared/schemas/base.ts';
import type { Product } from '../../../shared/schemas/catalogue/product.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import { givenChanged } from '../../support/given/changed.ts';
import { givenTemplate } from '../../support/given/coupon.ts';
import { givenProduct } from '../../support/given/course.ts';
import { givenAccess } from '../../support/given/entitlement.ts';
import { exported } from '../../support/given/export.ts';
import { givenMember } from '../../support/given/member.ts';
import { badWorld, givenOrder, orderFor, stored, storedIn } from '../../support/given/order.ts';
import { confirm } from '../../support/given/payment.ts';
import { givenPoints } from '../../support/given/points.ts';
import {
  givenBanned,
  givenNamedStaff,
  givenSecondFactor,
  givenStaffOf,
  PASSWORD,
} from '../../support/given/staff.ts';
import { createWorld, type World } from '../../support/world.ts';

describeFunction(bindWechat, () => {
  let world: World;
  let product: Product;

  const named = async (userName = 'reader') => {
    const { data } = await world.call(register, { userName, password: PASSWORD });
    return { token: data.token, userId: data.user.id, openid: '' };
  };
  const codeOf = (name: string): string => world.weixin.phone.login(name).code;
  const bind = (token: string, name: string, code = codeOf(name)) =>
    world.call(bindWechat, { code }, { token });
  const openidOf = async (userId: UserId) => (await users.find(world.ports.database, userId))?.openid;

  async function open(made: Promise<World>): Promise<void> {
    world = await made;
    product = await givenProduct(world);
  }
  beforeEach(() => open(createWorld()));
  afterEach(() => world.close());

  test('who came by name binds a WeChat that is new, and may then order and pay', async () => {
    const reader = await named();
    await expect(givenOrder(world, reader, { product })).rejects.toThrow('pay.openid_missing');
    expect((await bind(reader.token, 'alice')).data).toMatchObject({
      id: reader.userId,
      isWechatBound: true,
    });
    const order = await givenOrder(world, reader, { product });
    const { data } = await world.call(payOrder, { orderId: order.id }, reader);
    confirm(world, { ...reader, openid: world.weixin.openidOf('alice') }, data.payment);
    await world.drain();
    expect(await stored(world, orders.collection, order.id)).toMatchObject({ state: 'paid' });
    expect((await world.login('alice')).userId).toBe(reader.userId);
  });

  test('a user of that WeChat who has nothing is taken over: sessions end, the cart goes over', async () => {
    const alice = await world.login('alice');
    const other = await givenProduct(world);
    await world.call(putCartItem, { productId: product.id }, alice);
    const reader = await named();
    await world.call(putCartItem, { productId: other.id }, reader);
    expect((await bind(reader.token, 'alice')).status).toBe(200);
    expect((await world.call(getMe, {}, alice)).code).toBe('auth.required');
    expect(await users.find(world.ports.database, alice.userId)).toMatchObject({
      openid: null,
      takenOverBy: reader.userId,
    });
    expect((await world.login('alice')).userId).toBe(reader.userId);
    const { data } = await world.call(getCart, {}, reader);
    expect(data.items.map(({ productId }) => productId)).toEqual([other.id, product.id]);
    expect(await storedIn(world, 'cases')).toEqual([]);
  });

  test('who is taken over is no more: nothing is given to them, and who they invited is the taker’s friend', async () => {
    await givenTemplate(world, { audience: 'welcome' });
    const alice = await world.login('alice');
    world.clock.advance(1);
    const bob = await world.login('bob');
    await world.ports.database.tx((tx) =>
      invitations.insert(tx, {
        ...{ id: bob.userId, inviterId: alice.userId, orderId: null, isUndone: false, promised: 0 },
        ...{ dueAtMs: null, createdAtMs: world.clock.now(), updatedAtMs: world.clock.now() },
      }),
    );
    const reader = await named();
    expect((await bind(reader.token, 'alice')).status).toBe(200);
    await world.drain();
    const owners = (await storedIn(world, 'coupons')).map((coupon) => Reflect.get(Object(coupon), 'userId'));
    expect(owners.toSorted()).toEqual([bob.userId, reader.userId].toSorted());
    const { data } = await world.call(
      payOrder,
      { orderId: (await givenOrder(world, bob, { product })).id },
      bob,
    );
    confirm(world, bob, data.payment);
    await world.drain();
    expect(await points.findAccount(world.ports.database, alice.userId)).toBeNull();
    expect(await points.findAccount(world.ports.database, reader.userId)).not.toBeNull();
  });

  const own: readonly (readonly [string, (userId: UserId) => Promise<unknown>])[] = [
    ['access', (userId) => givenAccess(world, userId, product.id)],
    ['a membership', (userId) => givenMember(world, userId)],
    ['points', (userId) => givenPoints(world, userId, 10)],
    [
      'a coupon',
      async (userId) => {
        const template = await givenTemplate(world);
        const { database, clock } = world.ports;
        await database.tx((tx) => giveCoupon(tx, template, { userId, number: 1, now: clock.now() }));
      },
    ],
    ['an order', (userId) => givenOrder(world, { ...alice, userId }, { product })],
    ['a user name', () => world.call(bindUserName, { userName: 'alice.a', password: PASSWORD }, alice)],
    ['a place among the staff', (userId) => givenStaffOf(world, userId, 'editor')],
    ['been banned', (userId) => givenBanned(world, userId)],
  ];
  let alice: Awaited<ReturnType<World['login']>>;
  test.each(own)(
    'user.wechat_taken: who has %s is not taken over, loses nothing, and staff are told once',
    async (_, give) => {
      alice = await world.login('alice');
      const reader = await named();
      await give(alice.userId);
      const answers = [await bind(reader.token, 'alice'), await bind(reader.token, 'alice')];
      expect(answers.map(({ code }) => code)).toEqual(['user.wechat_taken', 'user.wechat_taken']);
      expect([await openidOf(reader.userId), await openidOf(alice.userId)]).toEqual([null, alice.openid]);
      expect(await storedIn(world, 'cases')).toMatchObject([{ kind: 'wechat_taken', userId: reader.userId }]);
    },
  );

  test('what was given before it was written down is seen, too', async () => {
    alice = await world.login('alice');
    await givenAccess(world, alice.userId, product.id);
    await givenChanged(world, users, alice.userId, { isOwner: false });
    expect((await bind((await named()).token, 'alice')).code).toBe('user.wechat_taken');
  });

  test('an order at the same moment: either it is placed, or its user is taken over, never both', async () => {
    const outcomes = new Set<string>();
    for (let wait = 0; wait <= 120; wait += 5) {
      const [buyer, reader] = [await world.login(`buyer${wait}`), await named(`reader${wait}`)];
      const code = codeOf(`buyer${wait}`);
      const after = async <T>(turns: number, call: () => Promise<T>): Promise<T> => {
        for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
        return call();
      };
      const [bound, placed] = await Promise.all([
        after(wait, () => bind(reader.token, '', code)),
        after(120 - wait, () => world.call(createOrder, orderFor(world, [product]), buyer)),
      ]);
      expect([bound.status, placed.status].toSorted()).toEqual(
        bound.status === 200 ? [200, 401] : [200, 409],
      );
      expect(
        (await orders.ofUser(world.ports.database, buyer.userId, { state: null, limit: 1, cursor: null }))
          .items,
      ).toHaveLength(placed.status === 200 ? 1 : 0);
      outcomes.add(bound.status === 200 ? 'taken over' : 'placed');
    }
    expect(outcomes).toEqual(new Set(['taken over', 'placed']));
  });

  test('two who bind one WeChat at once: one has it, and the other is refused', async () => {
    const [first, second] = [await named('first'), await named('second')];
    const answers = await Promise.all([bind(first.token, 'alice'), bind(second.token, 'alice')]);
    const having = [await openidOf(first.userId), await openidOf(second.userId)];
    expect(having.filter((openid) => openid !== null)).toHaveLength(
      answers.filter(({ status }) => status === 200).length,
    );
    const { userId } = await world.login('alice');
    expect(await openidOf(userId)).not.toBeNull();
    expect(having.filter((openid) => openid !== null)).toHaveLength(1);
  });

  test('conflicts and lost answers bind it once', async () => {
    await world.close();
    await open(badWorld(5, { conflict: 0.2, commitLost: 0.3 }));
    await world.login('alice');
    const reader = await named();
    const code = codeOf('alice');
    // WeChat accepts a code once. A second try with it comes from a phone whose first answer was lost.
    const session = await world.ports.wechat.codeToSession(code);
    Object.assign(world.ports.wechat, { codeToSession: async () => session });
    for (let time = 0; time < 3; time += 1) expect((await bind(reader.token, '', code)).status).toBe(200);
    expect(await openidOf(reader.userId)).toBe(session.openid);
  });

  test('the same WeChat again is answered like the first time, with its newest session key', async () => {
    const reader = await named();
    const first = await bind(reader.token, 'alice');
    world.clock.advance(DAY_MS);
    expect((await bind(reader.token, 'alice')).data).toEqual(first.data);
    expect(await storedIn(world, 'identities')).toHaveLength(2);
  });

  test('user.wechat_bound: another one beside it is refused, and changes nothing', async () => {
    const reader = await named();
    await bind(reader.token, 'alice');
    const before = await exported(world);
    expect((await bind(reader.token, 'bob')).code).toBe('user.wechat_bound');
    expect(await exported(world)).toEqual(before);
  });

  test('auth.code_invalid: what is no code, and one that has logged in; nothing changes', async () => {
    const reader = await named();
    const code = codeOf('alice');
    const before = await exported(world);
    expect((await bind(reader.token, '', 'made-up')).code).toBe('auth.code_invalid');
    const session = await world.ports.wechat.codeToSession(code);
    Object.assign(world.ports.wechat, { codeToSession: async () => session });
    expect(await exported(world)).toEqual(before);
    const { login } = await import('../../../functions/identity/login.ts');
    await world.call(login, { code });
    expect((await bind(reader.token, '', code)).code).toBe('auth.code_invalid');
    expect(await openidOf(reader.userId)).toBeNull();
  });

  test('auth.second_factor_required: a session without the factor adds no way in', async () => {
    const boss = await givenNamedStaff(world, 'admin');
    await givenSecondFactor(world, boss);
    const { openSession } = await import('../../../shared/flows/identity/openSession.ts');
    const { token } = await openSession(world.ports, { now: world.clock.now(), device: null }, (tx) =>
      users.get(tx, boss.userId),
    );
    expect((await bind(token, 'alice')).code).toBe('auth.second_factor_required');
  });

  test.each([
    ['blocked', 'auth.login_blocked'],
    ['down', 'wechat.unavailable'],
  ] as const)('%s: %s is passed on', async (_, code) => {
    const reader = await named();
    const { fail } = await import('../../../shared/errors.ts');
    Object.assign(world.ports.wechat, {
      codeToSession: async () => {
        throw fail(code);
      },
    });
    expect((await bind(reader.token, 'alice')).code).toBe(code);
  });

  test('request.too_many: an eleventh in a quarter of an hour; request.invalid: no code', async () => {
    const reader = await named();
    expect((await world.call(bindWechat, { code: '' }, reader)).code).toBe('request.invalid');
    for (let time = 0; time < 10; time += 1) await bind(reader.token, '', 'made-up');
    expect((await bind(reader.token, 'alice')).code).toBe('request.too_many');
  });
});
