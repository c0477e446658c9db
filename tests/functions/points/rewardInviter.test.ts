import { friendBought } from '../../../events/friendBought.ts';
import { setInviter } from '../../../functions/identity/setInviter.ts';
import { getPoints } from '../../../functions/points/getPoints.ts';
import { rewardInviter } from '../../../functions/points/rewardInviter.ts';
import * as orders from '../../../shared/data/orders/orders.ts';
import * as tasks from '../../../shared/data/tasks.ts';
import { REWARDS } from '../../../shared/domain/points/pointsRewards.ts';
import { fact } from '../../../shared/event.ts';
import { undoFriendReward } from '../../../shared/flows/points/pointsRewards.ts';
import { fen, type OrderId, type UserId } from '../../../shared/schemas/base.ts';
import type { Task } from '../../../shared/schemas/task.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import { productIdOf } from '../../support/given/coupon.ts';
import { givenFact } from '../../support/given/fact.ts';
import { anOrder } from '../../support/given/holding.ts';
import { type Buyer, badWorld, givenOrder, newOrderId, storedIn } from '../../support/given/order.ts';
import { givenMoney } from '../../support/given/payment.ts';
import { pointsAccountOf } from '../../support/given/points.ts';
import { createWorld, type World } from '../../support/world.ts';

const { points: REWARD, perDayMax } = REWARDS.friend_bought;

