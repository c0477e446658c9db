/** Access with an end can be obtained again by every way. The next period is laid at the end of the one before. */
import { claimGift } from '../../../functions/access/claimGift.ts';
import { redeemCode } from '../../../functions/access/redeemCode.ts';
import { updateProduct } from '../../../functions/admin/catalogue/updateProduct.ts';
import { getProduct } from '../../../functions/catalogue/getProduct.ts';
import { createOrder } from '../../../functions/orders/createOrder.ts';
import { putCartItem } from '../../../functions/orders/putCartItem.ts';
import { redeemPoints } from '../../../functions/points/redeemPoints.ts';
import * as products from '../../../shared/data/catalogue/products.ts';
import { DAY_MS, type ProductId } from '../../../shared/schemas/base.ts';
import type { AccessRule } from '../../../shared/schemas/catalogue/product.ts';
import type { OrderView } from '../../../shared/schemas/orders/order.ts';
import { givenBatch } from '../../support/given/codes.ts';
import { givenAccess } from '../../support/given/entitlement.ts';
import { givenGift } from '../../support/given/gift.ts';
import {
  type Buyer,
  givenOpened,
  givenOrder,
  newOrderId,
  stored,
  storedIn,
} from '../../support/given/order.ts';
import { confirm } from '../../support/given/payment.ts';
import { givenPoints } from '../../support/given/points.ts';
import { givenSold } from '../../support/given/products.ts';
import { askBack, givenPaid } from '../../support/given/refund.ts';
import { givenStaff } from '../../support/given/staff.ts';
import { createWorld, type World } from '../../support/world.ts';

const MONTH: AccessRule = { kind: 'days', days: 30 };

let world: World;
let alice: Buyer;
let start: number;

beforeEach(async () => {
  world = await createWorld();
  alice = await world.login('alice');
});
afterEach(() => world.close());

async function sold(access: AccessRule = MONTH): Promise<ProductId> {
  const { id } = await givenSold(world, 'content', { access, pointsPrice: 60 });
  start = world.clock.now();
  return id;
}
const product = (id: ProductId) => stored(world, products.collection, id);
const buy = async (id: ProductId): Promise<OrderView> => givenPaid(world, alice, [await product(id)]);
const ownedOf = async (id: ProductId) => (await world.call(getProduct, { id }, alice)).data.owned;
/** The number of days from the start. It is rounded, because the rail gives payment times in whole seconds. */
const daysOf = async (id: ProductId) => {
  const untilAtMs = (await ownedOf(id))?.untilAtMs;
  return untilAtMs === null || untilAtMs === undefined ? untilAtMs : Math.round((untilAtMs - start) / DAY_MS);
};

/** Every way to get a product. Each answers the error code, or null. */
const ways: Readonly<Record<string, (id: ProductId) => Promise<string | null>>> = {
  order: async (id) => {
    const asked = { orderId: newOrderId(world), lines: [{ productId: id }], couponId: null, shownFen: 9_900 };
    const answer = await world.call(createOrder, asked, alice);
    if (answer.code !== null) return answer.code;
    confirm(world, alice, await givenOpened(world, alice, answer.data.order));
    await world.drain();
    return null;
  },
  code: async (id) => {
    const { codes } = await givenBatch(world, 1, { productId: id });
    return (await world.call(redeemCode, { code: codes[0] }, alice)).code;
  },
  gift: async (id) => {
    const { access } = await product(id);
    const wishes = { productId: id, kind: 'content', access } as const;
    const { gift } = await givenGift(world, await world.login('bob'), 1, wishes);
    return (await world.call(claimGift, { token: gift.token }, alice)).code;
  },
  points: async (id) => {
    await givenPoints(world, alice.userId, 60);
    const asked = { redemptionId: world.ports.ids.make('rdm'), productId: id };
    return (await world.call(redeemPoints, asked, alice)).code;
  },
};

