import { cancelOrder } from '../../../functions/orders/cancelOrder.ts';
import { createOrder } from '../../../functions/orders/createOrder.ts';
import { getOrder } from '../../../functions/orders/getOrder.ts';
import { payOrder } from '../../../functions/payments/payOrder.ts';
import * as identities from '../../../shared/data/identity/identities.ts';
import * as users from '../../../shared/data/identity/users.ts';
import * as goods from '../../../shared/data/operations/goods.ts';
import * as orders from '../../../shared/data/orders/orders.ts';
import * as payments from '../../../shared/data/payments/payments.ts';
import { RAIL_GRACE_MS } from '../../../shared/domain/orders/order.ts';
import { PAY_WINDOW_MS } from '../../../shared/domain/pricing/pricing.ts';
import { fen } from '../../../shared/schemas/base.ts';
import type { OrderView } from '../../../shared/schemas/orders/order.ts';
import { WxpayPaymentView, XpayPaymentView } from '../../../shared/schemas/payments/payment.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import { givenChanged } from '../../support/given/changed.ts';
import { givenProduct } from '../../support/given/course.ts';
import { givenLiveGoods } from '../../support/given/goods.ts';
import {
  type Buyer,
  badWorld,
  givenOrder,
  newOrderId,
  orderFor,
  stored,
  storedIn,
} from '../../support/given/order.ts';
import { confirm, givenMoney, loseNotices, transactionsOf } from '../../support/given/payment.ts';
import { miniProgram } from '../../support/given/phone.ts';
import { givenXpayOrder } from '../../support/given/xpay.ts';
import { createWorld, type World } from '../../support/world.ts';

