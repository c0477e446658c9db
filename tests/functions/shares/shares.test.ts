import { withdrawArticle } from '../../../functions/admin/talk/withdrawArticle.ts';
import { syncPayments } from '../../../functions/payments/syncPayments.ts';
import { createShare } from '../../../functions/shares/createShare.ts';
import { foldShares } from '../../../functions/shares/foldShares.ts';
import { getMyShares } from '../../../functions/shares/getMyShares.ts';
import { recordVisit } from '../../../functions/shares/recordVisit.ts';
import * as orders from '../../../shared/data/orders/orders.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../shared/schemas/base.ts';
import type { Product } from '../../../shared/schemas/catalogue/product.ts';
import type { OrderView } from '../../../shared/schemas/orders/order.ts';
import { ShareToken } from '../../../shared/schemas/shares/share.ts';
import { audited } from '../../support/audited.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import { givenArticle } from '../../support/given/article.ts';
import { givenProduct, unknownProductId } from '../../support/given/course.ts';
import { type Buyer, badWorld, givenOrder, stored, storedIn } from '../../support/given/order.ts';
import { givenMoney, passMinutes } from '../../support/given/payment.ts';
import { askBack, givenPaid } from '../../support/given/refund.ts';
import { givenShare, givenVisit, storedShare } from '../../support/given/share.ts';
import { givenBanned, givenStaff } from '../../support/given/staff.ts';
import { nightlyFindings } from '../../support/nightlyFindings.ts';
import { defaultSettings } from '../../support/settings.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
let alice: Buyer;
let bob: Buyer;

async function begin(made: World): Promise<void> {
  world = made;
  [alice, bob] = [await world.login('alice'), await world.login('bob')];
}
beforeEach(async () => begin(await createWorld()));
afterEach(() => world.close());

const off = (shares: 'off' | 'read', more: object = {}) =>
  Object.assign(world.ports.settings, { talk: { ...defaultSettings.talk, ...more, shares } });
const touchOf = async ({ id }: { readonly id: string }) => (await stored(world, orders.collection, id)).touch;
const comes = (token: string, who: Buyer | null, arrivedAgoMs = 0) =>
  world.call(recordVisit, { token, arrivedAgoMs }, who ?? {});
const NOBODY = ShareToken.parse('0000000000');
const counts = async (who = alice, target = 'shop') => {
  await world.run(foldShares);
  const { visits, people, registrations, orders: sold, netFen } = await storedShare(world, who, target);
  return { visits, people, registrations, orders: sold, netFen };
};

describeFunction(createShare, () => {
  test('there is one of a person and a thing, however often it is asked for at once, and its token stays', async () => {
    const made = await Promise.all(Array.from({ length: 8 }, () => givenShare(world, alice)));
    expect(new Set(made.map(({ token }) => token)).size).toBe(1);
    expect(made[0]).toMatchObject({ target: 'shop', depth: 0, visits: 0, netFen: 0 });
    expect(`s=${made[0]?.token}`.length).toBeLessThanOrEqual(32);
    const other = await givenShare(world, bob);
    const product = await givenShare(world, alice, (await givenProduct(world)).id);
    const article = await givenShare(world, alice, (await givenArticle(world)).id);
    const tokens = [made[0]?.token, other.token, product.token, article.token];
    expect(new Set(tokens).size).toBe(4);
    expect(await storedIn(world, 'shareTokens')).toHaveLength(4);
  });

  test('product.not_found, article.not_found: nothing that others would not see is shared', async () => {
    const { id } = await givenArticle(world);
    const { data } = await world.call(createShare, { target: id }, alice);
    expect(data.share.target).toBe(id);
    const editor = await givenStaff(world, 'editor');
    await world.call(withdrawArticle, { id }, editor);
    for (const [target, code] of [
      [unknownProductId(world), 'product.not_found'],
      [(await givenArticle(world, {}, 'draft')).id, 'article.not_found'],
      [id, 'article.not_found'],
    ] as const)
      expect(await world.call(createShare, { target }, bob)).toMatchObject({ status: 404, code });
  });

  test('feature.off where nothing is shared', async () => {
    off('read');
    expect(await world.call(createShare, { target: 'shop' }, alice)).toMatchObject({ code: 'feature.off' });
  });

  test('a chain is as long as people came by each other, no one is in it twice over, and ten is the deepest', async () => {
    let above = await givenShare(world, alice);
    for (let n = 1; n <= 12; n += 1) {
      const next = await world.login(`friend${n}`);
      await givenVisit(world, next, above);
      const made = await givenShare(world, next);
      expect(made.depth).toBe(Math.min(10, n));
      above = made;
    }
    await givenVisit(world, alice, above);
    expect(await storedShare(world, alice)).toMatchObject({ depth: 0, parentToken: null });
    const { id } = await givenProduct(world);
    await givenShare(world, alice, id);
    expect(await storedShare(world, alice, id)).toMatchObject({ depth: 10, parentToken: above.token });
    expect(await nightlyFindings(world.ports.database, world.clock.now())).toEqual([]);
    expect((await audited(world.ports.database)).findings).toEqual([]);
  });

  test('who came by a link too long ago begins a chain of their own', async () => {
    await givenVisit(world, bob, await givenShare(world, alice));
    world.clock.advance(15 * DAY_MS);
    expect(await givenShare(world, await world.login('bob'))).toMatchObject({ depth: 0 });
  });
});

