import * as fc from 'fast-check';
import * as points from '../../../shared/data/points/points.ts';
import { earn, openBook } from '../../../shared/domain/points/points.ts';
import { earnedUntilMs } from '../../../shared/domain/points/pointsLots.ts';
import {
  availablePoints,
  clawBackPoints,
  holdPoints,
  releasePoints,
  retakePoints,
  returnPoints,
  shrinkPoints,
  spendHeldPoints,
} from '../../../shared/flows/points/pointsMoves.ts';
import type { Tx } from '../../../shared/ports/database.ts';
import { DAY_MS, type OrderId, type UserId } from '../../../shared/schemas/base.ts';
import type { PointsEntry } from '../../../shared/schemas/points/points.ts';
import { badWorld, newOrderId, storedIn } from '../../support/given/order.ts';
import { givenPoints, pointsAccountOf } from '../../support/given/points.ts';
import { seed } from '../../support/seeded.ts';
import { createWorld, type World } from '../../support/world.ts';

describe('what an order does with points', () => {
  let world: World;
  let userId: UserId;
  let orderId: OrderId;
  const tx = <T>(work: (tx: Tx) => Promise<T>) => world.ports.database.tx(work);
  const of = (count: number) => ({ userId, orderId, count, now: world.clock.now() });
  const refund = (refundId: string, count: number) => ({ ...of(count), refundId });
  const account = () => pointsAccountOf(world, userId);
  const entryIds = async () =>
    ((await storedIn(world, 'pointsEntries')) as PointsEntry[])
      .sort((a, b) => a.line - b.line)
      .map(({ id }) => id.replace(orderId, 'order'))
      .slice(1);

  beforeEach(async () => {
    world = await createWorld();
    ({ userId } = await world.login('alice'));
    orderId = newOrderId(world);
    await givenPoints(world, userId, 100);
  });
  afterEach(() => world.close());

  test('holding and spending, each repeated, take effect once', async () => {
    await tx((one) => holdPoints(one, of(30)));
    expect(await account()).toMatchObject({ available: 70, held: 30 });
    for (let n = 0; n < 2; n += 1) await tx((one) => spendHeldPoints(one, of(30)));
    await tx((one) => releasePoints(one, of(30)));
    expect(await account()).toMatchObject({ available: 70, held: 0 });
    expect(await entryIds()).toEqual(['order:hold:1', 'order:spend:1']);
  });

  test('T15: holding and giving back, each repeated, take effect once, and no point is lost', async () => {
    await tx((one) => holdPoints(one, of(30)));
    for (let n = 0; n < 2; n += 1) await tx((one) => releasePoints(one, of(30)));
    await tx((one) => spendHeldPoints(one, of(30)));
    expect(await account()).toMatchObject({ available: 100, held: 0, lots: [{ remaining: 100 }] });
    expect(await entryIds()).toEqual(['order:hold:1', 'order:release:1']);
  });

  test('an order priced anew gives back what it needs no more, and nothing twice', async () => {
    await tx((one) => holdPoints(one, of(90)));
    for (let n = 0; n < 2; n += 1) await tx((one) => shrinkPoints(one, of(30)));
    expect(await account()).toMatchObject({ available: 70, held: 30 });
    for (let n = 0; n < 2; n += 1) await tx((one) => shrinkPoints(one, of(0)));
    expect(await account()).toMatchObject({ available: 100, held: 0 });
    expect(await entryIds()).toEqual(['order:hold:1', 'order:release:1', 'order:release:2']);
    await expect(tx((one) => shrinkPoints(one, of(1)))).rejects.toThrow('holds no points');
  });

  test('T16: points.not_enough: an order cannot be placed with points that are not there', async () => {
    await expect(tx((one) => holdPoints(one, of(101)))).rejects.toMatchObject({
      code: 'points.not_enough',
      params: { available: 100 },
    });
    expect(await account()).toMatchObject({ available: 100, held: 0, lines: 1 });
    expect(await storedIn(world, 'pointsHolds')).toEqual([]);
  });

  test('points.not_enough: ended points cannot be held, also before a timer has written them off', async () => {
    world.clock.advance(earnedUntilMs(world.clock.now()) - world.clock.now());
    expect(await availablePoints(world.ports.database, userId, world.clock.now())).toBe(0);
    await expect(tx((one) => holdPoints(one, of(1)))).rejects.toMatchObject({ params: { available: 0 } });
  });

  test('an order without points moves none, however it ends', async () => {
    await tx(async (one) => {
      await holdPoints(one, of(0));
      await releasePoints(one, of(0));
      await spendHeldPoints(one, of(0));
      expect(await retakePoints(one, of(0))).toBe(true);
      await returnPoints(one, refund('r1', 0));
      await clawBackPoints(one, refund('r1', 0));
    });
    expect(await entryIds()).toEqual([]);
    expect(await storedIn(world, 'pointsHolds')).toEqual([]);
  });

  test('late money takes the points again, if they are still there, and otherwise changes nothing', async () => {
    await tx((one) => holdPoints(one, of(60)));
    await tx((one) => releasePoints(one, of(60)));
    const other = { ...of(60), orderId: newOrderId(world) };
    await tx((one) => holdPoints(one, other));
    expect(await tx((one) => retakePoints(one, of(60)))).toBe(false);
    expect(await account()).toMatchObject({ available: 40, held: 60, lines: 4 });
    await tx((one) => releasePoints(one, other));
    expect(await tx((one) => retakePoints(one, of(60)))).toBe(true);
    expect(await tx((one) => retakePoints(one, of(60)))).toBe(true);
    expect(await account()).toMatchObject({ available: 40, held: 0 });
    expect((await entryIds()).slice(-2)).toEqual(['order:hold:2', 'order:spend:2']);
  });

  test('late money finds points that were never given back: they are spent', async () => {
    await tx((one) => holdPoints(one, of(100)));
    expect(await tx((one) => retakePoints(one, of(100)))).toBe(true);
    expect(await account()).toMatchObject({ available: 0, held: 0 });
  });

  test('T3: refunds give back what was spent, bit by bit, each once, and never more', async () => {
    await tx((one) => holdPoints(one, of(60)));
    await tx((one) => spendHeldPoints(one, of(60)));
    for (let n = 0; n < 2; n += 1) await tx((one) => returnPoints(one, refund('r1', 25)));
    expect(await account()).toMatchObject({ available: 65 });
    await expect(tx((one) => returnPoints(one, refund('r2', 36)))).rejects.toThrow(RangeError);
    await tx((one) => returnPoints(one, refund('r2', 35)));
    expect(await account()).toMatchObject({ available: 100, held: 0 });
  });

  test('points that come back from an order last at least a week, and as long as before', async () => {
    const endMs = earnedUntilMs(world.clock.now());
    await tx((one) => holdPoints(one, of(60)));
    await tx((one) => spendHeldPoints(one, of(60)));
    await tx((one) => returnPoints(one, refund('r1', 10)));
    expect((await account()).lots).toEqual([{ expiresAtMs: endMs, remaining: 50 }]);
    world.clock.advance(500 * DAY_MS);
    await tx((one) => returnPoints(one, refund('r2', 10)));
    const { available, lots } = await account();
    expect([available, lots.length]).toEqual([10, 1]);
    expect(lots[0]?.expiresAtMs).toBeGreaterThanOrEqual(world.clock.now() + 7 * DAY_MS);
  });

  test('points are given back only to an order that has spent some', async () => {
    await expect(tx((one) => returnPoints(one, refund('r1', 1)))).rejects.toThrow('has spent no points');
  });

  test('T3: what was earned is taken back, each refund once; what was spent is owed', async () => {
    await tx((one) => holdPoints(one, of(90)));
    for (let n = 0; n < 2; n += 1) await tx((one) => clawBackPoints(one, refund('r1', 30)));
    expect(await account()).toMatchObject({ available: 0, held: 90, debt: 20 });
    await tx((one) => releasePoints(one, of(90)));
    expect(await account()).toMatchObject({ available: 70, held: 0, debt: 0 });
  });

  test('T15: many orders at once never hold more than there is, also when commits lose their answers', async () => {
    await world.close();
    world = await badWorld(23, { conflict: 0.1, commitLost: 0.2 });
    ({ userId } = await world.login('alice'));
    await givenPoints(world, userId, 100);
    const orders = Array.from({ length: 8 }, () => newOrderId(world));
    const held = await Promise.allSettled(
      orders.map((id) =>
        tx(async (one) => {
          // As with an order: a repeated run finds what an earlier run has committed.
          if ((await points.findEntry(one, `${id}:hold:1`)) !== null) return;
          await holdPoints(one, { ...of(30), orderId: id });
        }),
      ),
    );
    expect(held.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
    expect(await account()).toMatchObject({ available: 10, held: 90 });
  });
});

test(`T3: paid, refunded and refunded again: whatever comes first, the same points are left (seed ${seed})`, async () => {
  const step = fc.constantFrom('earn', 'first', 'second');
  await fc.assert(
    fc.asyncProperty(
      fc.shuffledSubarray(['earn', 'first', 'second'] as const, { minLength: 3, maxLength: 3 }),
      fc.array(step, { maxLength: 2 }),
      fc.integer({ min: 1, max: 60 }),
      fc.integer({ min: 0, max: 60 }),
      async (order, again, earned, had) => {
        const world = await createWorld();
        const { userId } = await world.login('alice');
        const orderId = newOrderId(world);
        const now = world.clock.now();
        if (had > 0) await givenPoints(world, userId, had);
        const first = Math.floor(earned / 3);
        const run = (name: string) =>
          world.ports.database.tx(async (tx) => {
            const of = { userId, orderId, now };
            if (name === 'first') return clawBackPoints(tx, { ...of, refundId: 'r1', count: first });
            if (name === 'second')
              return clawBackPoints(tx, { ...of, refundId: 'r2', count: earned - first });
            if (name !== 'earn' || (await points.findEntry(tx, `${orderId}:earn`)) !== null) return;
            const account = await points.findAccount(tx, userId);
            const why = { id: `${orderId}:earn`, cause: 'order_paid', orderId, reason: null } as const;
            await points.save(tx, account, earn(openBook(account, userId, now), why, earned, now));
          });
        for (const name of [...order, ...again]) await run(name);
        const account = await pointsAccountOf(world, userId);
        expect([account.available, account.held, account.debt]).toEqual([had, 0, 0]);
        await world.close();
      },
    ),
    { seed, numRuns: 60 },
  );
});
