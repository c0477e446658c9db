import { getLibrary } from '../../functions/access/getLibrary.ts';
import { getMedia } from '../../functions/access/getMedia.ts';
import { getMembership } from '../../functions/access/getMembership.ts';
import { createRefund } from '../../functions/admin/refunds/createRefund.ts';
import { createOrder } from '../../functions/orders/createOrder.ts';
import { DAY_MS, HOUR_MS, SECOND_MS } from '../../shared/schemas/base.ts';
import type { StaffProductView } from '../../shared/schemas/catalogue/product.ts';
import type { OrderView } from '../../shared/schemas/orders/order.ts';
import { type Buyer, newOrderId } from '../support/given/order.ts';
import { givenSold } from '../support/given/products.ts';
import { newRefundId } from '../support/given/refund.ts';
import { givenStaff, type Staff } from '../support/given/staff.ts';
import { oneOf, seeded } from '../support/seeded.ts';
import { bar } from './bar.ts';
import { openShop, type Shop } from './shop.ts';

const FEN = 9_900;
const WAIT_MAX_DAYS = 12;
const BEIJING_MS = 8 * HOUR_MS;

const NAMES = ['week', 'month', 'forever', 'fortnight', 'plan'] as const;
type Name = (typeof NAMES)[number];
/** How many days each product lasts. A membership plan's length comes from the calendar. */
const DAYS: Readonly<Record<Exclude<Name, 'plan'>, number>> = {
  week: 7,
  month: 30,
  forever: Number.POSITIVE_INFINITY,
  fortnight: 14,
};

/** All products on sale, and two that others open: a part of a bundle, and a product that is free for members. */
type Shelf = Readonly<Record<Name | 'part' | 'free', StaffProductView>>;

/** A purchase as the buyer noted it. */
interface Bought {
  readonly name: Name;
  readonly orderId: string;
  readonly atMs: number;
  isBack: boolean;
  /** When it was refunded. The time used until then is not charged to another purchase. */
  backAtMs: number;
}

interface Person {
  readonly name: string;
  buyer: Buyer;
  readonly log: Bought[];
}

async function stock({ world }: Shop): Promise<Shelf> {
  const days = (count: number) => ({ access: { kind: 'days', days: count } });
  const part = await givenSold(world, 'media');
  return {
    part,
    week: await givenSold(world, 'media', days(DAYS.week)),
    month: await givenSold(world, 'media', days(DAYS.month)),
    forever: await givenSold(world, 'media'),
    fortnight: await givenSold(world, 'bundle', { ...days(DAYS.fortnight), parts: [part.id] }),
    free: await givenSold(world, 'media', { isFreeForMembers: true }),
    plan: await givenSold(world, 'membership'),
  };
}

/**
 * The instant `count` calendar months later in Beijing, found by walking day by day: the same day of that month, or its
 * last day. Consecutive months are counted from the first. Example: two months from 30 January end on 30 March, and not
 * on 28 March.
 */
function monthsAfter(atMs: number, count: number): number {
  const partsOf = (ms: number) => {
    const [year = 0, month = 0, day = 0] = new Date(ms + BEIJING_MS)
      .toISOString()
      .slice(0, 10)
      .split('-')
      .map(Number);
    return { month: year * 12 + month, day };
  };
  const from = partsOf(atMs);
  const last = from.month + count;
  let found = atMs;
  for (let ms = atMs; partsOf(ms).month <= last; ms += DAY_MS) {
    const { month, day } = partsOf(ms);
    if (month === last && day <= from.day) found = ms;
  }
  return found;
}

/**
 * The end of all purchases of this product, laid one after the other. Infinite for access without an end, 0 for none.
 */
function endOf({ log }: Person, name: Name): number {
  let takenMs = 0;
  let endMs = 0;
  // Where the months that follow each other without a gap began, and how many they are.
  let anchorMs = 0;
  let months = 0;
  for (const { atMs, isBack, backAtMs } of log.filter((bought) => bought.name === name)) {
    const fromMs = Math.max(takenMs, atMs);
    if (fromMs > takenMs || months === 0) [anchorMs, months] = [fromMs, 0];
    if (isBack) {
      const wholeMs = name === 'plan' ? monthsAfter(fromMs, 1) : fromMs + DAYS[name] * DAY_MS;
      const usedMs = Math.min(wholeMs, backAtMs);
      if (usedMs > takenMs) [takenMs, months] = [usedMs, 0];
      continue;
    }
    months += 1;
    takenMs = name === 'plan' ? monthsAfter(anchorMs, months) : fromMs + DAYS[name] * DAY_MS;
    endMs = takenMs;
  }
  return endMs;
}

/**
 * Buys a product and notes it. Answers what was wrong.
 *
 * A product owned without an end is not sold again. One with an end is laid after the one before, also when several
 * orders were placed before any was paid.
 */
