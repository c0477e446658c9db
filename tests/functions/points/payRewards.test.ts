import { setInviter } from '../../../functions/identity/setInviter.ts';
import { getPointsStatement } from '../../../functions/points/getPointsStatement.ts';
import { payRewards } from '../../../functions/points/payRewards.ts';
import * as orders from '../../../shared/data/orders/orders.ts';
import * as refunds from '../../../shared/data/refunds/refunds.ts';
import { REWARDS } from '../../../shared/domain/points/pointsRewards.ts';
import { undoFriendReward } from '../../../shared/flows/points/pointsRewards.ts';
import { DAY_MS, fen } from '../../../shared/schemas/base.ts';
import type { Order } from '../../../shared/schemas/orders/order.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import { givenChanged } from '../../support/given/changed.ts';
import { givenProduct } from '../../support/given/course.ts';
import { type Buyer, storedIn } from '../../support/given/order.ts';
import { pointsAccountOf } from '../../support/given/points.ts';
import { askBack, givenPaid } from '../../support/given/refund.ts';
import { createWorld, type World } from '../../support/world.ts';

const { points: REWARD } = REWARDS.friend_bought;

describeFunction(payRewards, () => {
  let world: World;
  let alice: Buyer;
  let bob: Buyer;
  const account = () => pointsAccountOf(world, alice.userId);
  const pass = async (days: number) => {
    world.clock.advance(days * DAY_MS);
    return world.run(payRewards);
  };
  const buys = async (windowDays = 7) => {
    const refundPolicy = { windowDays, tiers: [], isVoidAfterDownload: true };
    return givenPaid(world, bob, [await givenProduct(world, { refundPolicy })]);
  };
  /** Records in the order that staff have refunded so much. */
  const back = (id: Order['id'], refundedFen: number) =>
    givenChanged(world, orders, id, { refundedFen: fen(refundedFen) });

  beforeEach(async () => {
    world = await createWorld();
    alice = await world.login('alice');
    world.clock.advance(1);
    bob = await world.login('bob');
    await world.call(setInviter, { inviterId: alice.userId }, { token: bob.token });
  });
  afterEach(() => world.close());

  test('what was promised can be spent once the order can no longer be given back, and not before; once', async () => {
    await buys(10);
    expect(await account()).toMatchObject({ available: 0, pending: REWARD });
    expect(await pass(9)).toEqual({});
    expect(await account()).toMatchObject({ available: 0, pending: REWARD });
    expect(await pass(1)).toEqual({ 'rewards.paid': 1 });
    expect(await account()).toMatchObject({ available: REWARD, pending: 0, lines: 2 });
    expect(await pass(1)).toEqual({});
    expect(await account()).toMatchObject({ available: REWARD, lines: 2 });
  });

  test('a statement says it when it can be spent', async () => {
    await buys();
    const statement = async (month: string) => {
      const { token } = await world.login('alice');
      return (await world.call(getPointsStatement, { month }, { token })).data.statement;
    };
    expect(await statement('2026-11')).toMatchObject({ earned: 0, closing: 0 });
    await pass(8);
    expect(await statement('2026-12')).toMatchObject({ opening: 0, earned: REWARD, closing: REWARD });
  });

  test('a policy that gives nothing back by itself is waited for all the same', async () => {
    await buys(0);
    expect(await pass(6)).toEqual({});
    expect(await pass(1)).toEqual({ 'rewards.paid': 1 });
  });

  test('what was given back counts no more: the share is of what was kept, and too little is dropped', async () => {
    const order = await buys();
    await back(order.id, 8_400);
    expect(await pass(7)).toEqual({ 'rewards.paid': 1 });
    expect(await account()).toMatchObject({ available: 150, pending: 0 });
    bob = await world.login('carol');
    await world.call(setInviter, { inviterId: alice.userId }, { token: bob.token });
    const other = await buys();
    await back(other.id, 9_000);
    expect(await pass(7)).toEqual({ 'rewards.dropped': 1 });
    expect(await account()).toMatchObject({ available: 150, pending: 0, debt: 0 });
  });

  test('T29: five friends who pay and give all back leave nothing to spend, before or after', async () => {
    for (let n = 0; n < 5; n += 1) {
      bob = await world.login(`friend${n}`);
      await world.call(setInviter, { inviterId: alice.userId }, { token: bob.token });
      const order = await givenPaid(world, bob, [await givenProduct(world)]);
      expect(await account()).toMatchObject({ available: 0 });
      expect((await askBack(world, bob, order, 9_900)).status).toBe(200);
      await world.drain();
    }
    await pass(30);
    expect(await account()).toMatchObject({ available: 0, debt: 0 });
  });

  test('while staff have not decided about a refund it waits', async () => {
    const order = await buys();
    expect((await askBack(world, bob, order, 9_900)).data.refund.state).toBe('requested');
    expect(await pass(7)).toEqual({ 'rewards.waiting': 1 });
    const [asked] = (await storedIn(world, 'refunds')) as Parameters<typeof refunds.save>[1][];
    if (asked === undefined) throw new Error('nothing was asked for');
    await world.ports.database.tx((tx) => refunds.save(tx, asked, { ...asked, state: 'rejected' }));
    expect(await pass(1)).toEqual({ 'rewards.paid': 1 });
  });

  test('T29: money that goes back after that takes the points with it, once, spent or not', async () => {
    const order = await buys();
    await pass(7);
    const undo = { orderId: order.id, userId: bob.userId, now: world.clock.now() };
    for (let count = 0; count < 2; count += 1)
      await world.ports.database.tx((tx) => undoFriendReward(tx, undo));
    expect(await account()).toMatchObject({ available: 0, debt: 0, pending: 0, lines: 3 });
  });
});
