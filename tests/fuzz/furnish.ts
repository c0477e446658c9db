/** Fills a fuzzed world before it is fuzzed, so that calls meet things in every state. */
import { userRegistered } from '../../events/userRegistered.ts';
import { grantMembership } from '../../functions/admin/access/grantMembership.ts';
import { buryTask } from '../../functions/admin/operations/buryTask.ts';
import { reconcile } from '../../functions/books/reconcile.ts';
import { syncPayments } from '../../functions/payments/syncPayments.ts';
import { addPoints } from '../../functions/points/addPoints.ts';
import * as tasks from '../../shared/data/tasks.ts';
import { dayOf } from '../../shared/domain/day.ts';
import { fact } from '../../shared/event.ts';
import { DAY_MS, UserId } from '../../shared/schemas/base.ts';
import type { Product } from '../../shared/schemas/catalogue/product.ts';
import type { ProductKind } from '../../shared/schemas/catalogue/productKind.ts';
import { givenCase } from '../support/given/case.ts';
import { givenChanged } from '../support/given/changed.ts';
import { givenBatch } from '../support/given/codes.ts';
import { givenException } from '../support/given/exception.ts';
import { givenFact } from '../support/given/fact.ts';
import { givenBoughtGift } from '../support/given/gift.ts';
import { type Buyer, givenOrder, storedIn } from '../support/given/order.ts';
import { passMinutes } from '../support/given/payment.ts';
import { givenSold } from '../support/given/products.ts';
import { askBack, givenPaid } from '../support/given/refund.ts';
import { givenStaff } from '../support/given/staff.ts';
import { givenXpayOrder, payVirtually } from '../support/given/xpay.ts';
import type { World } from '../support/world.ts';

/** Words that cannot be recognised in an answer, by their component. */
export type Words = ReadonlyMap<string, readonly string[]>;

/** Gives up a task: no try can succeed, because its user does not exist. */
async function giveUp(world: World): Promise<string> {
  const userId = UserId.parse(world.ports.ids.make('usr'));
  const told = { userId, via: 'wechat', registeredAtMs: world.clock.now() } as const;
  const id = tasks.taskId('welcomeNewUser', await givenFact(world, fact(userRegistered, userId, told)));
  await givenChanged(world, tasks, id, { state: 'dead', reason: 'user.not_found' });
  return id;
}

/**
 * Leaves stuck money for staff. One refund fails because our account at the rail holds too little, and its task is
 * buried. A second payment cannot be refunded by the rail.
 */
async function getStuck(world: World, buyer: Buyer): Promise<void> {
  const { token } = await givenStaff(world, 'admin');
  world.wechatPay.faults.shares.fundsLacking = 1;
  const order = await givenPaid(world, buyer);
  const { data } = await askBack(world, buyer, order, order.payableFen);
  await world.drain();
  const taskId = tasks.taskId('submitRefund', `refund.requested:${data.refund.id}`);
  await world.call(buryTask, { taskId, reason: '余额不足' }, { token });
  world.wechatPay.faults.shares.fundsLacking = 0;
  const before = { ...world.xpay.faults.shares };
  Object.assign(world.xpay.faults.shares, { doublePay: 1, secondShown: 1, refundFailed: 1 });
  await payVirtually(world, buyer, await givenXpayOrder(world, buyer));
  await passMinutes(world, 20, syncPayments);
  Object.assign(world.xpay.faults.shares, before);
}

/** Leaves a refund on hold: somebody has begun one by hand at the merchant's console, which failed there. */
async function holdBack(world: World, buyer: Buyer): Promise<void> {
  const order = await givenPaid(world, buyer);
  world.wechatPay.faults.next('refundClosed');
  world.wechatPay.console.refund({ orderNumber: order.id, isTold: false });
  await passMinutes(world, 2);
  await askBack(world, buyer, order, order.payableFen);
  await world.drain();
}

/** Gives points and membership, as staff do. */
async function endow(world: World, { userId }: Buyer): Promise<void> {
  const { token } = await givenStaff(world, 'admin');
  const adjustment = { adjustmentId: world.ports.ids.make('adj'), userId, delta: 3_000, reason: '活动奖励' };
  await world.call(addPoints, adjustment, { token });
  const grant = { scope: { kind: 'platform' }, length: { kind: 'days', days: 30 }, reason: '补偿' };
  await world.call(grantMembership, { grantId: world.ports.ids.make('mgr'), userId, ...grant }, { token });
}

/**
 * Three learners with orders on both rails: paid, given away, refunded, being refunded and unpaid. A reconciled bill. A
 * batch of codes. Open work for staff.
 */
export async function furnish(world: World): Promise<Words> {
  const [alice, bob, carol] = [
    await world.login('learner-1'),
    await world.login('learner-2'),
    await world.login('learner-3'),
  ];
  const products = (await storedIn(world, 'products')) as Product[];
  const some = (kind: ProductKind, index = 0): Product => {
    const found = products.filter((one) => one.kind === kind && one.state === 'published')[index];
    if (found === undefined) throw new Error(`there is no ${kind} to sell`);
    return found;
  };
  await givenPaid(world, alice, [some('course')]);
  const back = await givenPaid(world, alice, [some('course', 1)]);
  await askBack(world, alice, back, back.payableFen);
  await payVirtually(world, bob, await givenXpayOrder(world, bob));
  // The policy leaves a membership to staff: one refund for each decision that is tried on them.
  for (const member of [alice, bob, carol]) {
    const undecided = await givenPaid(world, member, [some('membership')]);
    await askBack(world, member, undecided, undecided.payableFen);
  }
  for (const giver of [bob, carol]) await givenBoughtGift(world, giver, 5);
  const { id: exceptionId } = await givenException(world, 'learner-3');
  await getStuck(world, carol);
  await world.drain();
  const day = dayOf(world.clock.now());
  world.clock.advance(DAY_MS);
  await world.run(reconcile);
  await givenOrder(world, alice, { product: some('course', 3) });
  await givenOrder(world, bob, { product: some('course', 5) });
  await givenXpayOrder(world, carol);
  for (const buyer of [alice, bob, carol]) await endow(world, buyer);
  await holdBack(world, alice);
  await givenSold(world, 'media', { pointsPrice: 100 });
  const { codes } = await givenBatch(world, 5);
  return new Map([
    ['Day', [day]],
    ['TypedCode', codes],
    ['Category', ['programming', 'life']],
    ['CaseId', [await givenCase(world, 'complaint', 'complaint-1')]],
    ['TaskId', [await giveUp(world)]],
    ['UserName', ['editor']],
    ['ExceptionId', [exceptionId]],
    ['transactionId', world.wechatPay.books().transactions.map(({ transactionId }) => transactionId)],
  ]);
}
