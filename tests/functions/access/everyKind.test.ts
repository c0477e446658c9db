/** Products of every kind, bought, used and refunded as learners do it, through the whole chain. */
import { claimGift } from '../../../functions/access/claimGift.ts';
import { getLesson } from '../../../functions/access/getLesson.ts';
import { getMedia } from '../../../functions/access/getMedia.ts';
import { getMembership } from '../../../functions/access/getMembership.ts';
import { listGifts } from '../../../functions/access/listGifts.ts';
import { getProduct } from '../../../functions/catalogue/getProduct.ts';
import { createOrder } from '../../../functions/orders/createOrder.ts';
import { quoteRefund } from '../../../functions/refunds/quoteRefund.ts';
import { addMonths } from '../../../shared/domain/calendar.ts';
import type { ProductId } from '../../../shared/schemas/base.ts';
import type { OrderView } from '../../../shared/schemas/orders/order.ts';
import { givenCourse } from '../../support/given/course.ts';
import { givenMember } from '../../support/given/member.ts';
import { type Buyer, badWorld, givenOpened, newOrderId } from '../../support/given/order.ts';
import { confirm } from '../../support/given/payment.ts';
import { givenSold } from '../../support/given/products.ts';
import { askBack } from '../../support/given/refund.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
let alice: Buyer;
let bob: Buyer;

beforeEach(async () => {
  world = await createWorld();
  [alice, bob] = [await world.login('alice'), await world.login('bob')];
});
afterEach(() => world.close());

const place = (line: { productId: ProductId; gifts?: number }, shownFen: number, buyer = alice) =>
  world.call(createOrder, { orderId: newOrderId(world), lines: [line], couponId: null, shownFen }, buyer);

async function buy(line: { productId: ProductId; gifts?: number }, shownFen: number): Promise<OrderView> {
  const { order } = (await place(line, shownFen)).data;
  expect(confirm(world, alice, await givenOpened(world, alice, order))).toBe('requestPayment:ok');
  await world.drain();
  return order;
}
const quoteOf = async (order: OrderView) =>
  (await world.call(quoteRefund, { orderId: order.id }, alice)).data.quote;
const lineOf = async (order: OrderView) => (await quoteOf(order)).lines[0];

test('T32: three gifts are paid for, one is claimed, and a refund gives back the other two and what they cost', async () => {
  const { id: productId } = await givenSold(world, 'media');
  const order = await buy({ productId, gifts: 3 }, 29_700);
  const [gift] = (await world.call(listGifts, {}, alice)).data.items;
  const claim = (who: Buyer) => world.call(claimGift, { token: gift?.token }, who);
  expect(await world.call(getMedia, { productId }, alice)).toMatchObject({ code: 'product.not_owned' });
  expect((await claim(bob)).status).toBe(200);
  expect(await quoteOf(order)).toMatchObject({ by: 'automatic', refundFen: 19_800 });
  expect((await askBack(world, alice, order, 19_800)).status).toBe(200);
  expect(await claim(await world.login('carol'))).toMatchObject({ code: 'gift.taken_back' });
  expect((await world.call(getMedia, { productId }, bob)).status).toBe(200);
  // A gift for friends does not stop its buyer from buying the product.
  expect((await place({ productId }, 9_900)).status).toBe(200);
});

test('T13: of two months that were bought one is refunded, and the other is there from now on', async () => {
  const refundPolicy = {
    windowDays: 7,
    tiers: [{ progressMax: 0, share: 10_000 }],
    isVoidAfterDownload: false,
  };
  const { id: productId } = await givenSold(world, 'membership', { listFen: 2_800, refundPolicy });
  const first = await buy({ productId }, 2_800);
  world.clock.advance(1_000);
  await buy({ productId }, 2_800);
  const untilOf = async () => (await world.call(getMembership, {}, alice)).data.scopes[0]?.untilAtMs ?? 0;
  const whole = await untilOf();
  expect((await askBack(world, alice, first, 2_800)).status).toBe(200);
  // The time used so far belonged to the first purchase.
  expect(await untilOf()).toBe(addMonths(world.clock.now(), 1));
  expect(await untilOf()).toBeLessThan(whole);
});

