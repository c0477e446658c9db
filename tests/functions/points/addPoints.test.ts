import { addPoints } from '../../../functions/points/addPoints.ts';
import * as points from '../../../shared/data/points/points.ts';
import { clawBackPoints } from '../../../shared/flows/points/pointsMoves.ts';
import { Role } from '../../../shared/schemas/identity/user.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import { type Buyer, badWorld, newOrderId, stored, storedIn } from '../../support/given/order.ts';
import { givenStaff } from '../../support/given/staff.ts';
import { createWorld, type World } from '../../support/world.ts';

describeFunction(addPoints, () => {
  let world: World;
  let alice: Buyer;
  let staff: Awaited<ReturnType<typeof givenStaff>>;
  const newAdjustment = (delta: unknown = 10, changes: object = {}) => ({
    adjustmentId: world.ports.ids.make('adj'),
    userId: alice.userId,
    delta,
    reason: '补发积分',
    ...changes,
  });
  const adjust = (asked: object) => world.call(addPoints, asked, { token: staff.token });

  beforeEach(async () => {
    world = await createWorld();
    alice = await world.login('alice');
    staff = await givenStaff(world, 'support');
  });
  afterEach(() => world.close());

  test('points are added, and ledger, balance and audit log say so together', async () => {
    const asked = newAdjustment(25);
    const { status, data } = await adjust(asked);
    expect(status).toBe(200);
    expect(data.entry).toEqual({
      id: asked.adjustmentId,
      delta: 25,
      balanceAfter: 25,
      heldAfter: 0,
      debtAfter: 0,
      pendingAfter: 0,
      line: 1,
      cause: 'adjustment',
      orderId: null,
      reason: '补发积分',
      createdAtMs: world.clock.now(),
    });
    expect(await stored(world, points.accounts, alice.userId)).toMatchObject({ available: 25, lines: 1 });
    expect(await storedIn(world, 'audit')).toMatchObject([
      {
        actorId: staff.userId,
        action: 'points.adjust',
        target: alice.userId,
        reason: '补发积分',
        before: { available: 0 },
        after: { available: 25 },
      },
    ]);
  });

  test('T31: the same adjustment twenty times at once is one, and all get its line', async () => {
    const asked = newAdjustment();
    const answers = await Promise.all(Array.from({ length: 20 }, () => adjust(asked)));
    expect(new Set(answers.map(({ data }) => JSON.stringify(data))).size).toBe(1);
    expect(await stored(world, points.accounts, alice.userId)).toMatchObject({ available: 10, lines: 1 });
    expect(await storedIn(world, 'audit')).toHaveLength(1);
  });

  test('T15: adjustments at the same time all count, also when commits lose their answers', async () => {
    await world.close();
    world = await badWorld(3, { conflict: 0.1, commitLost: 0.2 });
    alice = await world.login('alice');
    staff = await givenStaff(world, 'support');
    const answers = await Promise.all(Array.from({ length: 6 }, () => adjust(newAdjustment(7))));
    expect(answers.map(({ status }) => status)).toEqual(Array(6).fill(200));
    expect(await stored(world, points.accounts, alice.userId)).toMatchObject({ available: 42, lines: 6 });
  });

  test('points.adjustment_taken: the same id for another adjustment changes nothing', async () => {
    const asked = newAdjustment();
    await adjust(asked);
    const bob = await world.login('bob');
    for (const changed of [{ delta: 11 }, { reason: '别的' }, { userId: bob.userId }]) {
      expect((await adjust({ ...asked, ...changed })).code).toBe('points.adjustment_taken');
    }
    expect(await storedIn(world, 'pointsEntries')).toHaveLength(1);
  });

  test('points.not_enough: T16: nothing is taken when there is not as much', async () => {
    await adjust(newAdjustment(5));
    const { code, error } = await adjust(newAdjustment(-6));
    expect([code, error.params]).toEqual(['points.not_enough', { available: 5 }]);
    expect(await storedIn(world, 'pointsEntries', 'audit')).toHaveLength(2);
    expect((await adjust(newAdjustment(-5))).data.entry.balanceAfter).toBe(0);
  });

  test('given points pay a debt first, on both sides of the ledger', async () => {
    await world.ports.database.tx((tx) =>
      clawBackPoints(tx, {
        userId: alice.userId,
        orderId: newOrderId(world),
        refundId: 'refund-1',
        count: 4,
        now: world.clock.now(),
      }),
    );
    const { data } = await adjust(newAdjustment(10));
    expect(data.entry).toMatchObject({ delta: 6, balanceAfter: 6, debtAfter: 0 });
    const { postings } = await stored(world, points.entries, data.entry.id);
    expect(postings).toEqual([
      ['available', 6],
      ['debt', 4],
      ['adjusted', -10],
    ]);
  });

  test('staff.not_yourself: nobody gives points to themselves, an administrator neither', async () => {
    for (const role of ['support', 'admin'] as const) {
      staff = await givenStaff(world, role);
      const { code } = await adjust(newAdjustment(5, { userId: staff.userId }));
      expect(code).toBe('staff.not_yourself');
    }
    expect(await storedIn(world, 'pointsEntries', 'audit')).toEqual([]);
  });

  test('more than 100,000 at once, given or taken, is auth.forbidden for all but an administrator', async () => {
    expect((await adjust(newAdjustment(100_000))).status).toBe(200);
    for (const delta of [100_001, -100_001]) {
      const { code, error } = await adjust(newAdjustment(delta));
      expect([code, error.params]).toEqual([
        'auth.forbidden',
        { action: 'points.adjust_large', adjustmentMax: 100_000 },
      ]);
    }
    expect(await storedIn(world, 'pointsEntries')).toHaveLength(1);
    staff = await givenStaff(world, 'admin');
    expect((await adjust(newAdjustment(-100_000))).data.entry.balanceAfter).toBe(0);
    expect((await adjust(newAdjustment(100_001))).code).toBe('staff.second_person_needed');
  });

  test('user.not_found', async () => {
    const userId = world.ports.ids.make('usr');
    expect((await adjust(newAdjustment(5, { userId }))).code).toBe('user.not_found');
    expect(await storedIn(world, 'pointsEntries', 'pointsAccounts', 'audit')).toEqual([]);
  });

  test.each(Role.options)('a %s may adjust points only if the permission table says so', async (role) => {
    const { token } = await givenStaff(world, role);
    const { status } = await world.call(addPoints, newAdjustment(), { token });
    expect(status).toBe(['support', 'finance', 'admin'].includes(role) ? 200 : 403);
  });

  test.each([
    ['nothing', 0],
    ['half a point', 0.5],
    ['text', '5'],
    ['more than a line may move', 10_000_001],
    ['null', null],
  ])('request.invalid for %s', async (_, delta) => {
    expect((await adjust(newAdjustment(delta))).code).toBe('request.invalid');
    expect(await storedIn(world, 'pointsEntries')).toEqual([]);
  });

  test('request.invalid without a reason, or with a balance sent in', async () => {
    expect((await adjust(newAdjustment(5, { reason: ' ' }))).code).toBe('request.invalid');
    expect((await adjust(newAdjustment(5, { balance: 99 }))).code).toBe('request.invalid');
  });
});
