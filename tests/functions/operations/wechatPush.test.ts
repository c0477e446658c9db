import { createRefund } from '../../../functions/admin/refunds/createRefund.ts';
import { checkInvariants } from '../../../functions/operations/checkInvariants.ts';
import { wechatPush } from '../../../functions/operations/wechatPush.ts';
import { syncPayments } from '../../../functions/payments/syncPayments.ts';
import { wechatPush as plainPush } from '../../../shared/adapters/wechat/push.ts';
import { aesKeyOf, pushSignature, sealPush } from '../../../shared/adapters/wechat/seal.ts';
import { consumers } from '../../../shared/consumers.ts';
import * as entitlements from '../../../shared/data/access/entitlements.ts';
import * as usages from '../../../shared/data/access/usages.ts';
import * as orders from '../../../shared/data/orders/orders.ts';
import * as evidence from '../../../shared/data/refunds/evidence.ts';
import { takeBackByPlatform } from '../../../shared/flows/refunds/platformRefund.ts';
import { entitlementId } from '../../../shared/schemas/access/entitlement.ts';
import { ProductId, SECOND_MS } from '../../../shared/schemas/base.ts';
import type { OrderView } from '../../../shared/schemas/orders/order.ts';
import type { Receipt } from '../../../shared/schemas/payments/payment.ts';
import { audited } from '../../support/audited.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import { givenChanged } from '../../support/given/changed.ts';
import { type Buyer, givenOrder, newOrderId, stored, storedIn } from '../../support/given/order.ts';
import { passMinutes } from '../../support/given/payment.ts';
import { askBack, newRefundId } from '../../support/given/refund.ts';
import { givenStaff } from '../../support/given/staff.ts';
import { givenXpayOrder, pass, payVirtually, virtualMoneyOf } from '../../support/given/xpay.ts';
import { keys } from '../../support/keys.ts';
import { createWorld, type World } from '../../support/world.ts';

const DELIVERY = 'xpay_goods_deliver_notify';
const INQUIRY = 'xpay_subscribe_ios_refund_query_notify';
/** The collections that a payment can change. */
const BOOKS = ['orders', 'payments', 'receipts', 'refunds', 'entitlements', 'tasks'];

