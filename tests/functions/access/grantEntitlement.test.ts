import { orderPaid } from '../../../events/orderPaid.ts';
import { grantEntitlement } from '../../../functions/access/grantEntitlement.ts';
import * as entitlements from '../../../shared/data/access/entitlements.ts';
import * as orders from '../../../shared/data/orders/orders.ts';
import { accessUntilAtMs } from '../../../shared/domain/access/entitlement.ts';
import { fact } from '../../../shared/event.ts';
import { accessTo } from '../../../shared/flows/access/accessTo.ts';
import { restoreSource, revokeSource } from '../../../shared/flows/access/grantAccess.ts';
import type { Tx } from '../../../shared/ports/database.ts';
import { DAY_MS, timeMs } from '../../../shared/schemas/base.ts';
import type { AccessRule } from '../../../shared/schemas/catalogue/product.ts';
import { LINES_MAX, type Order } from '../../../shared/schemas/orders/order.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import { productIdOf } from '../../support/given/coupon.ts';
import { givenFact } from '../../support/given/fact.ts';
import { type Buyer, badWorld, storedIn } from '../../support/given/order.ts';
import { givenPaidOrder } from '../../support/given/paid.ts';
import { createWorld, type World } from '../../support/world.ts';

describeFunction(grantEntitlement, () => {
  let world: World;
  let alice: Buyer;
  /** Alice's paid order with one product for each access rule, and the event about it. */
  async function paid(...accesses: readonly AccessRule[]): Promise<string> {
    return news(
      await givenPaidOrder(
        world,
        alice.userId,
        accesses.map((access) => ({ access })),
      ),
    );
  }
  const news = (order: Order) =>
    givenFact(
      world,
      fact(orderPaid, order.id, {
        orderId: order.id,
        userId: order.userId,
        paidFen: order.payableFen,
        earnsPoints: 1,
        lines: order.lines.map(({ productId, access }) => ({ productId, access })),
        paidAtMs: world.clock.now(),
      }),
    );
  const deliver = (eventId: string) => world.deliver('grantEntitlement', eventId);
  const untilOf = async (index: number) =>
    accessUntilAtMs(await entitlements.find(world.ports.database, alice.userId, productIdOf(index)));
  const change = (order: Order, how: (tx: Tx) => Promise<void>, revoked: Order['revoked']) =>
    world.ports.database.tx(async (tx) => {
      const before = await orders.get(tx, order.id);
      await orders.save(tx, before, { ...before, revoked });
      await how(tx);
    });
  const asked = (order: Order) => ({
    userId: order.userId,
    lines: order.lines,
    sourceId: order.id,
    now: world.clock.now(),
  });

  beforeEach(async () => {
    world = await createWorld();
    alice = await world.login('alice');
  });
  afterEach(() => world.close());

  test('every line of a full order opens, each for as long as it was sold', async () => {
    const start = world.clock.now();
    const access = Array.from(
      { length: LINES_MAX },
      (_, index): AccessRule => (index === 0 ? { kind: 'forever' } : { kind: 'days', days: index }),
    );
    await deliver(await paid(...access));
    expect(await untilOf(0)).toBeNull();
    expect(await untilOf(19)).toBe(start + 19 * DAY_MS);
    const ids = access.map((_, index) => productIdOf(index));
    const courses = ids.map(
      (id) => ({ id, kind: 'course', partOf: [], leftOf: [], isFreeForMembers: false }) as const,
    );
    const open = async (now: number) => {
      const access = await accessTo(world.ports.database, alice.userId, courses, timeMs(now));
      return courses.filter((course) => access(course).mayUse).map(({ id }) => id);
    };
    expect(await open(start)).toEqual(ids);
    expect(await open(start + 18 * DAY_MS)).toEqual([productIdOf(0), productIdOf(19)]);
  });

  test('T1: told again and again, at once and later, it gives once', async () => {
    const id = await paid({ kind: 'days', days: 7 });
    const untilAtMs = world.clock.now() + 7 * DAY_MS;
    await Promise.all(Array.from({ length: 10 }, () => deliver(id)));
    world.clock.advance(DAY_MS);
    await deliver(id);
    expect(await untilOf(0)).toBe(untilAtMs);
    expect(await storedIn(world, 'entitlements')).toMatchObject([{ sources: [{ state: 'active' }] }]);
  });

  test('two orders for the same thing, paid at once, both count, also when commits lose their answers', async () => {
    await world.close();
    world = await badWorld(7, { conflict: 0.2, commitLost: 0.2 });
    alice = await world.login('alice');
    const start = world.clock.now();
    const ids = [await paid({ kind: 'days', days: 7 }), await paid({ kind: 'days', days: 5 })];
    await Promise.all([...ids, ...ids].map((id) => deliver(id)));
    expect(await untilOf(0)).toBe(start + 12 * DAY_MS);
  });

  test('it is from when it was paid, not from when that was heard of', async () => {
    const id = await paid({ kind: 'days', days: 7 });
    const untilAtMs = world.clock.now() + 7 * DAY_MS;
    world.clock.advance(3 * DAY_MS);
    await deliver(id);
    expect(await untilOf(0)).toBe(untilAtMs);
  });

  test('a membership is a grant of its plan, and a bundle is found by who looks for its parts', async () => {
    const scope = { kind: 'platform' } as const;
    const order = await givenPaidOrder(world, alice.userId, [
      { kind: 'membership', plan: { period: 'quarter', scope } },
      { kind: 'bundle' },
    ]);
    await deliver(await news(order));
    const bundleId = productIdOf(1);
    expect(await storedIn(world, 'memberships')).toMatchObject([
      {
        id: alice.userId,
        bundles: [bundleId],
        grants: [
          { sourceId: order.id, productId: productIdOf(0), scope, length: { months: 3 }, state: 'active' },
        ],
      },
    ]);
    const shape = { kind: 'course', leftOf: [], isFreeForMembers: false } as const;
    const part = { ...shape, id: productIdOf(7), partOf: [bundleId] };
    const access = await accessTo(world.ports.database, alice.userId, [part], world.clock.now());
    expect(access(part)).toMatchObject({ mayUse: true, through: [bundleId] });
  });

  test('lines for friends give the buyer no access', async () => {
    await deliver(await news(await givenPaidOrder(world, alice.userId, [{ gifts: 3 }])));
    expect(await storedIn(world, 'entitlements', 'memberships')).toEqual([]);
  });

  test.each([
    ['the refund is agreed to before the news of the payment comes', true],
    ['the refund is agreed to after it', false],
  ])(
    'a line that is taken back opens nothing, and all of it again when the refund fails: %s',
    async (_, isFirst) => {
      const scope = { kind: 'platform' } as const;
      const order = await givenPaidOrder(world, alice.userId, [
        {},
        { kind: 'membership', plan: { period: 'month', scope } },
        {},
      ]);
      const kept = order.lines.slice(2);
      const lines = order.lines.slice(0, 2);
      const ids = lines.map(({ productId }) => productId);
      const id = await news(order);
      const revoke = () => change(order, (tx) => revokeSource(tx, { ...asked(order), lines }), ids);
      if (isFirst) await revoke();
      await deliver(id);
      if (!isFirst) await revoke();
      const member = async () => (await storedIn(world, 'memberships')) as unknown[];
      expect(await untilOf(0)).toBe(0);
      expect(await member()).toMatchObject([{ grants: [{ state: 'revoked' }] }]);
      expect(await untilOf(2)).toBeNull();
      expect(kept).toHaveLength(1);
      await revoke();
      for (let times = 0; times < 2; times += 1) {
        await change(order, (tx) => restoreSource(tx, { ...asked(order), lines }), []);
        expect(await untilOf(0)).toBeNull();
        expect(await member()).toMatchObject([{ grants: [{ state: 'active' }] }]);
      }
    },
  );

  test('a refund that was agreed to and failed before the news of the payment came leaves nothing behind', async () => {
    const order = await givenPaidOrder(world, alice.userId, [{}]);
    const id = await news(order);
    const [line] = order.lines;
    await change(order, (tx) => revokeSource(tx, asked(order)), line === undefined ? [] : [line.productId]);
    await change(order, (tx) => restoreSource(tx, asked(order)), []);
    await deliver(id);
    expect(await untilOf(0)).toBeNull();
  });
});
