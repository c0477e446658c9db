import { runReconciliation } from '../../../functions/admin/books/runReconciliation.ts';
import { reconcileRequestedDay } from '../../../functions/books/reconcileRequestedDay.ts';
import { sweepTasks } from '../../../functions/operations/sweepTasks.ts';
import * as reconciliations from '../../../shared/data/books/reconciliations.ts';
import * as tasks from '../../../shared/data/tasks.ts';
import { dayOf } from '../../../shared/domain/day.ts';
import type { Bill } from '../../../shared/ports/rail.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../shared/schemas/base.ts';
import type { Day } from '../../../shared/schemas/books/journal.ts';
import type { Task } from '../../../shared/schemas/task.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import { givenOrder, stored, storedIn } from '../../support/given/order.ts';
import { givenMoney } from '../../support/given/payment.ts';
import { givenStaff } from '../../support/given/staff.ts';
import { createWorld, type World } from '../../support/world.ts';

describeFunction(reconcileRequestedDay, () => {
  let world: World;
  let day: Day;

  /** The day after a payment. Finance asks for that day to be reconciled. */
  beforeEach(async () => {
    world = await createWorld();
    const alice = await world.login('alice');
    await givenMoney(world, alice, await givenOrder(world, alice));
    await world.drain();
    day = dayOf(world.clock.now());
    world.clock.advance(DAY_MS);
    const { token } = await givenStaff(world, 'finance');
    await world.call(runReconciliation, { rail: 'wxpay', day, reason: '核对漏单' }, { token });
  });
  afterEach(() => world.close());

  const asked = async (): Promise<Task> => {
    const all = (await storedIn(world, tasks.collection.name)) as Task[];
    const found = all.find(({ event }) => event.name === 'reconciliation.requested');
    if (found === undefined) throw new Error('nothing was asked');
    return found;
  };

  test('looks at the day', async () => {
    await world.drain();
    expect((await asked()).state).toBe('done');
    const looked = await stored(world, reconciliations.collection, `wxpay:${day}`);
    expect(looked).toMatchObject({ paymentCount: 1, openCount: 0, finishedAtMs: world.clock.now() });
  });

  test('a bill that cannot be downloaded or is not ready is asked for again until it is there', async () => {
    world.wechatPay.bills.isSpoiled = true;
    await world.drain();
    expect(await asked()).toMatchObject({ state: 'pending', attempts: 1, faults: 0 });
    world.wechatPay.bills.isSpoiled = false;
    const notMade = jest.spyOn(world.ports.rails.wxpay, 'bill').mockResolvedValue(null);
    world.clock.advance(HOUR_MS);
    await world.run(sweepTasks);
    await world.drain();
    const waiting = await asked();
    expect(waiting).toMatchObject({ state: 'pending', attempts: 2, faults: 0 });
    expect(waiting.reason).toContain('reconciliation.not_ready');
    expect(await storedIn(world, 'reconciliations', 'reconDifferences', 'cases')).toEqual([]);
    notMade.mockRestore();
    world.clock.advance(HOUR_MS);
    await world.run(sweepTasks);
    await world.drain();
    expect((await asked()).state).toBe('done');
  });

  test('nobody runs it a second time while it is at work, and once its time is over it is tried again', async () => {
    let answer: (bill: Bill) => void = () => undefined;
    const slow = jest.spyOn(world.ports.rails.wxpay, 'bill');
    const atWork = new Promise<void>((isCalled) => {
      slow.mockImplementation(async () => {
        isCalled();
        return new Promise((resolve) => {
          answer = resolve;
        });
      });
    });
    const running = world.drain();
    await atWork;
    world.clock.advance(9 * MINUTE_MS);
    expect(await world.run(sweepTasks)).toEqual({});
    world.clock.advance(2 * MINUTE_MS);
    slow.mockRestore();
    expect(await world.run(sweepTasks)).toEqual({ 'task.done': 1 });
    answer({ rows: [], unreadable: [] });
    await running;
    await world.drain();
    expect((await asked()).state).toBe('done');
  });
});