describeFunction(recordVisit, () => {
  test('LK25 the link by which somebody came stays with the order, whatever page they buy on, and later ones change nothing', async () => {
    const one = await givenShare(world, alice);
    const two = await givenShare(world, await world.login('carol'));
    expect((await comes(one.token, null)).data).toEqual({ target: 'shop' });
    expect(await storedIn(world, 'touches', 'visits')).toEqual([]);
    expect((await comes(one.token, bob, MINUTE_MS)).status).toBe(200);
    const order = await givenOrder(world, bob);
    const touch = { token: one.token, sharerId: alice.userId, atMs: world.clock.now() - MINUTE_MS };
    expect(await touchOf(order)).toEqual(touch);
    world.clock.advance(1);
    await givenVisit(world, bob, two);
    await givenMoney(world, bob, order);
    expect(await touchOf(order)).toEqual(touch);
    expect(await touchOf(await givenOrder(world, bob))).toMatchObject({ token: two.token });
    expect(JSON.stringify(order)).not.toContain(one.token);
  });

  test('an arrival that is heard of late does not stand before a later one', async () => {
    const [one, two] = [await givenShare(world, alice), await givenShare(world, await world.login('carol'))];
    await givenVisit(world, bob, two);
    await comes(one.token, bob, HOUR_MS);
    expect(await touchOf(await givenOrder(world, bob))).toMatchObject({ token: two.token });
    expect(await counts()).toMatchObject({ visits: 1 });
  });

  test('it counts for as many days as the shop says', async () => {
    await givenVisit(world, bob, await givenShare(world, alice));
    world.clock.advance(15 * DAY_MS - 1);
    const buyer = await world.login('bob');
    expect(await touchOf(await givenOrder(world, buyer))).not.toBeNull();
    world.clock.advance(1);
    expect(await touchOf(await givenOrder(world, buyer))).toBeNull();
    off('read', { touchDays: 30 });
    Object.assign(world.ports.settings, { talk: { ...world.ports.settings.talk, shares: 'on' } });
    expect(await touchOf(await givenOrder(world, buyer))).not.toBeNull();
  });

  test('one’s own link, one of staff and one of who is banned lead there and leave nothing; nor does who is banned since', async () => {
    const own = await givenShare(world, bob);
    const staff = await givenStaff(world, 'support');
    const theirs = (await world.call(createShare, { target: 'shop' }, staff)).data.share;
    const carol = await world.login('carol');
    const banned = await givenShare(world, carol);
    const later = await givenShare(world, alice);
    await givenBanned(world, carol.userId);
    for (const { token } of [own, theirs, banned])
      expect((await comes(token, bob)).data).toEqual({ target: 'shop' });
    expect(await storedIn(world, 'touches', 'visits')).toEqual([]);
    await givenVisit(world, bob, later);
    await givenBanned(world, alice.userId);
    expect(await touchOf(await givenOrder(world, bob))).toBeNull();
  });

  test('share.not_found for a token of no share', async () => {
    expect(await comes(NOBODY, bob)).toMatchObject({ status: 404, code: 'share.not_found' });
    expect(await comes(NOBODY, null)).toMatchObject({ code: 'share.not_found' });
  });

  test('feature.off; where shares can only be read, a link still leads there, and nothing is kept', async () => {
    const { token } = await givenShare(world, alice);
    off('off');
    expect(await comes(token, bob)).toMatchObject({ status: 404, code: 'feature.off' });
    off('read');
    expect((await comes(token, bob)).data).toEqual({ target: 'shop' });
    expect(await storedIn(world, 'touches', 'visits')).toEqual([]);
  });

  test('LK27 sharing gives nobody anything: no points, no coupon, no access, however many come', async () => {
    const share = await givenShare(world, alice);
    for (let n = 0; n < 5; n += 1) await givenVisit(world, await world.login(`friend${n}`), share);
    await world.drain();
    expect(await counts()).toMatchObject({ people: 5 });
    expect(await storedIn(world, 'pointsEntries', 'coupons', 'entitlements', 'memberships')).toEqual([]);
  });
});