describeFunction(rewardInviter, () => {
  let world: World;
  let alice: Buyer;
  const paid = async (userId: UserId, orderId = newOrderId(world), paidFen = 9_900) =>
    givenFact(
      world,
      fact(friendBought, orderId, {
        orderId,
        userId,
        paidFen: fen(paidFen),
        earnsPoints: 0,
        lines: [{ productId: productIdOf(1), access: { kind: 'forever' } }],
        paidAtMs: world.clock.now(),
      }),
    );
  const buys = async (userId: UserId, orderId?: OrderId, paidFen?: number) =>
    world.deliver('rewardInviter', await paid(userId, orderId, paidFen));
  const friend = async (name: string) => {
    world.clock.advance(1);
    const user = await world.login(name);
    await world.call(setInviter, { inviterId: alice.userId }, { token: user.token });
    return user;
  };
  const has = async () => (await pointsAccountOf(world, alice.userId)).pending;
  const undo = (userId: UserId, orderId: OrderId) =>
    world.ports.database.tx((tx) => undoFriendReward(tx, { orderId, userId, now: world.clock.now() }));

  beforeEach(async () => {
    world = await createWorld();
    alice = await world.login('alice');
  });
  afterEach(() => world.close());

  test('the first order that a friend pays for is promised points for, and no other: none can be spent yet', async () => {
    const bob = await friend('bob');
    await buys(bob.userId);
    await buys(bob.userId);
    expect(await has()).toBe(REWARD);
    expect(await storedIn(world, 'pointsEntries')).toMatchObject([
      { id: `${bob.userId}:friend_bought`, userId: alice.userId, cause: 'friend_bought', orderId: null },
    ]);
    expect(await pointsAccountOf(world, alice.userId)).toMatchObject({ available: 0, pending: REWARD });
    const { data } = await world.call(getPoints, {}, { token: alice.token });
    expect(data).toMatchObject({ balance: 0, pending: REWARD, ledger: { items: [{ delta: 0 }] } });
  });

  test('the reward is a share of what was paid; too little earns none, and leaves the friend for a larger order', async () => {
    const bob = await friend('bob');
    await buys(bob.userId, newOrderId(world), 100);
    await buys(bob.userId, newOrderId(world), 999);
    expect(await storedIn(world, 'pointsEntries')).toEqual([]);
    await buys(bob.userId, newOrderId(world), 1_009);
    expect(await has()).toBe(100);
  });

  test('T1: told again and again, at once, also when commits lose their answers, it earns once', async () => {
    await world.close();
    world = await badWorld(7, { conflict: 0.2, commitLost: 0.2 });
    alice = await world.login('alice');
    const bob = await friend('bob');
    const ids = [await paid(bob.userId), await paid(bob.userId)];
    await Promise.all([...ids, ...ids, ...ids].map((id) => world.deliver('rewardInviter', id)));
    expect(await has()).toBe(REWARD);
  });

  test('an order with nothing to pay, or paid before the invitation, or of somebody uninvited, earns nothing', async () => {
    world.clock.advance(1);
    const bob = await world.login('bob');
    const early = await paid(bob.userId);
    world.clock.advance(1_000);
    const free = await paid(bob.userId, newOrderId(world), 0);
    await friend('bob');
    await world.deliver('rewardInviter', early);
    await world.deliver('rewardInviter', free);
    await buys((await world.login('carol')).userId);
    expect(await storedIn(world, 'pointsEntries', 'pointsAccounts')).toEqual([]);
  });

  test('an order of the second in which the invitation came earns: the rail says when in whole seconds', async () => {
    world.clock.advance(1_000 - (world.clock.now() % 1_000));
    const bob = await world.login('bob');
    const told = await paid(bob.userId);
    world.clock.advance(500);
    await friend('bob');
    await world.deliver('rewardInviter', told);
    expect(await has()).toBe(REWARD);
  });

  test('only the orders of an invited buyer are told of, until one of them is rewarded', async () => {
    const [bob, carol] = [await friend('bob'), await world.login('carol')];
    const buysOne = async (buyer: Buyer) => {
      await givenMoney(world, buyer, await givenOrder(world, buyer));
      await world.drain();
    };
    const told = async () =>
      ((await storedIn(world, 'tasks')) as Task[])
        .filter(({ consumer }) => consumer === 'rewardInviter')
        .map(({ event, state }) => [event.name, (event.data as { userId: string }).userId, state]);
    await buysOne(carol);
    expect(await told()).toEqual([]);
    await buysOne(bob);
    expect(await told()).toEqual([['friend.bought', bob.userId, 'done']]);
    expect(await has()).toBeGreaterThan(0);
    await buysOne(bob);
    expect(await told()).toHaveLength(1);
  });

  test('a task of a build that rewarded for every paid order is still done', async () => {
    const bob = await friend('bob');
    await paid(bob.userId);
    const [task] = ((await storedIn(world, 'tasks')) as Task[]).filter(
      ({ consumer }) => consumer === 'rewardInviter',
    );
    if (task === undefined) throw new Error('no task');
    const id = `order.paid:${newOrderId(world)}`;
    const older = {
      ...task,
      id: tasks.taskId('rewardInviter', id),
      event: { ...task.event, id, name: 'order.paid' },
    };
    await world.ports.database.tx((tx) => tx.insert(tasks.collection, older));
    await world.deliver('rewardInviter', id);
    expect(await has()).toBe(REWARD);
  });

  test('a day has only so many friends, and the next day again', async () => {
    for (let n = 0; n <= perDayMax; n += 1) await buys((await friend(`friend-${n}`)).userId);
    expect(await has()).toBe(perDayMax * REWARD);
    world.clock.advance(24 * 3_600_000);
    await buys((await friend('tomorrow')).userId);
    expect(await has()).toBe((perDayMax + 1) * REWARD);
  });

  test('T29: an order whose money has all gone back takes the points with it, once, spent or not', async () => {
    const bob = await friend('bob');
    const orderId = newOrderId(world);
    await buys(bob.userId, orderId);
    const later = newOrderId(world);
    await buys(bob.userId, later);
    await undo(bob.userId, later);
    expect(await has()).toBe(REWARD);
    await undo(bob.userId, orderId);
    await undo(bob.userId, orderId);
    const nothing = { available: 0, debt: 0, pending: 0, lines: 2 };
    expect(await pointsAccountOf(world, alice.userId)).toMatchObject(nothing);
    await buys(bob.userId);
    expect(await pointsAccountOf(world, alice.userId)).toMatchObject(nothing);
  });

  test('T29: an order whose money went back before this was told earns nothing', async () => {
    const bob = await friend('bob');
    const order = anOrder({ id: newOrderId(world), userId: bob.userId, state: 'paid' });
    const refundedFen = order.payableFen;
    await world.ports.database.tx((tx) => orders.insert(tx, { ...order, refundedFen }));
    await buys(bob.userId, order.id);
    expect(await storedIn(world, 'pointsEntries')).toEqual([]);
    await buys(bob.userId);
    expect(await has()).toBe(REWARD);
  });

  test('a friend beyond the day’s number who gives the money back costs the inviter nothing', async () => {
    for (let n = 0; n < perDayMax; n += 1) await buys((await friend(`friend-${n}`)).userId);
    const last = await friend('last');
    const orderId = newOrderId(world);
    await buys(last.userId, orderId);
    await undo(last.userId, orderId);
    expect(await has()).toBe(perDayMax * REWARD);
  });
});
