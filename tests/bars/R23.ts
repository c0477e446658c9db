import { addPoints } from '../../functions/addPoints.ts';
import { createRefund } from '../../functions/admin/createRefund.ts';
import { createOrder } from '../../functions/createOrder.ts';
import { redeemPoints } from '../../functions/redeemPoints.ts';
import { requestRefund } from '../../functions/requestRefund.ts';
import type { HttpFunction } from '../../shared/function.ts';
import { type Buyer, givenProduct, orderFor } from '../support/given.order.ts';
import { givenPoints } from '../support/given.points.ts';
import { newRefundId } from '../support/given.refund.ts';
import { givenStaff } from '../support/given.staff.ts';
import { bar } from './bar.ts';
import { openShop, type Shop } from './shop.ts';

/** A change under an id that the client has made. */
interface Change {
  readonly name: string;
  readonly own: HttpFunction;
  readonly token: string;
  readonly input: Readonly<Record<string, unknown>>;
  /** The same id, asked for something else. */
  readonly other: Readonly<Record<string, unknown>>;
  /** Who else may use an id of their own for the same thing; its code when the id is taken. */
  readonly stranger: string;
}

async function paidOrder(shop: Shop, buyer: Buyer) {
  const order = await shop.order(buyer);
  await shop.pay(buyer, order);
  await shop.world.drain();
  return order;
}

/** One of each route that changes something under a client's id and is worth money. */
async function changesOf(shop: Shop, n: number): Promise<Change[]> {
  const { world } = shop;
  const alice = await shop.buyer(`alice${n}`);
  const bob = await shop.buyer(`bob${n}`);
  const finance = await givenStaff(world, 'finance', { secondFactor: true });
  const other = await givenStaff(world, 'finance', { secondFactor: true });
  const [first, second] = [await givenProduct(world), await givenProduct(world, { pointsPrice: 100 })];
  await givenPoints(world, alice.userId, 1_000);
  await givenPoints(world, bob.userId, 1_000);
  const order = orderFor(world, [first]);
  const paid = await paidOrder(shop, alice);
  const refund = { orderId: paid.id, refundId: newRefundId(world), productIds: null, words: '退款' };
  const given = await paidOrder(shop, alice);
  const lines = [{ productId: given.lines[0]?.productId, refundFen: 100, takesAccess: false }];
  const credit = { orderId: given.id, refundId: newRefundId(world), lines, reason: '补偿' };
  const points = {
    adjustmentId: world.ports.ids.make('adj'),
    userId: bob.userId,
    delta: 10,
    reason: '活动奖励',
  };
  const redemption = { redemptionId: world.ports.ids.make('rdm'), productId: second.id };
  const of = (
    name: string,
    own: unknown,
    token: string,
    input: Change['input'],
    changed: object,
    stranger: string,
  ) => ({
    name,
    own: own as HttpFunction,
    token,
    input,
    other: { ...input, ...changed },
    stranger,
  });
  return [
    of('createOrder', createOrder, alice.token, order, { shownFen: order.shownFen - 1 }, bob.token),
    of(
      'requestRefund',
      requestRefund,
      alice.token,
      { ...refund, shownFen: 9_900 },
      { words: '别的理由' },
      bob.token,
    ),
    of('createRefund', createRefund, finance.token, credit, { reason: '别的理由' }, other.token),
    of('addPoints', addPoints, finance.token, points, { delta: 11 }, other.token),
    of('redeemPoints', redeemPoints, alice.token, redemption, { productId: first.id }, bob.token),
  ];
}

/** Seen red: with `placedBefore` answering whatever is there, another body under the same id is answered 200. */
export const R23 = bar({
  proves:
    'the same request twenty times at once is one change with one answer; another request under its id changes nothing',
  flags: { rounds: 6, atOnce: 20 },
  run: async ({ seed, flags, note }) => {
    const shop = await openShop(seed, { conflict: 0.1, commitLost: 0.05 });
    const violations: string[] = [];
    for (let round = 0; round < flags.rounds; round += 1) {
      for (const { name, own, token, input, other, stranger } of await changesOf(shop, round)) {
        const ask = (said: unknown, by = token) => shop.world.call(own, said, { token: by });
        const answers = await Promise.all(Array.from({ length: flags.atOnce }, () => ask(input)));
        const bodies = new Set(answers.map(({ body }) => JSON.stringify((body as { data?: unknown }).data)));
        const statuses = new Set(answers.map(({ status }) => status));
        if (bodies.size !== 1 || !statuses.has(200) || statuses.size !== 1)
          violations.push(`${name}: ${bodies.size} answers, ${[...statuses].join(' ')}`);
        const changed = await ask(other);
        if (changed.status < 400 || changed.status >= 500)
          violations.push(`${name}: another body got ${changed.status}`);
        const foreign = await ask(input, stranger);
        const isTold = JSON.stringify((foreign.body as { data?: unknown }).data) === [...bodies][0];
        const mayBeShared = name === 'createRefund' || name === 'addPoints';
        if (isTold && !mayBeShared) violations.push(`${name}: somebody else got the answer`);
      }
      note(`round ${round + 1}`);
    }
    await shop.rest(20);
    violations.push(...(await shop.audit(true)));
    return { pass: violations.length === 0, measured: { ...flags, violations: violations.slice(0, 20) } };
  },
});