describeFunction(foldShares, () => {
  /** The money of a product of bob's order is back. */
  const back = async (order: OrderView, { id, listFen }: Product) => {
    const { status } = await askBack(world, bob, order, listFen, { productIds: [id] });
    expect(status).toBe(200);
    await passMinutes(world, 3, syncPayments);
  };

  test('each person counts once a day, once in all, and as a registration where it was the first link of who is new', async () => {
    const share = await givenShare(world, alice);
    const carol = await world.login('carol');
    const others = await givenShare(world, carol);
    await Promise.all(Array.from({ length: 8 }, () => givenVisit(world, bob, share)));
    expect(await counts()).toEqual({ visits: 1, people: 1, registrations: 1, orders: 0, netFen: 0 });
    await givenVisit(world, bob, others);
    await givenVisit(world, carol, share);
    expect(await counts(carol)).toMatchObject({ people: 1, registrations: 0 });
    world.clock.advance(DAY_MS);
    await givenVisit(world, await world.login('bob'), share);
    const old = await world.login('alice');
    await givenVisit(world, old, others);
    expect(await counts()).toMatchObject({ visits: 3, people: 2, registrations: 2 });
    expect(await counts(carol)).toMatchObject({ visits: 2, people: 2, registrations: 0 });
    expect(await world.run(foldShares)).toEqual({ 'shares.counted': 0 });
  });

  test('LK24 an order counts while some of its money is here, with what is left of it', async () => {
    const share = await givenShare(world, alice);
    await givenVisit(world, bob, share);
    const [one, two] = [await givenProduct(world), await givenProduct(world)];
    const order = await givenPaid(world, bob, [one, two]);
    const free = await givenPaid(world, bob, [await givenProduct(world, { listFen: 0 })]);
    expect(await touchOf(free)).not.toBeNull();
    expect(await counts()).toMatchObject({ orders: 1, netFen: order.payableFen });
    await back(order, one);
    expect(await counts()).toMatchObject({ orders: 1, netFen: two.listFen });
    expect(await nightlyFindings(world.ports.database, world.clock.now())).toEqual([]);
    await back(order, two);
    expect(await counts()).toMatchObject({ orders: 0, netFen: 0 });
    expect(await nightlyFindings(world.ports.database, world.clock.now())).toEqual([]);
    expect((await audited(world.ports.database)).findings).toEqual([]);
  });

  test('what more people bring than one transaction takes is counted in one run, by a database that fails', async () => {
    await world.close();
    await begin(await badWorld(7, { conflict: 0.2, commitLost: 0.1 }));
    const share = await givenShare(world, alice);
    for (let n = 0; n < 60; n += 1) await givenVisit(world, await world.login(`friend${n}`), share);
    expect(await counts()).toMatchObject({ visits: 60, people: 60, registrations: 60 });
  });
});

describeFunction(getMyShares, () => {
  test('shows the caller’s own, the newest first, a page at a time, with what came of each', async () => {
    const first = await givenShare(world, alice);
    world.clock.advance(1);
    const { id } = await givenProduct(world);
    await givenShare(world, alice, id);
    await givenShare(world, bob);
    await givenVisit(world, bob, first);
    await world.run(foldShares);
    const page = (await world.call(getMyShares, { limit: '1' }, alice)).data;
    expect(page.items).toMatchObject([{ target: id, visits: 0 }]);
    const rest = (await world.call(getMyShares, { cursor: page.nextCursor }, alice)).data;
    expect(rest).toMatchObject({
      items: [{ ...first, visits: 1, people: 1, registrations: 1 }],
      nextCursor: null,
    });
  });

  test('feature.off', async () => {
    off('off');
    expect(await world.call(getMyShares, {}, alice)).toMatchObject({ code: 'feature.off' });
  });
});
