import { issueGifts } from '../../../functions/access/issueGifts.ts';
import * as orders from '../../../shared/data/orders/orders.ts';
import { revokeSource } from '../../../shared/flows/access/grantAccess.ts';
import { usedOf } from '../../../shared/flows/access/usedOf.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import { productIdOf } from '../../support/given/coupon.ts';
import { givenPaidNews } from '../../support/given/gift.ts';
import { type Buyer, storedIn } from '../../support/given/order.ts';
import { givenPaidOrder } from '../../support/given/paid.ts';
import { createWorld, type World } from '../../support/world.ts';

describeFunction(issueGifts, () => {
  let world: World;
  let alice: Buyer;
  beforeEach(async () => {
    world = await createWorld();
    alice = await world.login('alice');
  });
  afterEach(() => world.close());

  test('each line for friends is one gift, with the terms of the line; other lines are none; told twice it is one', async () => {
    const access = { kind: 'days', days: 30 } as const;
    const order = await givenPaidOrder(world, alice.userId, [{ gifts: 3, access }, {}]);
    const id = await givenPaidNews(world, order);
    await Promise.all([world.deliver('issueGifts', id), world.deliver('issueGifts', id)]);
    await world.deliver('issueGifts', id);
    expect(await storedIn(world, 'gifts')).toMatchObject([
      {
        id: `${order.id}:${productIdOf(0)}`,
        buyerId: alice.userId,
        access,
        count: 3,
        claims: [],
        state: 'open',
      },
    ]);
  });

  test('T32: a line that was refunded before is a gift that nobody can claim', async () => {
    const order = await givenPaidOrder(world, alice.userId, [{ gifts: 3 }]);
    const id = await givenPaidNews(world, order);
    const { userId, lines } = order;
    await world.ports.database.tx(async (tx) => {
      await orders.save(tx, order, { ...order, revoked: [productIdOf(0)] });
      await revokeSource(tx, { userId, lines, sourceId: order.id, now: world.clock.now() });
    });
    await world.deliver('issueGifts', id);
    expect(await storedIn(world, 'gifts')).toMatchObject([{ state: 'revoked' }]);
  });

  test('a refund asks how many gifts were claimed, or for other products what was opened', async () => {
    const order = await givenPaidOrder(world, alice.userId, [{ gifts: 3 }, {}]);
    await world.deliver('issueGifts', await givenPaidNews(world, order));
    const used = await world.ports.database.tx((tx) => usedOf(tx, world.ports.database, order));
    const nothing = { progress: 0, isDownloaded: false, giftsClaimed: 0 };
    expect([...used]).toEqual([
      [productIdOf(0), nothing],
      [productIdOf(1), nothing],
    ]);
  });
});