describeFunction(payOrder, () => {
  let world: World;
  let alice: Buyer;
  const pay = (orderId: string, buyer = alice) => world.call(payOrder, { orderId }, { token: buyer.token });

  beforeEach(async () => {
    world = await createWorld();
    alice = await world.login('alice');
  });
  afterEach(() => world.close());

  test('answers what the phone pays with, and the payment is known before the money comes', async () => {
    const order = await givenOrder(world, alice);
    const { data } = await pay(order.id);
    expect(await stored(world, payments.collection, order.id)).toMatchObject({
      state: 'prepaid',
      openid: alice.openid,
      amountFen: 9_900,
    });
    confirm(world, alice, data.payment);
    await world.drain();
    const { data: paid } = await world.call(getOrder, { orderId: order.id }, { token: alice.token });
    expect(paid.order.state).toBe('paid');
  });

  test('T6: asked again it signs again: the rail is asked once, however often the page is opened', async () => {
    const order = await givenOrder(world, alice);
    const open = jest.spyOn(world.ports.rails.wxpay, 'open');
    const first = await pay(order.id);
    const more = [await pay(order.id), await pay(order.id)];
    const signed = [first, ...more].map(({ data }) => WxpayPaymentView.parse(data.payment));
    expect(new Set(signed.map((payment) => payment.package)).size).toBe(1);
    expect(new Set(signed.map(({ nonceStr }) => nonceStr)).size).toBe(3);
    expect(open).toHaveBeenCalledTimes(1);
  });

  test('twenty taps at once open one payment, and it can be paid once', async () => {
    const order = await givenOrder(world, alice);
    const answers = await Promise.all(Array.from({ length: 20 }, () => pay(order.id)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    for (const { data } of answers.slice(0, 3)) confirm(world, alice, data.payment);
    await world.drain();
    expect(transactionsOf(world, order.id)).toHaveLength(1);
    expect(await stored(world, orders.collection, order.id)).toMatchObject({ state: 'paid' });
  });

  test('product.already_owned: what was bought by another order meanwhile is not paid again', async () => {
    const product = await givenProduct(world);
    const first = await givenOrder(world, alice, { product });
    const second = await givenOrder(world, alice, { product });
    await givenMoney(world, alice, first);
    await world.drain();
    expect((await pay(second.id)).code).toBe('product.already_owned');
    expect(await stored(world, payments.collection, second.id)).toMatchObject({ state: 'created' });
  });

  test('the rail stops taking the money a little later than we do', async () => {
    const open = jest.spyOn(world.ports.rails.wxpay, 'open');
    const order = await givenOrder(world, alice);
    await pay(order.id);
    expect(open.mock.calls[0]?.[0].expiresAtMs).toBe(order.expiresAtMs + RAIL_GRACE_MS);
  });

  test('pay.unavailable: the intent is written down first, and asking again opens the same payment', async () => {
    const order = await givenOrder(world, alice);
    for (const fault of ['requestLost', 'answerLost'] as const) {
      world.wechatPay.faults.next(fault);
      expect((await pay(order.id)).code).toBe('pay.unavailable');
      expect(await stored(world, payments.collection, order.id)).toMatchObject({
        state: 'created',
        openid: alice.openid,
      });
      expect((await stored(world, orders.collection, order.id)).paymentOpenedAtMs).toBe(world.clock.now());
      world.clock.advance(5_000);
    }
    confirm(world, alice, (await pay(order.id)).data.payment);
    await world.drain();
    expect(await stored(world, orders.collection, order.id)).toMatchObject({ state: 'paid' });
  });

  test('pay.openid_missing: who has no WeChat account here cannot pay with it', async () => {
    const order = await givenOrder(world, alice);
    await givenChanged(world, users, alice.userId, { openid: null });
    expect((await pay(order.id)).code).toBe('pay.openid_missing');
    expect((await stored(world, orders.collection, order.id)).paymentOpenedAtMs).toBeNull();
  });

  test.each([
    ['an Android phone in the mini-program', 'web', 'android', 'order.other_phone'],
    ['an iPhone in the mini-program', 'android', 'ios', 'order.other_phone'],
    ['an Android phone in the mini-program', 'ios', 'android', null],
  ] as const)('order.other_phone: %s pays what was priced as %s', async (_what, platform, device, code) => {
    const product = await givenProduct(world);
    await givenLiveGoods(world, product);
    const order = await givenOrder(world, alice, { product, platform });
    const answer = await world.call(
      payOrder,
      { orderId: order.id },
      { ...alice, headers: miniProgram(device) },
    );
    expect(answer.code).toBe(code);
    const { paymentOpenedAtMs } = await stored(world, orders.collection, order.id);
    expect(paymentOpenedAtMs === null).toBe(code !== null);
  });

  test('order.not_found: nobody pays, or learns of, somebody else’s order', async () => {
    const order = await givenOrder(world, alice);
    expect((await pay(order.id, await world.login('bob'))).code).toBe('order.not_found');
    expect((await pay(newOrderId(world))).code).toBe('order.not_found');
  });

  test('order.expired: it can be paid until the last millisecond of its pay window', async () => {
    const order = await givenOrder(world, alice);
    world.clock.advance(PAY_WINDOW_MS - 1);
    expect((await pay(order.id)).status).toBe(200);
    world.clock.advance(1);
    expect((await pay(order.id)).code).toBe('order.expired');
  });

  test('order.not_pending: what was cancelled is not paid', async () => {
    const order = await givenOrder(world, alice);
    await world.call(cancelOrder, { orderId: order.id }, { token: alice.token });
    expect((await pay(order.id)).code).toBe('order.not_pending');
  });

  test('order.already_paid: by money, or because it was free', async () => {
    const order = await givenOrder(world, alice);
    await givenMoney(world, alice, order);
    await world.drain();
    expect((await pay(order.id)).code).toBe('order.already_paid');
    const free = orderFor(world, [await givenProduct(world, { listFen: fen(0) })]);
    await world.call(createOrder, free, { token: alice.token });
    expect((await pay(free.orderId)).code).toBe('order.already_paid');
  });

  test('when the rail says that it was paid already, that is settled before it is answered', async () => {
    const order = await givenOrder(world, alice);
    loseNotices(world);
    const open = jest.spyOn(world.ports.rails.wxpay, 'open');
    world.wechatPay.faults.next('answerLost');
    await pay(order.id);
    // Another process asked concurrently, and its buyer paid quickly.
    const [asked] = open.mock.calls[0] ?? [];
    if (asked === undefined) throw new Error('the rail was not asked');
    const { ticket } = await world.ports.rails.wxpay.open(asked);
    const { orderId, amountFen: payableFen } = asked;
    const words = { orderId, ticket, payableFen, goods: null, sessionKey: null };
    confirm(world, alice, world.ports.rails.wxpay.request(words));
    expect((await pay(order.id)).code).toBe('order.already_paid');
    expect(await stored(world, orders.collection, order.id)).toMatchObject({ state: 'paid' });
  });

  test('on a bad day the payment is opened all the same, and never goes back', async () => {
    const bad = await badWorld(5, { conflict: 0.3, commitLost: 0.3 });
    const bea = await bad.login('bea');
    for (let count = 0; count < 5; count += 1) {
      const order = await givenOrder(bad, bea);
      await givenMoney(bad, bea, order);
      await bad.drain();
      expect(await stored(bad, payments.collection, order.id)).toMatchObject({ state: 'success' });
    }
    await bad.close();
  });

  const soldAtPlatform = async () => (await storedIn(world, 'railGoods')) as { id: string }[];
  const payXpay = (order: Pick<OrderView, 'id'>, changes: object = {}) =>
    world.call(payOrder, { orderId: order.id, ...changes }, { token: alice.token });
  const payWith = (payment: unknown) =>
    world.xpay.phone.payVirtual(
      { ...XpayPaymentView.parse(payment), openid: alice.openid, platform: 'android' },
      'confirm',
    ).errCode;

  test('product.not_on_rail: what the platform sells no more cannot be paid there', async () => {
    const order = await givenXpayOrder(world, alice);
    await world.ports.database.tx(async (tx) => {
      for (const { id } of await soldAtPlatform()) await tx.remove(goods.collection, id);
    });
    expect((await payXpay(order)).code).toBe('product.not_on_rail');
    expect(await stored(world, payments.collection, order.id)).toMatchObject({
      state: 'created',
      openid: null,
    });
  });

  describe('T34: session keys', () => {
    test('auth.session_key_ended: another login has ended the stored key; with a fresh code it is paid', async () => {
      const order = await givenXpayOrder(world, alice);
      // A login elsewhere that we have not been told of.
      const { code } = world.weixin.phone.login('alice');
      await world.ports.wechat.codeToSession(code);
      expect((await payXpay(order)).code).toBe('auth.session_key_ended');
      const fresh = world.weixin.phone.login('alice');
      const { data } = await payXpay(order, { code: fresh.code });
      expect(payWith(data.payment)).toBe(0);
      // The new session key is now the stored one.
      expect((await payXpay(order)).code).not.toBe('auth.session_key_ended');
    });

    test('two logins at once: whose code comes along signs with its own key', async () => {
      const order = await givenXpayOrder(world, alice);
      const first = world.weixin.phone.login('alice');
      const again = await world.login('alice');
      const { data } = await world.call(
        payOrder,
        { orderId: order.id, code: first.code },
        { token: again.token },
      );
      expect(payWith(data.payment)).toBe(0);
    });

    test('auth.code_invalid: a code that is used, or of somebody else', async () => {
      const order = await givenXpayOrder(world, alice);
      expect((await payXpay(order, { code: 'nobody-issued-this' })).code).toBe('auth.code_invalid');
      const bobs = world.weixin.phone.login('bob');
      expect((await payXpay(order, { code: bobs.code })).code).toBe('auth.code_invalid');
    });

    test('wechat.unavailable, auth.login_blocked: nothing is opened', async () => {
      const order = await givenXpayOrder(world, alice);
      world.weixin.faults.next('serverError');
      expect((await payXpay(order)).code).toBe('wechat.unavailable');
      world.weixin.faults.next('blocked');
      const { code } = world.weixin.phone.login('alice');
      expect((await payXpay(order, { code })).code).toBe('auth.login_blocked');
      expect(await stored(world, payments.collection, order.id)).toMatchObject({ openid: null });
    });

    test('the key is stored sealed and answered to nobody', async () => {
      const order = await givenXpayOrder(world, alice);
      const answer = await payXpay(order);
      const identity = await stored(world, identities.collection, identities.wechatId(alice.openid));
      const key = world.ports.secrets.open('session-key', identity.sessionKeySealed ?? '');
      expect(
        JSON.stringify([answer.body, identity, await storedIn(world, 'orders', 'payments')]),
      ).not.toContain(key);
    });
  });
});