test('a bundle opens its parts, so that none has to be bought again, and what is opened of them counts for its refund', async () => {
  const course = await givenCourse(world);
  const talk = await givenSold(world, 'media');
  const { id: productId } = await givenSold(world, 'bundle', { parts: [course.productId, talk.id] });
  const order = await buy({ productId }, 9_900);
  expect(await place({ productId: talk.id }, 9_900)).toMatchObject({ code: 'product.already_owned' });
  expect(await lineOf(order)).toMatchObject({ progress: 0, whyNot: null });
  await world.call(getLesson, { id: course.paid.id }, alice);
  await world.call(getMedia, { productId: talk.id }, alice);
  expect(await lineOf(order)).toMatchObject({ progress: 6_666, whyNot: 'progress_too_far', policyFen: 0 });
});

test('a bundle that is refunded closes its parts, but for those that are had otherwise', async () => {
  const [mine, other] = [await givenSold(world, 'media'), await givenSold(world, 'media')];
  const { id: productId } = await givenSold(world, 'bundle', { parts: [mine.id, other.id], listFen: 15_000 });
  await buy({ productId: mine.id }, 9_900);
  const order = await buy({ productId }, 7_500);
  const mayUse = async (id: ProductId) => (await world.call(getProduct, { id }, alice)).data.owned?.isOwned;
  expect([await mayUse(mine.id), await mayUse(other.id)]).toEqual([true, true]);
  expect((await askBack(world, alice, order, 7_500)).status).toBe(200);
  expect([await mayUse(mine.id), await mayUse(other.id), await mayUse(productId)]).toEqual([
    true,
    false,
    false,
  ]);
});

test('a member may buy for ever what is free for members, and can be a member for longer', async () => {
  const plan = await givenSold(world, 'membership');
  const free = await givenSold(world, 'media', { isFreeForMembers: true });
  await givenMember(world, alice.userId);
  expect((await place({ productId: free.id }, 9_900, bob)).status).toBe(200);
  expect((await place({ productId: plan.id }, 9_900)).status).toBe(200);
  await buy({ productId: free.id }, 9_900);
  const { owned } = (await world.call(getProduct, { id: free.id }, alice)).data;
  expect(owned).toEqual({ isOwned: true, isTrial: false, untilAtMs: null, mayBuy: false });
  expect(await place({ productId: free.id }, 9_900)).toMatchObject({ code: 'product.already_owned' });
});

test('product.not_found: before and after the time of sale', async () => {
  const saleFromAtMs = world.clock.now() + 60_000;
  const times = { saleFromAtMs, saleUntilAtMs: saleFromAtMs + 60_000 };
  const { id: productId } = await givenSold(world, 'media', times);
  expect(await place({ productId }, 9_900)).toMatchObject({ status: 404, code: 'product.not_found' });
  world.clock.advance(60_000);
  expect((await place({ productId }, 9_900)).status).toBe(200);
  world.clock.advance(60_000);
  expect(await place({ productId }, 9_900, bob)).toMatchObject({ status: 404, code: 'product.not_found' });
});

test('R24: refunded at the very moment when access is given, on a bad database: nothing stays open', async () => {
  for (let seed = 1; seed <= 12; seed += 1) {
    await world.close();
    world = await badWorld(seed, { conflict: 0.3, commitLost: 0.2 });
    alice = await world.login('alice');
    const { id: productId } = await givenSold(world, 'media');
    const { order } = (await place({ productId }, 9_900)).data;
    confirm(world, alice, await givenOpened(world, alice, order));
    await world.bus.drain();
    const event = `order.paid:${order.id}`;
    const [, answer] = await Promise.all([
      world.deliver('grantEntitlement', event),
      askBack(world, alice, order, 9_900),
    ]);
    await world.drain();
    const isOpen = (await world.call(getMedia, { productId }, alice)).status === 200;
    expect([seed, isOpen]).toEqual([seed, answer.status !== 200]);
  }
});
