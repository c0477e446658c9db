import { orderPaid } from '../../../events/orderPaid.ts';
import { grantEntitlement } from '../../../functions/access/grantEntitlement.ts';
import { sweepTasks } from '../../../functions/operations/sweepTasks.ts';
import { createOrder } from '../../../functions/orders/createOrder.ts';
import { accruePoints } from '../../../functions/points/accruePoints.ts';
import { consumers } from '../../../shared/consumers.ts';
import * as tasks from '../../../shared/data/tasks.ts';
import { fail } from '../../../shared/errors.ts';
import { fen, MINUTE_MS, SECOND_MS } from '../../../shared/schemas/base.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import { givenProduct } from '../../support/given/course.ts';
import { type Buyer, orderFor, stored, storedIn } from '../../support/given/order.ts';
import { givenManyTasks } from '../../support/given/task.ts';
import { createWorld, type World } from '../../support/world.ts';

/** How many consumers react to a paid order. */
const effects = consumers['order.paid']?.length ?? 0;

describeFunction(sweepTasks, () => {
  let world: World;
  let alice: Buyer;

  /** A free order, which is paid at once. Its two effects are pending, and no ring is on its way. */
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

  test('a task that is not due is left alone, and a done one is never rung for', async () => {
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

  /** The task that grants access for an order. */
  const grantOf = (orderId: string) =>
    stored(world, tasks.collection, tasks.taskId('grantEntitlement', `order.paid:${orderId}`));

  test('a broker that is deaf is rung at 10 and 20 seconds, and at 30 the sweep does it itself', async () => {
    const orderId = await paidInSilence();
    world.bus.faults.loss = 1;
    const counts: unknown[] = [];
    for (let second = 5; second <= 35; second += 5) {
      world.clock.advance(5 * SECOND_MS);
      counts.push(await world.run(sweepTasks));
      await world.drain();
    }
    const rung = { 'task.rung': effects };
    expect(counts).toEqual([{}, rung, {}, rung, {}, { 'task.done': effects }, {}]);
    expect(await grantOf(orderId)).toMatchObject({ state: 'done', attempts: 0 });
    expect(await storedIn(world, 'entitlements')).toHaveLength(1);
  });

  test('sweeps that overlap run a late task once', async () => {
    await paidInSilence();
    world.clock.advance(MINUTE_MS);
    const counts = await Promise.all(Array.from({ length: 5 }, () => world.run(sweepTasks)));
    expect(counts.reduce((sum, count) => sum + (count['task.done'] ?? 0), 0)).toBe(effects);
    expect(await storedIn(world, 'entitlements')).toHaveLength(1);
  });

  test('neither a failure nor a sweep makes a task younger', async () => {
    await world.close();
    const fails = async () => Promise.reject(fail('database.unavailable'));
    world = await createWorld({ consumers: { grantEntitlement: { ...grantEntitlement, run: fails } } });
    alice = await world.login('alice');
    const orderId = await paidInSilence();
    const { dueFirstAtMs } = await grantOf(orderId);
    for (const minute of [1, 2]) {
      world.clock.advance(MINUTE_MS);
      await world.run(sweepTasks);
      expect(await grantOf(orderId)).toMatchObject({ state: 'pending', attempts: minute, dueFirstAtMs });
    }
  });

  test('a consumer that hangs, with more tasks than a run takes, holds up no other', async () => {
    await world.close();
    const hung: string[] = [];
    const hangs = {
      ...accruePoints,
      run: async ({ event }: { event: { id: string } }) => {
        hung.push(event.id);
        await new Promise<void>((resolve) => letGo.push(resolve));
      },
    };
    const letGo: (() => void)[] = [];
    world = await createWorld({ consumers: { accruePoints: hangs } });
    alice = await world.login('alice');
    const [first] = [await paidInSilence()];
    await givenManyTasks(world, 'accruePoints', orderPaid, 1_200);
    world.clock.advance(MINUTE_MS);
    const run = world.run(sweepTasks);
    for (let turn = 0; turn < 50; turn += 1) await new Promise(setImmediate);
    expect(await grantOf(first)).toMatchObject({ state: 'done' });
    expect(hung).toHaveLength(4);
    world.clock.advance(MINUTE_MS);
    for (const resolve of letGo) resolve();
    await run;
  });

  test('a consumer that has no time here is rung for while it is young, and then left alone', async () => {
    const orderId = await paidInSilence();
    world.bus.faults.loss = 1;
    const runs = (consumer: string) => consumer !== 'grantEntitlement';
    world.clock.advance(10 * SECOND_MS);
    expect(await world.run(sweepTasks, { runs })).toEqual({ 'task.rung': effects });
    const before = await grantOf(orderId);
    world.clock.advance(MINUTE_MS);
    expect(await world.run(sweepTasks, { runs })).toEqual({ 'task.done': effects - 1 });
    expect(await grantOf(orderId)).toEqual(before);
  });

  test('a task of a consumer that is no more is logged, and stays for staff', async () => {
    const orderId = await paidInSilence();
    await world.ports.database.tx(async (tx) => {
      const task = await tasks.get(tx, tasks.taskId('grantEntitlement', `order.paid:${orderId}`));
      const id = tasks.taskId('givePresent', task.event.id);
      await tx.insert(tasks.collection, { ...task, id, consumer: 'givePresent' });
    });
    world.clock.advance(MINUTE_MS);
    expect(await world.run(sweepTasks)).toEqual({ 'task.done': effects, 'task.failed': 1 });
  });
});