describeFunction(wechatPush, () => {
  let world: World;
  let alice: Buyer;
  let order: OrderView;
  const stateOf = async () => (await stored(world, orders.collection, order.id)).state;
  const told = (event: string, words: Readonly<Record<string, unknown>>) => world.xpay.push.ask(event, words);
  const delivery = (orderNumber: string) => ({
    OpenId: alice.openid,
    OutTradeNo: orderNumber,
    Env: 0,
    WeChatPayInfo: { MchOrderNo: orderNumber, TransactionId: '4500000001', PaidTime: 1_795_000_000 },
    GoodsInfo: { ProductId: 'p', Quantity: 1, OrigPrice: 9_900, ActualPrice: 9_900, Attach: '' },
  });
  const rail = () => {
    const { xpay } = world.ports.rails;
    if (xpay === null) throw new Error('no rail');
    return xpay;
  };
  const raw = (rawBody: string, query: Readonly<Record<string, string>> = {}) =>
    world.call(wechatPush, { rawBody, query });
  /** WeChat's push, called directly so that the test sees the error code. */
  const genuine = (event: string, words: Readonly<Record<string, unknown>>) => {
    const text = JSON.stringify({ MsgType: 'event', Event: event, ...words });
    const key = aesKeyOf(keys.pushAesKey);
    const Encrypt = sealPush(key, { text, appid: keys.appid, salt: '0123456789abcdef' });
    const [timestamp, nonce] = ['1795000000', '1'];
    const signature = pushSignature(keys.pushToken, timestamp, nonce, Encrypt);
    return raw(JSON.stringify({ Encrypt }), { timestamp, nonce, msg_signature: signature });
  };

  beforeEach(async () => {
    world = await createWorld();
    alice = await world.login('alice');
    order = await givenXpayOrder(world, alice);
  });
  afterEach(() => world.close());

  describe('a delivery', () => {
    test.each([
      ['safe', 'json'],
      ['safe', 'xml'],
    ] as const)(
      'that was paid is settled, with everything that belongs to it (%s, %s)',
      async (mode, format) => {
        world.xpay.push.mode = mode;
        world.xpay.push.format = format;
        const provide = jest.spyOn(rail(), 'provide');
        expect(await payVirtually(world, alice, order)).toBe(0);
        await world.drain();
        expect(await stateOf()).toBe('paid');
        const [money] = virtualMoneyOf(world, order.id);
        expect(money?.providedAtMs).toBe(world.clock.now());
        expect(provide).not.toHaveBeenCalled();
        expect(await storedIn(world, 'receipts')).toMatchObject([
          { id: `xpay:${money?.transactionId}`, orderId: order.id, amountFen: 9_900, kind: 'settled' },
        ]);
        expect(await storedIn(world, 'entitlements')).toHaveLength(1);
      },
    );

    test('that nobody paid grants nothing, however genuine it is, and is to be pushed again', async () => {
      const before = await storedIn(world, ...BOOKS);
      expect((await told(DELIVERY, delivery(order.id)))?.words).toMatchObject({ ErrCode: 1 });
      expect(await storedIn(world, ...BOOKS)).toEqual(before);
    });

    test('that is faster than the platform’s own answer is pushed until they agree, within 15 seconds', async () => {
      world.xpay.faults.shares.statusLag = 1;
      await payVirtually(world, alice, order);
      await world.drain();
      expect(await stateOf()).toBe('pending');
      await pass(world, 15 * SECOND_MS);
      expect(await stateOf()).toBe('paid');
    });

    test('that never arrives is found by asking, and the platform is told that it was delivered', async () => {
      world.xpay.faults.shares.lose = 1;
      await payVirtually(world, alice, order);
      await pass(world, 30 * SECOND_MS);
      expect(virtualMoneyOf(world, order.id)).toMatchObject([{ providedAtMs: null }]);
      await world.run(syncPayments);
      expect(await stateOf()).toBe('paid');
      expect(virtualMoneyOf(world, order.id)).toMatchObject([{ providedAtMs: world.clock.now() }]);
    });

    test('that was found by asking, where the platform could not be told, is told when it pushes', async () => {
      world.xpay.faults.shares.delay = 1;
      await payVirtually(world, alice, order);
      await pass(world, 30 * SECOND_MS);
      jest.spyOn(rail(), 'provide').mockRejectedValueOnce(new Error('no answer'));
      await world.run(syncPayments);
      expect(await stateOf()).toBe('paid');
      expect(virtualMoneyOf(world, order.id)).toMatchObject([{ providedAtMs: null }]);
      await pass(world, 20 * 60 * SECOND_MS);
      expect(virtualMoneyOf(world, order.id)).toMatchObject([{ providedAtMs: expect.any(Number) }]);
    });

    test('that comes sixteen times has its effects once', async () => {
      await payVirtually(world, alice, order);
      await world.drain();
      const before = await storedIn(world, ...BOOKS);
      for (let n = 0; n < 15; n += 1)
        expect((await told(DELIVERY, delivery(order.id)))?.words).toMatchObject({ ErrCode: 0 });
      expect(await storedIn(world, ...BOOKS)).toEqual(before);
    });

    test('of an order that we do not know is written down once, and is to be pushed again', async () => {
      for (const number of [newOrderId(world), 'C20261122ABCDEFG1']) {
        expect((await told(DELIVERY, delivery(number)))?.words).toMatchObject({ ErrCode: 1 });
        expect((await told(DELIVERY, delivery(number)))?.words).toMatchObject({ ErrCode: 1 });
      }
      expect(await storedIn(world, 'paymentExceptions')).toMatchObject([
        { kind: 'unknown_order', transactionId: '4500000001', receivedFen: 0 },
        { kind: 'unknown_order', transactionId: '4500000001', receivedFen: 0 },
      ]);
    });

    test('of an order by another rail is of none of ours', async () => {
      const other = await givenOrder(world, alice);
      const words = { ErrCode: 1, ErrMsg: 'unknown order' };
      expect((await told(DELIVERY, delivery(other.id)))?.words).toMatchObject(words);
    });

    test('with money that is wrong is taken, and written down for staff', async () => {
      world.xpay.faults.shares.otherAmount = 1;
      await payVirtually(world, alice, order);
      await world.drain();
      expect(await stateOf()).toBe('pending');
      expect(await storedIn(world, 'paymentExceptions')).toMatchObject([{ kind: 'amount_mismatch' }]);
      expect(world.xpay.push.records.filter(({ isTaken }) => isTaken)).toHaveLength(1);
    });
  });

  describe('what somebody else wrote', () => {
    test.each(['rewritten', 'unsigned'] as const)('notice.signature_invalid: %s', async (kind) => {
      const push = { event: DELIVERY, orderNumber: order.id, words: () => delivery(order.id) };
      const query = jest.spyOn(rail(), 'query');
      expect(await world.xpay.push.deliver(push, kind)).toBe(false);
      expect(world.xpay.push.records.at(-1)?.status).toBe(401);
      expect(query).not.toHaveBeenCalled();
    });

    test('notice.signature_invalid: no query, no body', async () => {
      expect((await raw('')).code).toBe('notice.malformed');
      expect((await raw('{}')).code).toBe('notice.signature_invalid');
    });

    test('notice.malformed: genuine, and without what it is about', async () => {
      for (const [event, words] of [
        [DELIVERY, {}],
        [DELIVERY, { OutTradeNo: '' }],
        [DELIVERY, { OutTradeNo: { $ne: null } }],
        ['xpay_refund_notify', { MchOrderId: 'x'.repeat(65) }],
        ['xpay_complaint_notify', { MchOrderId: order.id }],
        [INQUIRY, { pay_order_id: [order.id] }],
      ] as const)
        expect((await told(event, words))?.status).toBe(400);
    });
  });

  test('a genuine push of a kind that nobody knows is logged, counted and answered as taken', async () => {
    const before = await storedIn(world, ...BOOKS);
    for (const count of [1, 2]) {
      expect(await genuine('brand_new_notify', { Anything: {} })).toMatchObject({
        status: 200,
        body: 'success',
      });
      const told = { level: 'warn', unknownEvent: 'brand_new_notify', platform: 'wechat', count };
      expect(world.logs).toContainEqual(expect.objectContaining(told));
    }
    expect(await storedIn(world, ...BOOKS)).toEqual(before);
  });

  test('pay.unavailable: the platform does not answer; the push comes again, and all is well', async () => {
    await payVirtually(world, alice, order);
    world.xpay.faults.next('requestLost');
    await world.drain();
    expect(world.xpay.push.records.map(({ status }) => status)).toEqual([503]);
    await pass(world, 2 * SECOND_MS);
    expect(world.xpay.push.records.map(({ status }) => status)).toEqual([503, 200]);
    expect(await stateOf()).toBe('paid');
    world.xpay.faults.next('busy');
    expect((await genuine(DELIVERY, delivery(order.id))).code).toBe('pay.unavailable');
  });

  test.each(['trade_manage_remind_shipping', 'xpay_coin_pay_notify', 'constructor', '__proto__', ''])(
    'a kind that we have no use for is taken: %j',
    async (event) => {
      expect(await told(event, { OutTradeNo: order.id })).toEqual({ status: 200, words: { ErrCode: 0 } });
    },
  );

  test('route.not_found: a shop to which nothing is pushed', async () => {
    Object.assign(world.ports, { push: null });
    expect((await raw('{}')).code).toBe('route.not_found');
  });

  describe('a complaint', () => {
    test('becomes one case, however often it is pushed, and another one when the buyer complains again', async () => {
      await payVirtually(world, alice, order);
      world.xpay.faults.shares.duplicate = 1;
      world.xpay.phone.complain(order.id);
      await pass(world, 5 * SECOND_MS);
      const [money] = virtualMoneyOf(world, order.id);
      const open = { kind: 'complaint', state: 'open', orderId: order.id, userId: alice.userId };
      const found = await storedIn(world, 'cases');
      expect(found).toMatchObject([{ ...open, transactionId: money?.transactionId }]);
      expect(world.xpay.push.records.filter(({ isTaken }) => !isTaken)).toEqual([]);
      world.xpay.phone.complain(order.id);
      await pass(world, 5 * SECOND_MS);
      expect(await storedIn(world, 'cases')).toHaveLength(2);
    });

    test('about an order that we do not know becomes a case too', async () => {
      const words = { MchOrderId: 'C2026', WxOrderId: 'XP9', ComplaintTime: 1_795_000_000 };
      expect((await told('xpay_complaint_notify', words))?.words).toMatchObject({ ErrCode: 0 });
      expect(await storedIn(world, 'cases')).toMatchObject([{ orderId: null, transactionId: 'XP9' }]);
    });
  });

  describe('money that went back', () => {
    /** What the platform says about a successful payment. */
    async function paidNews(orderId: OrderView['id']) {
      const state = await rail().query({ orderId, openid: alice.openid });
      if (state.state !== 'success') throw new Error('not paid');
      return state;
    }

    test('of a second payment is settled when the platform pushes, not when it accepted', async () => {
      world.xpay.faults.shares.doublePay = 1;
      world.xpay.faults.shares.secondShown = 1;
      await payVirtually(world, alice, order);
      await pass(world, 3 * 60 * SECOND_MS);
      expect(virtualMoneyOf(world, order.id)).toHaveLength(2);
      expect(await storedIn(world, 'refunds')).toMatchObject([
        { reason: 'second_payment', state: 'success', refundFen: 9_900 },
      ]);
      expect(
        virtualMoneyOf(world, order.id)
          .map(({ leftFen }) => leftFen)
          .sort(),
      ).toEqual([0, 9_900]);
      expect(await storedIn(world, 'cases')).toEqual([]);
      expect(await storedIn(world, 'entitlements')).toHaveLength(1);
    });

    test('by Apple takes back what the order gave, at once and once, however often it is pushed', async () => {
      const other = await givenXpayOrder(world, alice, { platform: 'ios' });
      await payVirtually(world, alice, other, 'ios');
      await world.drain();
      const id = entitlementId(alice.userId, ProductId.parse(other.lines[0]?.productId));
      expect(await stored(world, entitlements.collection, id)).toMatchObject({
        sources: [{ state: 'active' }],
      });
      world.xpay.faults.shares.duplicate = 1;
      world.xpay.apple.refund(other.id);
      await pass(world, 5 * SECOND_MS);
      const back = { reason: 'platform', state: 'success', refundFen: 9_900, orderId: other.id };
      expect(await storedIn(world, 'refunds')).toMatchObject([back]);
      expect(await stored(world, entitlements.collection, id)).toMatchObject({
        sources: [{ state: 'revoked' }],
      });
      expect(await stored(world, orders.collection, other.id)).toMatchObject({ refundedFen: 9_900 });
      const books = await storedIn(world, ...BOOKS, 'journal', 'pointsEntries');
      const words = { MchOrderId: other.id, MchRefundId: '', WxOrderId: 'XP9', RetCode: 0 };
      for (let n = 0; n < 5; n += 1)
        expect((await told('xpay_refund_notify', words))?.words).toMatchObject({ ErrCode: 0 });
      const [{ transactionId = '' } = {}] = virtualMoneyOf(world, other.id);
      const again = { orderId: other.id, rail: 'xpay', transactionId, refundFen: null } as const;
      const now = world.clock.now();
      await Promise.all([1, 2, 3].map(() => takeBackByPlatform(world.ports, again, now)));
      expect(await storedIn(world, ...BOOKS, 'journal', 'pointsEntries')).toEqual(books);
    });

    test('by the platform after a part of it went back by us takes back the rest', async () => {
      const { token } = await givenStaff(world, 'finance');
      await payVirtually(world, alice, order);
      await pass(world, 60 * SECOND_MS);
      const lines = [{ productId: order.lines[0]?.productId ?? '', refundFen: 100, takesAccess: false }];
      const asked = { orderId: order.id, refundId: newRefundId(world), lines, reason: '补偿' };
      await world.call(createRefund, asked, { token });
      await pass(world, 3 * 60 * SECOND_MS);
      const ours = { reason: 'staff', state: 'success', refundFen: 100 };
      expect(await storedIn(world, 'refunds')).toMatchObject([ours]);
      const state = await paidNews(order.id);
      const back = { state: 'success', news: { ...state.news, hasRefunds: true, isAllBack: true } } as const;
      jest.spyOn(rail(), 'query').mockResolvedValue(back);
      const words = { MchOrderId: order.id, MchRefundId: '', WxOrderId: 'XP9', RetCode: 0 };
      expect((await told('xpay_refund_notify', words))?.words).toMatchObject({ ErrCode: 0 });
      expect(await storedIn(world, 'refunds')).toEqual(
        expect.arrayContaining([
          expect.objectContaining(ours),
          expect.objectContaining({ reason: 'platform', state: 'success', refundFen: 9_800 }),
        ]),
      );
      expect(await storedIn(world, 'entitlements')).toMatchObject([{ sources: [{ state: 'revoked' }] }]);
      expect(await stored(world, orders.collection, order.id)).toMatchObject({ refundedFen: 9_900 });
    });

    test('as a part, or not for good yet, takes nothing from the buyer', async () => {
      await payVirtually(world, alice, order);
      await pass(world, 60 * SECOND_MS);
      const state = await paidNews(order.id);
      const back = { state: 'success', news: { ...state.news, hasRefunds: true, isAllBack: false } } as const;
      jest.spyOn(rail(), 'query').mockResolvedValue(back);
      const words = { MchOrderId: order.id, MchRefundId: '', WxOrderId: 'XP9', RetCode: 0 };
      expect((await told('xpay_refund_notify', words))?.words).toMatchObject({ ErrCode: 0 });
      expect(await storedIn(world, 'refunds')).toEqual([]);
      expect(await storedIn(world, 'entitlements')).toMatchObject([{ sources: [{ state: 'active' }] }]);
    });

    test('under a number that the platform cannot be asked about is taken, and it is asked nothing of it', async () => {
      await payVirtually(world, alice, order);
      await pass(world, 60 * SECOND_MS);
      const queried = jest.spyOn(rail(), 'queryRefund');
      for (const MchRefundId of ['R1', 'a refund by hand', 'x'.repeat(33), 7]) {
        const words = { MchOrderId: order.id, MchRefundId, WxOrderId: 'XP9', RetCode: 0 };
        expect((await told('xpay_refund_notify', words))?.words).toMatchObject({ ErrCode: 0 });
      }
      expect(queried).not.toHaveBeenCalled();
      expect(await storedIn(world, 'refunds', 'cases')).toEqual([]);
    });

    test('by Apple, of what we could not give back ourselves, ends our refund with all that goes with it', async () => {
      await payVirtually(world, alice, order, 'ios');
      await pass(world, 60 * SECOND_MS);
      // As if the news of the payment had not said that Apple took the money.
      await givenChanged(world, orders, order.id, { platform: 'android' });
      expect((await askBack(world, alice, order, 9_900)).status).toBe(200);
      await passMinutes(world, 10, syncPayments);
      expect(await storedIn(world, 'refunds')).toMatchObject([{ reason: 'buyer', state: 'abnormal' }]);
      world.xpay.apple.refund(order.id);
      await pass(world, 60 * SECOND_MS);
      expect(await storedIn(world, 'refunds')).toMatchObject([
        { reason: 'buyer', state: 'closed', refundFen: 9_900, pointsTaken: 0 },
        { reason: 'platform', state: 'success', refundFen: 9_900, pointsTaken: 99 },
      ]);
      expect(await storedIn(world, 'cases')).toMatchObject([{ kind: 'refund_abnormal' }]);
      expect(await stored(world, orders.collection, order.id)).toMatchObject({
        refundingFen: 0,
        refundedFen: 9_900,
      });
      expect(await world.run(checkInvariants)).not.toHaveProperty(['check.wrong']);
    });

    test('by Apple of a second payment takes nothing from the buyer', async () => {
      const other = await givenXpayOrder(world, alice, { platform: 'ios' });
      world.xpay.faults.shares.doublePay = 1;
      world.xpay.faults.shares.secondShown = 1;
      await payVirtually(world, alice, other, 'ios');
      await pass(world, 60 * SECOND_MS);
      expect(await storedIn(world, 'cases')).toMatchObject([{ kind: 'second_payment' }]);
      const state = await paidNews(other.id);
      const back = { state: 'success', news: { ...state.news, hasRefunds: true, isAllBack: true } } as const;
      jest.spyOn(rail(), 'query').mockResolvedValue(back);
      const words = { MchOrderId: other.id, MchRefundId: '', WxOrderId: 'XP9', RetCode: 0 };
      for (let n = 0; n < 2; n += 1)
        expect((await told('xpay_refund_notify', words))?.words).toMatchObject({ ErrCode: 0 });
      expect(await storedIn(world, 'refunds')).toMatchObject([
        { reason: 'platform', lines: [], refundFen: 9_900 },
      ]);
      expect(await stored(world, orders.collection, other.id)).toMatchObject({
        state: 'paid',
        refundedFen: 0,
      });
    });

    describe('of an order that was paid twice', () => {
      let twice: OrderView;
      /** The receipts of both payments. The first one paid the order. */
      let payments: readonly Receipt[];

      beforeEach(async () => {
        twice = await givenXpayOrder(world, alice, { platform: 'ios' });
        world.xpay.faults.shares.doublePay = 1;
        world.xpay.faults.shares.secondShown = 1;
        await payVirtually(world, alice, twice, 'ios');
        await pass(world, 60 * SECOND_MS);
        const came = (await storedIn(world, 'receipts')) as Receipt[];
        payments = came.sort((left) => (left.kind === 'settled' ? -1 : 1));
        expect(payments).toMatchObject([{ kind: 'settled' }, { kind: 'second' }]);
      });

      const takeBack = (n: number) => {
        const { transactionId = '' } = payments[n] ?? {};
        const back = { orderId: twice.id, rail: 'xpay', transactionId, refundFen: null } as const;
        return takeBackByPlatform(world.ports, back, world.clock.now());
      };
      const rest = async () => {
        const { findings, balances } = await audited(world.ports.database);
        expect(findings).toEqual([]);
        expect(await world.run(checkInvariants)).not.toHaveProperty(['check.wrong']);
        const [{ sources }] = (await storedIn(world, 'entitlements')) as [{ sources: { state: string }[] }];
        const { refundedFen } = await stored(world, orders.collection, twice.id);
        const of = (name: string) => balances[name] ?? 0;
        return { access: sources[0]?.state, refundedFen, cash: of('cash:xpay'), credit: of('liab:credit') };
      };
      const none = { access: 'revoked', refundedFen: 9_900, cash: 0, credit: 0 };

      test.each([
        [0, 1],
        [1, 0],
      ])(
        'the first that goes back (payment %i) is the one too many, the other pays for it',
        async (...order) => {
          expect(await rest()).toEqual({ access: 'active', refundedFen: 0, cash: 19_800, credit: -9_900 });
          for (let times = 0; times < 2; times += 1) await takeBack(order[0]);
          expect(await rest()).toEqual({ access: 'active', refundedFen: 0, cash: 9_900, credit: 0 });
          for (let times = 0; times < 2; times += 1) await takeBack(order[1]);
          expect(await rest()).toEqual(none);
          expect(await storedIn(world, 'refunds')).toHaveLength(2);
        },
      );

      test('both at once leave nothing', async () => {
        await Promise.all([takeBack(0), takeBack(1), takeBack(0), takeBack(1)]);
        expect(await rest()).toEqual(none);
      });
    });

    test('before we heard that it came grants nothing, and is written down', async () => {
      const other = await givenXpayOrder(world, alice, { platform: 'ios' });
      world.xpay.faults.next('lose');
      await payVirtually(world, alice, other, 'ios');
      world.xpay.apple.refund(other.id);
      await pass(world, 2 * SECOND_MS);
      expect(await stored(world, orders.collection, other.id)).toMatchObject({ state: 'pending' });
      expect(await storedIn(world, 'refunds', 'entitlements')).toEqual([]);
      expect(await storedIn(world, 'paymentExceptions')).toMatchObject([{ kind: 'refunded_at_rail' }]);
    });

    test('of an order that nobody knows is to be pushed again', async () => {
      const words = { MchOrderId: newOrderId(world), MchRefundId: '', WxOrderId: 'XP9', RetCode: 0 };
      expect((await told('xpay_refund_notify', words))?.words).toMatchObject({ ErrCode: 1 });
    });

    test('that the platform knows nothing of takes nothing back', async () => {
      await payVirtually(world, alice, order);
      await world.drain();
      const words = { MchOrderId: order.id, MchRefundId: '', WxOrderId: 'XP9', RetCode: 0, RefundFee: 9_900 };
      const before = await storedIn(world, ...BOOKS, 'cases');
      expect((await told('xpay_refund_notify', words))?.words).toMatchObject({ ErrCode: 0 });
      expect(await storedIn(world, ...BOOKS, 'cases')).toEqual(before);
    });
  });

  describe('Apple’s question', () => {
    const ask = async (orderNumber: string = order.id) => {
      const words = { pay_order_id: orderNumber, refund_time: '1795000000', provide_status: '1' };
      return (await told(INQUIRY, words))?.words;
    };

    beforeEach(async () => {
      order = await givenXpayOrder(world, alice, { platform: 'ios' });
      await payVirtually(world, alice, order, 'ios');
      await world.drain();
    });

    test('is not objected to for who has opened nothing', async () => {
      expect(await ask()).toEqual({
        result_code: 0,
        result_info: '用户尚未使用',
        evidence: expect.stringContaining('一门课程'),
      });
    });

    test.each([
      ['opened', null],
      ['downloaded', 1],
    ] as const)('is objected to for who has %s what was bought', async (how, downloaded) => {
      const { userId, productId } = await stored(world, evidence.collection, order.id);
      const now = world.clock.now();
      await world.ports.database.tx((tx) =>
        usages.save(tx, null, {
          id: `${userId}:${productId}`,
          userId,
          productId,
          opened: how === 'opened' ? [productId] : [],
          firstOpenedAtMs: now,
          downloadedAtMs: downloaded === null ? null : now,
          updatedAtMs: now,
        }),
      );
      expect(await ask()).toMatchObject({ result_code: 1, evidence: expect.stringContaining('用户自') });
    });

    test('is not objected to for an order that Apple did not take', async () => {
      expect(await ask('ord_nobody')).toMatchObject({ result_code: 0 });
      const other = await givenXpayOrder(world, alice);
      await payVirtually(world, alice, other);
      await world.drain();
      expect(await ask(other.id)).toMatchObject({ result_code: 0 });
      expect(await storedIn(world, 'evidence')).toHaveLength(1);
    });

    test('is answered in general terms when the store does not answer, or answers late', async () => {
      const general = { result_code: 1, evidence: expect.stringContaining('即时开通') };
      const { database } = world.ports;
      const find = jest.spyOn(database, 'find').mockRejectedValueOnce(new Error('down'));
      expect(await ask()).toMatchObject(general);
      jest.useFakeTimers({
        doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate', 'Date', 'performance'],
      });
      try {
        find.mockImplementationOnce(() => new Promise(() => undefined));
        const asked = ask();
        await jest.advanceTimersByTimeAsync(1_500);
        expect(await asked).toMatchObject(general);
      } finally {
        jest.useRealTimers();
      }
    });
  });

  describe('a verdict of a picture', () => {
    const part = { strategy: 'content_model', errcode: 0, suggest: 'pass', label: '100', prob: 90 };
    const verdict = (changes: object = {}) => ({
      ...{ appid: keys.appid, trace_id: '690b03d2-301f6111-35ffbd44', version: 2 },
      ...{ result: { suggest: 'pass', label: '100' }, detail: [part], ...changes },
    });
    const heard = async () => {
      const all = (await storedIn(world, 'tasks')) as { event: { name: string; data: unknown } }[];
      return all.filter(({ event }) => event.name === 'media.checked').map(({ event }) => event.data);
    };
    const { 'media.checked': before } = consumers;
    beforeEach(() => {
      Object.assign(consumers, { 'media.checked': ['keepVerdict'] });
    });
    afterEach(() => {
      Object.assign(consumers, { 'media.checked': before ?? [] });
    });

    test.each<[string, object, object]>([
      ['as it really came', {}, { suggest: 'pass', label: 100, isWhole: true }],
      ['with a label that is a number', { result: { suggest: 'risky', label: 20_002 } }, { label: 20_002 }],
      ['with one part that is an object', { detail: part }, { isWhole: true }],
      ['with a part that failed', { detail: [part, { ...part, errcode: -1008 }] }, { isWhole: false }],
      ['with the only part failed', { detail: { errcode: -1008 } }, { suggest: 'pass', isWhole: false }],
      ['that failed as a whole', { errcode: -1008 }, { isWhole: false }],
      ['without parts', { detail: [] }, { isWhole: false }],
      ['with parts that cannot be read', { detail: [part, 'x'] }, { isWhole: false }],
    ])(
      'LK20 %s, in JSON and in XML: it passes only when each part of it succeeded',
      async (_, words, said) => {
        for (const format of ['json', 'xml'] as const) {
          world.xpay.push.format = format;
          const own = verdict({ trace_id: `trace-${format}`, ...words });
          expect((await told('wxa_media_check', own))?.words).toMatchObject({ ErrCode: expect.anything() });
        }
        const all = await heard();
        expect(all).toEqual(
          expect.arrayContaining([expect.objectContaining({ traceId: 'trace-xml', ...said })]),
        );
        expect(all.map((each) => ({ ...Object(each), traceId: '' }))).toEqual(
          Array(2).fill({ ...Object(all[0]), traceId: '' }),
        );
      },
    );

    test('that comes twice, at once or with other words, is heard once', async () => {
      await Promise.all([1, 2, 3].map(() => told('wxa_media_check', verdict())));
      await told('wxa_media_check', verdict({ result: { suggest: 'risky', label: 20_001 } }));
      expect(await heard()).toMatchObject([{ suggest: 'pass' }]);
    });

    test('notice.malformed: that judges nothing', async () => {
      for (const words of [
        { trace_id: 'a b' },
        { result: undefined },
        { result: { suggest: 'fine', label: 1 } },
      ])
        expect((await genuine('wxa_media_check', verdict(words))).code).toBe('notice.malformed');
      expect(await heard()).toEqual([]);
    });

    test('in the plain mode is no verdict: anybody could have written it', async () => {
      world.xpay.push.mode = 'plain';
      const { clock, ids } = world.ports;
      const agreed = { appid: keys.appid, tokens: [keys.pushToken], encodingAesKeys: [] };
      Object.assign(world.ports, { push: plainPush({ ...agreed, clock, ids }) });
      expect((await told('wxa_media_check', verdict()))?.words).toMatchObject({ ErrCode: 0 });
      expect(await heard()).toEqual([]);
    });
  });

  describe('the plain mode', () => {
    beforeEach(() => {
      world.xpay.push.mode = 'plain';
      const { clock, ids } = world.ports;
      const agreed = { appid: keys.appid, tokens: [keys.pushToken], encodingAesKeys: [] };
      Object.assign(world.ports, { push: plainPush({ ...agreed, clock, ids }) });
    });

    test('a push is a doorbell: what was paid is settled, and what was not is not', async () => {
      const push = { event: DELIVERY, orderNumber: order.id, words: () => delivery(order.id) };
      expect(await world.xpay.push.deliver(push, 'rewritten')).toBe(false);
      expect(await stateOf()).toBe('pending');
      await payVirtually(world, alice, order);
      await world.drain();
      expect(await stateOf()).toBe('paid');
    });

    test('nobody can fill our books, or learn of an order, with words of their own', async () => {
      const complaint = { WxOrderId: 'XP9', ComplaintTime: 1_795_000_000 };
      for (const number of ['C2026', newOrderId(world)]) {
        await told(DELIVERY, delivery(number));
        await told('xpay_complaint_notify', { ...complaint, MchOrderId: number });
      }
      expect(await storedIn(world, 'paymentExceptions', 'cases')).toEqual([]);
      await told('xpay_complaint_notify', { ...complaint, MchOrderId: order.id });
      expect(await storedIn(world, 'cases')).toHaveLength(1);
      const answer = await told(INQUIRY, { pay_order_id: order.id });
      expect(answer?.words).toMatchObject({ result_code: 1, result_info: '数字内容付款后即时交付' });
    });
  });
});
