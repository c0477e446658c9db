/** Bundles for buyers who have some of the parts: they pay the rest of the price for the rest, and nothing twice. */
import { claimGift } from '../../../functions/access/claimGift.ts';
import { getLibrary } from '../../../functions/access/getLibrary.ts';
import { redeemCode } from '../../../functions/access/redeemCode.ts';
import { publishProduct } from '../../../functions/admin/catalogue/publishProduct.ts';
import { updateProduct } from '../../../functions/admin/catalogue/updateProduct.ts';
import { withdrawProduct } from '../../../functions/admin/catalogue/withdrawProduct.ts';
import { getProduct } from '../../../functions/catalogue/getProduct.ts';
import { createOrder } from '../../../functions/orders/createOrder.ts';
import { getCart } from '../../../functions/orders/getCart.ts';
import { putCartItem } from '../../../functions/orders/putCartItem.ts';
import { payOrder } from '../../../functions/payments/payOrder.ts';
import { redeemPoints } from '../../../functions/points/redeemPoints.ts';
import { quoteOrder } from '../../../functions/pricing/quoteOrder.ts';
import * as products from '../../../shared/data/catalogue/products.ts';
import { fen, type ProductId } from '../../../shared/schemas/base.ts';
import type { OrderView } from '../../../shared/schemas/orders/order.ts';
import { givenBatch } from '../../support/given/codes.ts';
import { givenCourse } from '../../support/given/course.ts';
import { ANYTHING_ALONE } from '../../support/given/dailyValue.ts';
import { givenAccess } from '../../support/given/entitlement.ts';
import { givenGift } from '../../support/given/gift.ts';
import {
  type Buyer,
  givenCouponOf,
  givenOpened,
  newOrderId,
  stored,
  storedIn,
} from '../../support/given/order.ts';
import { confirm } from '../../support/given/payment.ts';
import { givenPoints, pointsAccountOf } from '../../support/given/points.ts';
import { givenSold } from '../../support/given/products.ts';
import { askBack } from '../../support/given/refund.ts';
import { givenStaff, type Staff } from '../../support/given/staff.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
let alice: Buyer;
let staff: Staff;
let a: ProductId;
let b: ProductId;
let set: ProductId;

beforeEach(async () => {
  world = await createWorld(ANYTHING_ALONE);
  alice = await world.login('alice');
  staff = await givenStaff(world, 'admin');
  a = (await givenCourse(world, { listFen: 6_000 })).productId;
  b = (await givenCourse(world, { listFen: 4_000 })).productId;
  set = (await givenSold(world, 'bundle', { parts: [a, b], listFen: 8_000, pointsPrice: 100 })).id;
});
afterEach(() => world.close());

const quote = (ids: readonly ProductId[], buyer = alice) =>
  world.call(quoteOrder, { lines: ids.map((productId) => ({ productId })), couponId: null }, buyer);
const quotedFen = async (ids: readonly ProductId[], buyer = alice) =>
  (await quote(ids, buyer)).data.quote.payableFen;
const place = (id: ProductId, shownFen: number, buyer = alice) => {
  const asked = { orderId: newOrderId(world), lines: [{ productId: id }], couponId: null, shownFen };
  return world.call(createOrder, asked, buyer);
};
const pay = async (order: OrderView, buyer = alice) => {
  expect(confirm(world, buyer, await givenOpened(world, buyer, order))).toBe('requestPayment:ok');
  await world.drain();
};
async function buy(id: ProductId, shownFen: number, buyer = alice): Promise<OrderView> {
  const { order } = (await place(id, shownFen, buyer)).data;
  await pay(order, buyer);
  return order;
}
const page = async (id: ProductId, buyer = alice) => (await world.call(getProduct, { id }, buyer)).data;
const isOpen = async (id: ProductId, buyer = alice) => {
  const { data } = await world.call(getLibrary, {}, buyer);
  const shown = await world.call(getProduct, { id }, buyer);
  return shown.code === null ? shown.data.owned?.isOwned === true : data.items.some((item) => item.id === id);
};
const versionOf = async (id: ProductId) => (await stored(world, products.collection, id)).version;
const change = async (id: ProductId, parts: readonly ProductId[]) => {
  const asked = { id, expectedVersion: await versionOf(id), change: { parts }, reason: '调整' };
  return world.call(updateProduct, asked, staff);
};
const publish = async (id: ProductId) =>
  world.call(publishProduct, { id, expectedVersion: await versionOf(id), reason: '上架' }, staff);

