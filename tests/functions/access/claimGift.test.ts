import { claimGift } from '../../../functions/access/claimGift.ts';
import { getGift } from '../../../functions/access/getGift.ts';
import { getMedia } from '../../../functions/access/getMedia.ts';
import { listGifts } from '../../../functions/access/listGifts.ts';
import * as orders from '../../../shared/data/orders/orders.ts';
import { restoreSource, revokeSource } from '../../../shared/flows/access/grantAccess.ts';
import { usedOf } from '../../../shared/flows/access/usedOf.ts';
import type { Order } from '../../../shared/schemas/orders/order.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import { givenAccess } from '../../support/given/entitlement.ts';
import { exported } from '../../support/given/export.ts';
import { givenGift } from '../../support/given/gift.ts';
import { type Buyer, badWorld, storedIn } from '../../support/given/order.ts';
import { createWorld, type World } from '../../support/world.ts';

describeFunction(claimGift, () => {
  let world: World;
  let alice: Buyer;
  let bob: Buyer;
  const claim = (token: string, who: Buyer) => world.call(claimGift, { token }, who);
  const play = async (productId: string, who: Buyer) =>
    (await world.call(getMedia, { productId }, who)).status === 200;
  const change = (order: Order, isBack: boolean) =>
    world.ports.database.tx(async (tx) => {
      const { userId, lines } = order;
      const asked = { userId, lines, sourceId: order.id, now: world.clock.now() };
      const revoked = isBack ? lines.map(({ productId }) => productId) : [];
      const before = await orders.get(tx, order.id);
      await orders.save(tx, before, { ...before, revoked });
      await (isBack ? revokeSource(tx, asked) : restoreSource(tx, asked));
    });

  beforeEach(async () => {
    world = await createWorld();
    [alice, bob] = [await world.login('alice'), await world.login('bob')];
  });
  afterEach(() => world.close());

  test('a friend gets access, the buyer none; claiming again, also at once, changes nothing', async () => {
    const { gift } = await givenGift(world, alice, 2);
    const answers = await Promise.all([
      claim(gift.token, bob),
      claim(gift.token, bob),
      claim(gift.token, bob),
    ]);
    for (const { data } of answers) expect(data).toEqual({ productId: gift.productId, left: 1 });
    expect(await play(gift.productId, bob)).toBe(true);
    expect(await play(gift.productId, alice)).toBe(false);
    expect((await world.call(listGifts, {}, alice)).data.items).toMatchObject([{ left: 1, claims: [{}] }]);
    expect(await storedIn(world, 'entitlements')).toMatchObject([{ sources: [{ cause: 'gift' }] }]);
  });

  test('gift.none_left: never more than there are, however many come at once, on a bad database too', async () => {
    await world.close();
    world = await badWorld(5, { conflict: 0.2, commitLost: 0.2 });
    alice = await world.login('alice');
    const { gift } = await givenGift(world, alice, 3);
    const friends: Buyer[] = [];
    for (let n = 0; n < 8; n += 1) friends.push(await world.login(`friend${n}`));
    const answers = await Promise.all(friends.map((friend) => claim(gift.token, friend)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(3);
    for (const { code } of answers) expect([null, 'gift.none_left']).toContain(code);
    expect(await storedIn(world, 'gifts')).toMatchObject([{ claims: [{}, {}, {}] }]);
    expect(await storedIn(world, 'entitlements')).toHaveLength(3);
  });

  test('gift.taken_back: T32, what was claimed before the refund stays, and what was not can be claimed if it fails', async () => {
    const { order, gift } = await givenGift(world, alice, 2);
    const carol = await world.login('carol');
    await claim(gift.token, bob);
    const used = await world.ports.database.tx((tx) => usedOf(tx, world.ports.database, order));
    expect(used.get(gift.productId)).toMatchObject({ giftsClaimed: 1 });
    await change(order, true);
    await change(order, true);
    expect(await claim(gift.token, carol)).toMatchObject({ status: 409, code: 'gift.taken_back' });
    expect(await play(gift.productId, bob)).toBe(true);
    expect(await claim(gift.token, bob)).toMatchObject({ status: 200 });
    expect((await world.call(getGift, { token: gift.token })).data).toMatchObject({
      left: 0,
      state: 'revoked',
    });
    await change(order, false);
    expect(await claim(gift.token, carol)).toMatchObject({ status: 200 });
  });

  test('a membership is given as a grant of its plan', async () => {
    const plan = { period: 'year', scope: { kind: 'platform' } } as const;
    const { gift } = await givenGift(world, alice, 1, { kind: 'membership', plan });
    await claim(gift.token, bob);
    expect(await storedIn(world, 'memberships')).toMatchObject([
      { id: bob.userId, grants: [{ cause: 'gift', length: { months: 12 } }] },
    ]);
  });

  test('gift.not_for_yourself', async () => {
    const { gift } = await givenGift(world, alice, 1);
    expect(await claim(gift.token, alice)).toMatchObject({ status: 409, code: 'gift.not_for_yourself' });
  });

  test('product.already_owned: the gift stays for another friend', async () => {
    const { gift } = await givenGift(world, alice, 1);
    await givenAccess(world, bob.userId, gift.productId);
    const before = await exported(world);
    expect(await claim(gift.token, bob)).toMatchObject({ status: 409, code: 'product.already_owned' });
    expect(await exported(world)).toEqual(before);
  });

  test('gift.not_found: a token that is not ours, one for another gift, one of a gift that is not there', async () => {
    const { gift } = await givenGift(world, alice, 1);
    const other = await givenGift(world, alice, 1);
    const [, , , digest] = gift.token.split('_');
    const mixed = other.gift.token.replace(/[0-9a-f]{32}$/, digest ?? '');
    for (const token of [mixed, gift.token.replace(/.$/, gift.token.endsWith('0') ? '1' : '0')]) {
      expect(await claim(token, bob)).toMatchObject({ status: 404, code: 'gift.not_found' });
    }
  });
});
