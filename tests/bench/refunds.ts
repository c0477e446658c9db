/** Refund journeys: from a paid order until the money, the points and the coupon are back and the access is gone. */
import { makeId } from '../../client/id.ts';
import { type Bought, openLesson, type Shop, until } from '../load/buyer.ts';
import { type Journeys, medianOf, type Rounds, shopOf, timed } from './journeys.ts';
import type { Stack } from './stack.ts';

const CLIENTS = 16;
const ROUNDS = 3;

/** The points spent in these journeys come from one check-in, which the journey made. */
async function giveBack(shop: Shop, bought: Bought): Promise<void> {
  const { client, orderId, lessonId, couponId, payableFen, pointsSpent } = bought;
  const { quote } = await client.quoteRefund({ orderId });
  if (quote.by !== 'automatic' || quote.refundFen !== payableFen)
    throw new Error('the policy would not give all back');
  const refundId = makeId('rfd', Date.now(), shop.random);
  const asked = { orderId, refundId, productIds: null, words: '买错了', shownFen: quote.refundFen };
  await client.requestRefund(asked);
  if (await openLesson(client, lessonId)) throw new Error('the lesson still opens');
  await until(
    shop,
    () => client.listRefunds({ orderId }),
    ({ refunds }) => refunds[0]?.state === 'success',
  );
  const { order } = await client.getOrder({ orderId });
  if (order.refundedFen !== payableFen) throw new Error(`${order.refundedFen} fen are said to be back`);
  const { balance, debt } = await client.getPoints({});
  if (balance !== pointsSpent || debt !== 0) throw new Error(`there are ${balance} points, and ${debt} owed`);
  const coupons = await client.listMyCoupons({});
  const returned = coupons.items.find(({ id }) => id === couponId);
  if (returned?.state !== 'available') throw new Error(`the coupon is ${returned?.state}`);
}

/**
 * Refunds everything that was bought, in rounds. Each refund is measured as a whole, including the wait for the rail.
 */
export async function benchRefunds(stack: Stack, bought: readonly Bought[]): Promise<Rounds> {
  const shop = shopOf(stack, bought.length);
  const each = Math.floor(bought.length / ROUNDS);
  const rounds: Journeys[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    rounds.push(
      await timed(stack, CLIENTS, each, async (piece) => {
        const own = bought[round * each + piece];
        if (own !== undefined) await giveBack(shop, own);
      }),
    );
  }
  return medianOf(rounds);
}