test('who has a part pays for the rest: quote, page, cart and order say so, and what it opens is the rest', async () => {
  await buy(a, 6_000);
  const { data } = await quote([set]);
  expect(data.quote).toMatchObject({
    payableFen: 3_200,
    discountFen: 4_800,
    applied: [{ kind: 'owned', id: set, offFen: 4_800 }],
    lines: [{ ownedParts: [a], units: 2 }],
  });
  expect(await page(set)).toMatchObject({
    listFen: 8_000,
    price: { priceFen: 3_200, ownedFen: 4_800 },
    owned: { isOwned: false, mayBuy: true },
    parts: [
      { id: a, isOwned: true },
      { id: b, isOwned: false },
    ],
  });
  await world.call(putCartItem, { productId: set }, alice);
  expect((await world.call(getCart, {}, alice)).data).toMatchObject({ listTotalFen: 8_000, totalFen: 3_200 });
  await buy(set, 3_200);
  expect([await isOpen(a), await isOpen(b)]).toEqual([true, true]);
  expect(await storedIn(world, 'cases')).toEqual([]);
  expect(await quotedFen([set], await world.login('bob'))).toBe(8_000);
});

test('a refund of the completed set, or of the part before it, takes what that one paid for and no more', async () => {
  const [part, rest] = [await buy(a, 6_000), await buy(set, 3_200)];
  expect((await askBack(world, alice, rest, 3_200)).data.refund.state).toBe('approved');
  expect([await isOpen(a), await isOpen(b)]).toEqual([true, false]);
  await buy(set, 3_200);
  expect((await askBack(world, alice, part, 6_000)).data.refund.state).toBe('approved');
  expect([await isOpen(a), await isOpen(b)]).toEqual([false, true]);
  // A refunded product can be bought again.
  expect((await place(a, 6_000)).status).toBe(200);
});

test('product.already_owned: who has every part, by whatever way; also of a column, until something is added', async () => {
  await buy(a, 6_000);
  const other = await givenSold(world, 'bundle', { parts: [b] });
  await givenAccess(world, alice.userId, other.id);
  expect(await page(set)).toMatchObject({ owned: { isOwned: false, mayBuy: false } });
  expect((await quote([set])).code).toBe('product.already_owned');
  expect((await world.call(putCartItem, { productId: set }, alice)).code).toBe('product.already_owned');
  const { codes } = await givenBatch(world, 1, { productId: set });
  expect((await world.call(redeemCode, { code: codes[0] }, alice)).code).toBe('product.already_owned');
  const column = (await givenSold(world, 'column', { parts: [a, b], listFen: 8_000 })).id;
  expect((await quote([column])).code).toBe('product.already_owned');
  const added = (await givenCourse(world, { listFen: 10_000 })).productId;
  await change(column, [a, b, added]);
  expect(await quotedFen([column])).toBe(4_000);
  await buy(column, 4_000);
  const later = (await givenCourse(world)).productId;
  await change(column, [a, b, added, later]);
  expect([await isOpen(added), await isOpen(later)]).toEqual([true, true]);
});

test('order.part_twice: a bundle and what is in it, or two bundles with one part, are not one order', async () => {
  const clash = await quote([set, a]);
  expect(clash).toMatchObject({ status: 409, code: 'order.part_twice' });
  expect(clash.error.params).toEqual({ productId: a, bundleId: set });
  const other = (await givenSold(world, 'bundle', { parts: [b], listFen: 3_000 })).id;
  expect((await quote([set, other])).code).toBe('order.part_twice');
  const asked = { orderId: newOrderId(world), lines: [{ productId: a }, { productId: set }], couponId: null };
  expect((await world.call(createOrder, { ...asked, shownFen: 14_000 }, alice)).code).toBe(
    'order.part_twice',
  );
  // As a gift for a friend, the product is a separate one.
  const mixed = [{ productId: set }, { productId: a, gifts: 1 }];
  expect((await world.call(quoteOrder, { lines: mixed, couponId: null }, alice)).data.quote.payableFen).toBe(
    14_000,
  );
  for (const productId of [a, set]) await world.call(putCartItem, { productId }, alice);
  expect((await world.call(getCart, {}, alice)).data).toMatchObject({
    totalFen: 8_000,
    items: [{ isInBundle: true }, { isInBundle: false }],
  });
});

