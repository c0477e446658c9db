import { couponGrantRequested } from '../../../events/couponGrantRequested.ts';
import { closeCase } from '../../../functions/admin/operations/closeCase.ts';
import { decideReview } from '../../../functions/admin/review/decideReview.ts';
import { reconcile } from '../../../functions/books/reconcile.ts';
import { sweepTasks } from '../../../functions/operations/sweepTasks.ts';
import { watchWaiting } from '../../../functions/operations/watchWaiting.ts';
import { closeExpiredOrders } from '../../../functions/orders/closeExpiredOrders.ts';
import * as cases from '../../../shared/data/operations/cases.ts';
import * as goods from '../../../shared/data/operations/goods.ts';
import * as tasks from '../../../shared/data/tasks.ts';
import { dayOf } from '../../../shared/domain/day.ts';
import { newGoods } from '../../../shared/domain/operations/goods.ts';
import { CASES_OF_KIND_MAX } from '../../../shared/domain/operations/waiting.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../shared/schemas/base.ts';
import type { Case } from '../../../shared/schemas/operations/case.ts';
import type { Task } from '../../../shared/schemas/task.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import { givenChanged } from '../../support/given/changed.ts';
import { givenProduct } from '../../support/given/course.ts';
import { type Buyer, givenOpened, givenOrder, storedIn } from '../../support/given/order.ts';
import { askBack, givenPaid } from '../../support/given/refund.ts';
import { checksText, givenWritten } from '../../support/given/review.ts';
import { givenStaff } from '../../support/given/staff.ts';
import { givenManyTasks } from '../../support/given/task.ts';
import { createWorld, type World } from '../../support/world.ts';

