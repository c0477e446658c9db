import { findPayment } from '../../../../functions/admin/payments/findPayment.ts';
import { listPayments } from '../../../../functions/admin/payments/listPayments.ts';
import { Role } from '../../../../shared/schemas/identity/user.ts';
import { describeFunction } from '../../../support/describeFunction.ts';
import { givenOrder, storedIn } from '../../../support/given/order.ts';
import { givenLateMoney, givenMoney, transactionsOf } from '../../../support/given/payment.ts';
import { givenStaff } from '../../../support/given/staff.ts';
import { createWorld, type World } from '../../../support/world.ts';

let world: World;
let staff: Awaited<ReturnType<typeof givenStaff>>;

/** An order that is paid. */
async function givenPaidNow(name: string) {
  const buyer = await world.login(name);
  const order = await givenOrder(world, buyer);
  await givenMoney(world, buyer, order);
  await world.drain();
  world.clock.advance(1_000);
  return { buyer, order, transactionId: transactionsOf(world, order.id)[0]?.transactionId ?? '' };
}

beforeEach(async () => {
  world = await createWorld();
  staff = await givenStaff(world, 'support');
});
afterEach(() => world.close());

describeFunction(listPayments, () => {
  const list = (asked: object = {}, { token } = staff) => world.call(listPayments, asked, { token });

  test('those that succeeded, newest first and page by page; or those of another state', async () => {
    const [first, second] = [await givenPaidNow('alice'), await givenPaidNow('bob')];
    const open = await givenOrder(world, await world.login('carol'));
    const page = await list({ limit: '1' });
    expect(page.data.items).toMatchObject([
      { id: second.order.id, state: 'success', transactionId: second.transactionId, amountFen: 9_900 },
    ]);
    const rest = await list({ limit: '1', cursor: page.data.nextCursor });
    expect(rest.data.items.map(({ id }) => id)).toEqual([first.order.id]);
    expect((await list({ state: 'created' })).data.items.map(({ id }) => id)).toEqual([open.id]);
  });

  test('nothing of who paid is in it but who ordered', async () => {
    const { buyer } = await givenPaidNow('alice');
    const text = JSON.stringify((await list()).data);
    expect([text.includes(buyer.openid), text.includes(buyer.userId)]).toEqual([false, true]);
  });

  test.each(Role.options)('a %s may look only if the permission table says so', async (role) => {
    const { status } = await list({}, await givenStaff(world, role));
    expect(status).toBe(['support', 'finance', 'admin'].includes(role) ? 200 : 403);
  });
});

describeFunction(findPayment, () => {
  const find = (transactionId: string, { token } = staff) =>
    world.call(findPayment, { transactionId }, { token });

  test('money is found by the number in the buyer’s bill, with the payment of its order', async () => {
    const { order, transactionId } = await givenPaidNow('alice');
    expect((await find(transactionId)).data).toMatchObject({
      receipt: { orderId: order.id, transactionId, kind: 'settled', amountFen: 9_900 },
      payment: { id: order.id, state: 'success', transactionId },
    });
    expect(await storedIn(world, 'audit')).toMatchObject([
      { action: 'payment.read', actorId: staff.userId, target: order.id },
    ]);
  });

  test('money that came too late is found too', async () => {
    const order = await givenLateMoney(world, await world.login('alice'));
    await world.drain();
    const { transactionId = '' } = transactionsOf(world, order.id)[0] ?? {};
    expect((await find(transactionId)).data).toMatchObject({
      receipt: { orderId: order.id, transactionId },
      payment: { id: order.id },
    });
  });

  test('payment.not_found, and auth.forbidden for who may not see orders', async () => {
    expect((await find('4200000000000000000000000000')).code).toBe('payment.not_found');
    expect((await find('4200', await givenStaff(world, 'editor'))).code).toBe('auth.forbidden');
  });
});