test('for friends nothing is left out, and a friend who has a part gets the rest by it', async () => {
  await buy(a, 6_000);
  const lines = [{ productId: set, gifts: 2 }];
  expect((await world.call(quoteOrder, { lines, couponId: null }, alice)).data.quote.payableFen).toBe(16_000);
  const bob = await world.login('bob');
  const { gift } = await givenGift(world, bob, 1, { productId: set, kind: 'bundle' });
  expect((await world.call(claimGift, { token: gift.token }, alice)).code).toBeNull();
  expect(await isOpen(b)).toBe(true);
});

test('points pay for the rest too, and coupons are of it', async () => {
  await buy(a, 6_000);
  const coupon = await givenCouponOf(world, alice.userId, { rule: { kind: 'fixed', offFen: fen(200) } });
  const lines = [{ productId: set }];
  const { data } = await world.call(quoteOrder, { lines, couponId: coupon.id }, alice);
  expect(data.quote.payableFen).toBe(3_000);
  await givenPoints(world, alice.userId, 100);
  const before = await pointsAccountOf(world, alice.userId);
  const asked = { redemptionId: world.ports.ids.make('rdm'), productId: set };
  expect((await world.call(redeemPoints, asked, alice)).data.redemption.points).toBe(40);
  expect((await pointsAccountOf(world, alice.userId))?.available).toBe((before?.available ?? 0) - 40);
  expect(await isOpen(b)).toBe(true);
});

test('product.already_owned: a set is not paid for at the price of before a part of it was bought', async () => {
  const { order } = (await place(set, 8_000)).data;
  await buy(a, 6_000);
  const refused = await world.call(payOrder, { orderId: order.id }, alice);
  expect(refused).toMatchObject({ status: 409, code: 'product.already_owned' });
  expect(refused.error.params).toMatchObject({ productId: a });
});

test('a set and a part of it, paid at the same time, are a case', async () => {
  const [whole, part] = [(await place(set, 8_000)).data.order, (await place(a, 6_000)).data.order];
  const opened = [await givenOpened(world, alice, whole), await givenOpened(world, alice, part)];
  for (const payment of opened) confirm(world, alice, payment);
  await world.drain();
  expect(await storedIn(world, 'cases')).toMatchObject([{ kind: 'bought_twice', productId: a }]);
});

test('a withdrawn product leaves its bundles for new buyers, names them, and stays with their owners', async () => {
  const bob = await world.login('bob');
  const pending = (await place(set, 8_000, bob)).data.order;
  await buy(set, 8_000);
  const { data } = await world.call(withdrawProduct, { id: a, reason: '下架' }, staff);
  expect(data.bundles).toMatchObject([{ id: set, partCount: 1 }]);
  expect((await page(set)).parts.map(({ id }) => id)).toEqual([b]);
  await pay(pending, bob);
  const carol = await world.login('carol');
  await buy(set, 8_000, carol);
  expect([await isOpen(a), await isOpen(a, bob), await isOpen(a, carol)]).toEqual([true, true, false]);
  expect([await isOpen(b), await isOpen(b, bob), await isOpen(b, carol)]).toEqual([true, true, true]);
  const partsOf = async (buyer: Buyer) =>
    (await world.call(getLibrary, {}, buyer)).data.items
      .find(({ id }) => id === set)
      ?.parts.map(({ id }) => id);
  expect([await partsOf(alice), await partsOf(carol)]).toEqual([[b, a], [b]]);

  await world.call(withdrawProduct, { id: set, reason: '下架' }, staff);
  expect((await publish(set)).status).toBe(200);
  expect((await publish(a)).status).toBe(200);
  expect((await change(set, [b, a])).status).toBe(200);
  expect(await isOpen(a, carol)).toBe(true);
});

test('a part may leave for new buyers; the last one leaves nothing to sell', async () => {
  await buy(set, 8_000);
  expect((await change(set, [b])).data.product).toMatchObject({ parts: [b], lessonCount: 3 });
  const bob = await world.login('bob');
  await buy(set, 8_000, bob);
  expect([await isOpen(a), await isOpen(a, bob)]).toEqual([true, false]);
  expect(await change(set, [])).toMatchObject({ code: 'product.change_refused' });
  const { data } = await world.call(withdrawProduct, { id: b, reason: '下架' }, staff);
  expect(data.bundles).toMatchObject([{ id: set, partCount: 0 }]);
  expect((await quote([set], await world.login('carol'))).code).toBe('product.not_found');
  expect(await isOpen(b)).toBe(true);
});