test.each(Object.entries(ways))(
  'by %s a month is laid at the end of the month that is had',
  async (_, get) => {
    const id = await sold();
    await buy(id);
    expect(await daysOf(id)).toBe(30);
    expect(await ownedOf(id)).toMatchObject({ isOwned: true, mayBuy: true });
    expect(await get(id)).toBeNull();
    expect(await daysOf(id)).toBe(60);
  },
);

test.each(Object.entries(ways))(
  'product.already_owned: by %s nothing that is had for ever',
  async (_, get) => {
    const id = await sold();
    await givenAccess(world, alice.userId, id);
    expect(await ownedOf(id)).toEqual({ isOwned: true, isTrial: false, untilAtMs: null, mayBuy: false });
    expect(await get(id)).toBe('product.already_owned');
  },
);

test('a cart takes what ends, and counts it', async () => {
  const id = await sold();
  await buy(id);
  const { data } = await world.call(putCartItem, { productId: id }, alice);
  expect(data).toMatchObject({
    totalFen: 9_900,
    items: [{ isOwned: false, untilAtMs: (await ownedOf(id))?.untilAtMs }],
  });
});

test('who has a month of what is now sold for ever buys it for ever, and a refund leaves the month', async () => {
  const id = await sold();
  await buy(id);
  const admin = await givenStaff(world, 'admin');
  const change = { access: { kind: 'forever' } };
  await world.call(updateProduct, { id, expectedVersion: 2, change, reason: '改为永久' }, admin);
  world.clock.advance(DAY_MS);
  const upgrade = await buy(id);
  expect(await ownedOf(id)).toEqual({ isOwned: true, isTrial: false, untilAtMs: null, mayBuy: false });
  expect((await askBack(world, alice, upgrade, 9_900)).data.refund.state).toBe('approved');
  expect(await daysOf(id)).toBe(30);
});

test('a refund of one month leaves the other whole', async () => {
  for (const isFirst of [true, false]) {
    const id = await sold();
    const first = await buy(id);
    world.clock.advance(DAY_MS);
    const second = await buy(id);
    expect(await daysOf(id)).toBe(60);
    expect((await askBack(world, alice, isFirst ? first : second, 9_900)).status).toBe(200);
    // The day that was used belonged to the first purchase.
    expect(await daysOf(id)).toBe(isFirst ? 31 : 30);
  }
});

test('a date is sold again only where it is later', async () => {
  const until = (days: number): AccessRule => ({
    kind: 'until',
    untilAtMs: (world.clock.now() + days * DAY_MS) as never,
  });
  const id = await sold(until(30));
  await givenAccess(world, alice.userId, id, { kind: 'days', days: 20 });
  world.clock.advance(1_000);
  expect(await ways.order?.(id)).toBeNull();
  expect(await daysOf(id)).toBe(30);
  expect(await ways.order?.(id)).toBe('product.already_owned');
});

test('what a bundle opens for long enough is not sold; for less, a month of it comes after the bundle', async () => {
  const id = await sold();
  const bundle = await givenSold(world, 'bundle', { parts: [id] });
  await givenAccess(world, alice.userId, bundle.id, { kind: 'days', days: 10 });
  world.clock.advance(1_000);
  expect(await ways.order?.(id)).toBeNull();
  expect(await daysOf(id)).toBe(40);
  const other = await sold();
  const long = await givenSold(world, 'bundle', { parts: [other] });
  await givenAccess(world, alice.userId, long.id, { kind: 'days', days: 31 });
  expect(await ways.order?.(other)).toBe('product.already_owned');
});

test('two orders of a month that are paid at once are two months, and no case', async () => {
  const id = await sold();
  const orders = [
    await givenOrder(world, alice, { product: await product(id) }),
    await givenOrder(world, alice, { product: await product(id) }),
  ];
  for (const order of orders) confirm(world, alice, await givenOpened(world, alice, order));
  await world.drain();
  expect(await daysOf(id)).toBe(60);
  expect(await storedIn(world, 'cases')).toEqual([]);
});
