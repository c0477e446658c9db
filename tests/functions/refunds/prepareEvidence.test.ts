import { prepareEvidence } from '../../../functions/refunds/prepareEvidence.ts';
import { GENERAL_ANSWER } from '../../../shared/domain/refunds/evidence.ts';
import { answerInquiry } from '../../../shared/flows/refunds/answerInquiry.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import { givenProduct } from '../../support/given/course.ts';
import { type Buyer, givenOrder, storedIn } from '../../support/given/order.ts';
import { givenMoney } from '../../support/given/payment.ts';
import { givenXpayOrder, type Phone, payVirtually } from '../../support/given/xpay.ts';
import { createWorld, type World } from '../../support/world.ts';

describeFunction(prepareEvidence, () => {
  let world: World;
  let alice: Buyer;
  const prepared = () => storedIn(world, 'evidence');

  beforeEach(async () => {
    world = await createWorld();
    alice = await world.login('alice');
  });
  afterEach(() => world.close());

  test('an order that Apple took leaves what Apple may ask for, once', async () => {
    const product = await givenProduct(world, { title: '写作课' });
    const order = await givenXpayOrder(world, alice, { platform: 'ios', product });
    await payVirtually(world, alice, order, 'ios');
    const paidAtMs = world.clock.now();
    await world.drain();
    const evidence = {
      id: order.id,
      userId: alice.userId,
      productId: product.id,
      title: '写作课',
      paidAtMs,
      isUsedElsewhere: false,
    };
    expect(await prepared()).toEqual([evidence]);
    await world.deliver('prepareEvidence', `apple.charged:${order.id}`);
    expect(await prepared()).toEqual([evidence]);
  });

  test('the evidence for a membership does not claim that it was unused, because members use other products', async () => {
    const plan = { period: 'month', scope: { kind: 'platform' } } as const;
    const product = await givenProduct(world, { kind: 'membership', plan });
    const order = await givenXpayOrder(world, alice, { platform: 'ios', product });
    await payVirtually(world, alice, order, 'ios');
    await world.drain();
    expect(await prepared()).toMatchObject([{ isUsedElsewhere: true }]);
    expect(await answerInquiry(world.ports, order.id)).toEqual(GENERAL_ANSWER);
  });

  test.each<Phone>(['android', 'harmony', 'windows'])(
    'an order that was paid on %s leaves none',
    async (platform) => {
      await payVirtually(world, alice, await givenXpayOrder(world, alice, { platform }), platform);
      await world.drain();
      expect(await storedIn(world, 'receipts')).toHaveLength(1);
      expect(await prepared()).toEqual([]);
    },
  );

  test('an order by WeChat Pay leaves none', async () => {
    await givenMoney(world, alice, await givenOrder(world, alice));
    await world.drain();
    expect(await storedIn(world, 'receipts')).toHaveLength(1);
    expect(await prepared()).toEqual([]);
  });
});
