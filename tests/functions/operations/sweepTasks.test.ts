import { sweepTasks } from '../../../functions/operations/sweepTasks.ts';
import { createOrder } from '../../../functions/orders/createOrder.ts';
import { consumers } from '../../../shared/consumers.ts';
import * as tasks from '../../../shared/data/tasks.ts';
import { fen, MINUTE_MS, SECOND_MS } from '../../../shared/schemas/base.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import { type Buyer, givenProduct, orderFor, stored, storedIn } from '../../support/given/order.ts';
import { createWorld, type World } from '../../support/world.ts';

/** How many effects a paid order has. */
const effects = consumers['order.paid']?.length ?? 0;

describeFunction(sweepTasks, () => {
  let world: World;
  let alice: Buyer;

  /** A free order: paid at once, with its two effects still waiting, and no ring on its way. */
  async function paidInSilence(): Promise<string> {
    const asked = orderFor(world, [await givenProduct(world, { listFen: fen(0) })]);
    world.bus.faults.loss = 1;
    await world.call(createOrder, asked, { token: alice.token });
    await world.drain();
    world.bus.faults.loss = 0;
    return asked.orderId;
  }

  beforeEach(async () => {
    world = await createWorld();
    alice = await world.login('alice');
    await world.drain();
  });
  afterEach(() => world.close());

  test('T24: a lost ring only delays: the task stays and is rung for again', async () => {
    await paidInSilence();
    expect(await storedIn(world, 'entitlements')).toEqual([]);
    world.clock.advance(10 * SECOND_MS);
    expect(await world.run(sweepTasks)).toEqual({ 'task.rung': effects });
    await world.drain();
    expect(await storedIn(world, 'entitlements')).toHaveLength(1);
  });

  test('what is not due is left alone, and what is done is never rung for', async () => {
    await paidInSilence();
    expect(await world.run(sweepTasks)).toEqual({});
    world.clock.advance(10 * SECOND_MS);
    await world.run(sweepTasks);
    await world.drain();
    world.clock.advance(60 * MINUTE_MS);
    expect(await world.run(sweepTasks)).toEqual({});
  });

  test('timers that overlap ring once for each task, and the effect happens once', async () => {
    await paidInSilence();
    world.clock.advance(10 * SECOND_MS);
    const counts = await Promise.all(Array.from({ length: 5 }, () => world.run(sweepTasks)));
    expect(counts.reduce((sum, count) => sum + (count['task.rung'] ?? 0), 0)).toBe(effects);
    await world.drain();
    expect(await storedIn(world, 'entitlements')).toHaveLength(1);
  });

  test('rings that stay unheard come at pauses that double, at most ten minutes', async () => {
    const orderId = await paidInSilence();
    const id = tasks.taskId('grantEntitlement', `order.paid:${orderId}`);
    const pauses: number[] = [];
    world.bus.faults.loss = 1;
    for (let count = 0; count < 10; count += 1) {
      const { nextAtMs } = await stored(world, tasks.collection, id);
      world.clock.advance(nextAtMs - world.clock.now());
      await world.run(sweepTasks);
      await world.drain();
      pauses.push(((await stored(world, tasks.collection, id)).nextAtMs - nextAtMs) / SECOND_MS);
    }
    expect(pauses).toEqual([10, 20, 40, 80, 160, 320, 600, 600, 600, 600]);
  });
});