describeFunction(watchWaiting, () => {
  let world: World;
  let alice: Buyer;

  beforeEach(async () => {
    world = await createWorld();
    alice = await world.login('alice');
    await world.drain();
  });
  afterEach(() => world.close());

  const all = async (): Promise<Case[]> => (await storedIn(world, cases.collection.name)) as Case[];
  const open = async () =>
    (await all()).filter(({ state, kind }) => state === 'open' && kind === 'waiting').map(({ id }) => id);

  /** Lets hours pass, with the recovery timers running all the time and the watch now and then. */
  async function pass(hours: number): Promise<void> {
    for (let hour = 0; hour < hours; hour += 1) {
      world.clock.advance(HOUR_MS);
      await world.run(sweepTasks);
      await world.run(closeExpiredOrders);
      await world.drain();
      await world.run(watchWaiting);
    }
  }

  test('a refund that the rail never takes is told within a day, however often it was tried, and ends by itself', async () => {
    const order = await givenPaid(world, alice);
    world.wechatPay.faults.shares.requestLost = 1;
    const asked = await askBack(world, alice, order, order.payableFen);
    const { id } = asked.data.refund;
    await pass(19);
    expect(await open()).toEqual([]);
    await pass(2);
    expect(await open()).toEqual([`waiting:refund:${id}`]);
    expect((await all()).find((each) => each.kind === 'waiting')).toMatchObject({
      refundId: id,
      orderId: order.id,
      amountFen: order.payableFen,
    });
    world.wechatPay.faults.shares.requestLost = 0;
    await pass(1);
    expect(await open()).toEqual([]);
    expect((await all()).find((each) => each.kind === 'waiting')).toMatchObject({
      state: 'closed',
      closedBy: null,
      closedAtMs: world.clock.now(),
    });
  });

  test('an order that the rail gives no answer about is told within a day', async () => {
    const order = await givenOrder(world, alice);
    await givenOpened(world, alice, order);
    world.wechatPay.faults.shares.requestLost = 1;
    await pass(21);
    expect(await open()).toEqual([`waiting:order:${order.id}`]);
  });

  test('a case that staff closed opens again the next day if the thing still waits, and not before', async () => {
    const order = await givenOrder(world, alice);
    await givenOpened(world, alice, order);
    world.wechatPay.faults.shares.requestLost = 1;
    await pass(21);
    const [caseId] = await open();
    const { token } = await givenStaff(world, 'support');
    await world.call(closeCase, { caseId, resolution: '已联系微信支付' }, { token });
    await pass(19);
    expect(await open()).toEqual([]);
    await pass(2);
    expect(await open()).toEqual([caseId]);
  });

  test('goods that the platform keeps waiting are told, also when their batch is begun again and again', async () => {
    const product = await givenProduct(world);
    const wanted = newGoods(product, product.listFen, world.clock.now());
    await world.ports.database.tx((tx) => goods.insert(tx, wanted));
    for (let hour = 0; hour < 21; hour += 1) {
      world.clock.advance(HOUR_MS);
      await world.ports.database.tx(async (tx) => {
        const now = world.clock.now();
        const state = hour % 2 === 0 ? 'uploading' : 'wanted';
        await goods.save(tx, wanted, { ...wanted, state, updatedAtMs: now });
      });
      await world.run(watchWaiting);
    }
    expect(await open()).toEqual([`waiting:goods:${wanted.id}`]);
  });

  test('the bill of a day with money that nobody has read is told a day after it should be there', async () => {
    await givenPaid(world, alice);
    const day = dayOf(world.clock.now());
    const id = `wxpay:${day}`;
    // The bill is ready at ten the next morning in Beijing. Now it is two in the afternoon.
    world.clock.advance(20 * HOUR_MS + 19 * HOUR_MS);
    await world.run(watchWaiting);
    expect(await open()).toEqual([]);
    world.clock.advance(2 * HOUR_MS);
    await world.run(watchWaiting);
    expect(await open()).toEqual([`waiting:bill:${id}`]);
    await world.run(reconcile);
    await world.run(watchWaiting);
    expect(await open()).toEqual([]);
  });

  test('what the platform never answered about is told within a day when nothing else saw to it', async () => {
    const { target } = await givenWritten(world, alice);
    world.weixin.faults.shares.requestLost = 1;
    await pass(19);
    expect(await open()).toEqual([]);
    await pass(2);
    expect(await open()).toContain(`waiting:check:${target}`);
    world.weixin.faults.shares.requestLost = 0;
    await pass(1);
    expect(await open()).toEqual([]);
  });

  test('a queue of reviews that nobody tends is told once within a day, and ends with its last case', async () => {
    const [one, two] = [await givenWritten(world, alice, '存疑'), await givenWritten(world, alice, '也存疑')];
    for (const wrote of [one, two]) await checksText(world, wrote);
    await pass(19);
    expect(await open()).toEqual([]);
    await pass(2);
    expect(await open()).toEqual(['waiting:queue:content_review']);
    const { token } = await givenStaff(world, 'support');
    for (const { target } of [one, two]) {
      expect(await open()).toEqual(['waiting:queue:content_review']);
      const decided = { target, version: 1, decision: 'approve', reason: '看过了' };
      await world.call(decideReview, decided, { token });
      await world.run(watchWaiting);
    }
    expect(await open()).toEqual([]);
  });

  test('when very many things wait, some get a case each and one case covers the rest; then all end', async () => {
    await givenManyTasks(world, 'grantCoupon', couponGrantRequested, CASES_OF_KIND_MAX + 50);
    world.clock.advance(DAY_MS);
    expect(await world.run(watchWaiting)).toMatchObject({ 'case.opened': CASES_OF_KIND_MAX + 1 });
    expect(await open()).toContain('waiting:task:more');
    expect(await world.run(watchWaiting)).toMatchObject({ 'case.opened': 0, 'case.ended': 0 });
    for (const { id, consumer } of (await storedIn(world, tasks.collection.name)) as Task[]) {
      if (consumer !== 'grantCoupon') continue;
      await givenChanged(world, tasks, id, { state: 'done' });
    }
    expect(await world.run(watchWaiting)).toMatchObject({ 'case.ended': CASES_OF_KIND_MAX + 1 });
    expect(await open()).toEqual([]);
  });

  test('a task that is ten minutes late is an error in the log, however lately it was tried', async () => {
    const order = await givenPaid(world, alice);
    world.wechatPay.faults.shares.requestLost = 1;
    await askBack(world, alice, order, order.payableFen);
    for (let minute = 0; minute < 11; minute += 1) {
      world.clock.advance(MINUTE_MS);
      await world.run(sweepTasks);
      await world.drain();
    }
    expect(await world.run(watchWaiting)).toMatchObject({ 'task.late': 1 });
    expect(world.logs).toContainEqual(
      expect.objectContaining({ level: 'error', lateTask: expect.stringContaining('submitRefund:') }),
    );
  });
});
