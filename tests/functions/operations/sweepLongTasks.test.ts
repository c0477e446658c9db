import { runReconciliation } from '../../../functions/admin/books/runReconciliation.ts';
import { sweepLongTasks } from '../../../functions/operations/sweepLongTasks.ts';
import { sweepTasks } from '../../../functions/operations/sweepTasks.ts';
import * as reconciliations from '../../../shared/data/books/reconciliations.ts';
import { dayOf } from '../../../shared/domain/day.ts';
import { DAY_MS, MINUTE_MS, SECOND_MS } from '../../../shared/schemas/base.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import { givenOrder, stored } from '../../support/given/order.ts';
import { givenMoney } from '../../support/given/payment.ts';
import { givenStaff } from '../../support/given/staff.ts';
import { createWorld, type World } from '../../support/world.ts';

describeFunction(sweepLongTasks, () => {
  let world: World;
  beforeEach(async () => {
    world = await createWorld();
  });
  afterEach(() => world.close());

  test('a task that takes minutes is done without the broker, although the frequent sweep leaves it alone', async () => {
    const alice = await world.login('alice');
    await givenMoney(world, alice, await givenOrder(world, alice));
    await world.drain();
    const day = dayOf(world.clock.now());
    world.clock.advance(DAY_MS);
    const { token } = await givenStaff(world, 'finance');
    world.bus.faults.loss = 1;
    await world.call(runReconciliation, { rail: 'wxpay', day, reason: '核对漏单' }, { token });
    const runs = (consumer: string) => consumer !== 'reconcileRequestedDay';
    for (let second = 0; second <= 60; second += 5) {
      world.clock.advance(5 * SECOND_MS);
      await world.run(sweepTasks, { runs });
      await world.drain();
    }
    expect(await world.ports.database.find(reconciliations.collection, `wxpay:${day}`)).toBeNull();
    world.clock.advance(MINUTE_MS);
    expect(await world.run(sweepLongTasks)).toEqual({ 'task.done': 1 });
    expect(await stored(world, reconciliations.collection, `wxpay:${day}`)).toMatchObject({
      paymentCount: 1,
    });
  });
});
