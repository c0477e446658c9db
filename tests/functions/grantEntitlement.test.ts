import { orderPaid } from '../../events/orderPaid.ts';
import { grantEntitlement } from '../../functions/grantEntitlement.ts';
import * as entitlements from '../../shared/data/entitlements.ts';
import { accessUntilAtMs } from '../../shared/domain/entitlement.ts';
import { fact } from '../../shared/event.ts';
import { ownedAmong } from '../../shared/flows/ownedAmong.ts';
import { DAY_MS, fen, timeMs } from '../../shared/schemas/base.ts';
import { LINES_MAX } from '../../shared/schemas/order.ts';
import type { AccessRule } from '../../shared/schemas/product.ts';
import { describeFunction } from '../support/describeFunction.ts';
import { productIdOf } from '../support/given.coupon.ts';
import { givenFact } from '../support/given.fact.ts';
import { type Buyer, badWorld, newOrderId, storedIn } from '../support/given.order.ts';
import { createWorld, type World } from '../support/world.ts';

describeFunction(grantEntitlement, () => {
  let world: World;
  let alice: Buyer;
  /** An order of alice's for one product of each access rule. */
  async function paid(...accesses: readonly AccessRule[]): Promise<string> {
    const orderId = newOrderId(world);
    return givenFact(
      world,
      fact(orderPaid, orderId, {
        orderId,
        userId: alice.userId,
        paidFen: fen(100),
        earnsPoints: 1,
        lines: accesses.map((access, index) => ({ productId: productIdOf(index), access })),
        paidAtMs: world.clock.now(),
      }),
    );
  }
  const deliver = (eventId: string) => world.deliver('grantEntitlement', eventId);
  const untilOf = async (index: number) =>
    accessUntilAtMs(await entitlements.find(world.ports.database, alice.userId, productIdOf(index)));

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
    const owned = (now: number) => ownedAmong(world.ports.database, alice.userId, ids, timeMs(now));
    expect(await owned(start)).toEqual(new Set(ids));
    expect(await owned(start + 18 * DAY_MS)).toEqual(new Set([productIdOf(0), productIdOf(19)]));
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
});