async function buy(shop: Shop, shelf: Shelf, person: Person, name: Name, count: number): Promise<string[]> {
  const { world } = shop;
  const { buyer } = person;
  const isOwned = endOf(person, name) === Number.POSITIVE_INFINITY;
  const lines = [{ productId: shelf[name].id }];
  const orders: OrderView[] = [];
  for (let n = 0; n < count; n += 1) {
    const asked = { orderId: newOrderId(world), lines, couponId: null, shownFen: FEN };
    const answer = await world.call(createOrder, asked, buyer);
    if (isOwned && answer.code === 'product.already_owned') return [];
    if (isOwned || answer.status !== 200)
      return [`${name} for ${person.name}: ${answer.status} ${answer.code}`];
    orders.push(answer.data.order);
  }
  for (const order of orders) {
    if (!(await shop.pay(buyer, order))) return [`${person.name} could not pay`];
    // The rail gives times in whole seconds.
    const atMs = Math.floor(world.clock.now() / SECOND_MS) * SECOND_MS;
    person.log.push({ name, orderId: order.id, atMs, isBack: false, backAtMs: 0 });
  }
  await world.drain();
  return [];
}

/** Staff refund one of the purchases, whatever the policy says. */
async function giveBack({ world }: Shop, shelf: Shelf, bought: Bought, admin: Staff): Promise<string[]> {
  const { orderId, name } = bought;
  const lines = [{ productId: shelf[name].id, refundFen: FEN, takesAccess: true }];
  const asked = { orderId, refundId: newRefundId(world), lines, reason: '退款' };
  const { status, code } = await world.call(createRefund, asked, admin);
  bought.isBack = true;
  bought.backAtMs = world.clock.now();
  return status === 200 ? [] : [`${orderId} could not be given back: ${code}`];
}

/**
 * What the endpoints answer wrongly. No event has been delivered since, because a refund takes effect with its
 * approval.
 */
async function wrongWith({ world }: Shop, shelf: Shelf, person: Person): Promise<string[]> {
  const { buyer } = person;
  const now = world.clock.now();
  const wrong: string[] = [];
  const opens = [
    ['week', endOf(person, 'week')],
    ['month', endOf(person, 'month')],
    ['forever', endOf(person, 'forever')],
    ['part', endOf(person, 'fortnight')],
    ['free', endOf(person, 'plan')],
  ] as const;
  for (const [name, endMs] of opens) {
    const { status } = await world.call(getMedia, { productId: shelf[name].id }, buyer);
    if ((status === 200) !== now < endMs)
      wrong.push(`${name} of ${person.name}: ${status}, and it ends at ${endMs}`);
  }
  const { items } = (await world.call(getLibrary, { limit: '50' }, buyer)).data;
  const told = new Map(items.map(({ id, untilAtMs }) => [id, untilAtMs ?? Number.POSITIVE_INFINITY]));
  for (const name of ['week', 'month', 'forever', 'fortnight'] as const) {
    const endMs = endOf(person, name);
    const said = told.get(shelf[name].id) ?? 0;
    if (said !== (now < endMs ? endMs : 0))
      wrong.push(`${name} of ${person.name} ends at ${endMs}, not ${said}`);
  }
  const { scopes } = (await world.call(getMembership, {}, buyer)).data;
  const [scope] = scopes;
  const isLive = scope?.isLive ?? false;
  const endMs = endOf(person, 'plan');
  if (isLive !== now < endMs || (isLive && scope?.untilAtMs !== endMs))
    wrong.push(`${person.name} is a member until ${endMs}, not ${scope?.untilAtMs}`);
  return wrong;
}

/**
 * What everybody should have is computed from their own notes, by a calendar that walks day by day.
 *
 * Seen red: with a database that never stores `revoked` for access or membership, refunded products still open.
 */
export const R27 = bar({
  proves: 'who may use what, and until when, is what was bought less what was given back, at every moment',
  flags: { users: 60, steps: 8 },
  brief: { users: 8 },
  run: async ({ seed, flags, note }) => {
    const shop = await openShop(seed);
    const { world } = shop;
    const random = seeded(seed);
    const shelf = await stock(shop);
    const people: Person[] = [];
    for (let n = 0; n < flags.users; n += 1)
      people.push({ name: `buyer${n}`, buyer: await world.login(`buyer${n}`), log: [] });
    const violations: string[] = [];
    let looks = 0;
    const counts = { bought: 0, givenBack: 0 };
    for (let step = 0; step < flags.steps; step += 1) {
      const admin = await givenStaff(world, 'admin');
      for (const person of people) {
        person.buyer = await world.login(person.name);
        const live = person.log.filter(({ isBack }) => !isBack);
        const isBack = live.length > 0 && random() < 0.3;
        violations.push(
          ...(isBack
            ? await giveBack(shop, shelf, oneOf(random, live), admin)
            : await buy(shop, shelf, person, oneOf(random, NAMES), random() < 0.3 ? 2 : 1)),
        );
        counts[isBack ? 'givenBack' : 'bought'] += 1;
        violations.push(...(await wrongWith(shop, shelf, person)));
        looks += 1;
      }
      await shop.rest(5);
      world.clock.advance(Math.floor(random() * WAIT_MAX_DAYS * DAY_MS));
      for (const person of people) {
        person.buyer = await world.login(person.name);
        violations.push(...(await wrongWith(shop, shelf, person)));
        looks += 1;
      }
      note(`step ${step + 1}`);
    }
    await shop.rest(10);
    violations.push(...(await shop.audit(true)));
    const measured = { users: people.length, looks, ...counts, violations: violations.slice(0, 20) };
    return { pass: violations.length === 0, measured };
  },
});
