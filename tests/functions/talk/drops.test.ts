import { endCouponTemplate } from '../../../functions/admin/coupons/endCouponTemplate.ts';
import { endDrop } from '../../../functions/admin/talk/endDrop.ts';
import { listCoupons } from '../../../functions/coupons/listCoupons.ts';
import { receiveCoupon } from '../../../functions/coupons/receiveCoupon.ts';
import { claimDrop } from '../../../functions/talk/claimDrop.ts';
import { expireDrops } from '../../../functions/talk/expireDrops.ts';
import { getDrop } from '../../../functions/talk/getDrop.ts';
import * as coupons from '../../../shared/data/coupons/coupons.ts';
import { couponId } from '../../../shared/domain/coupons/couponTemplate.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, TemplateId } from '../../../shared/schemas/base.ts';
import { PER_USER_MAX } from '../../../shared/schemas/coupons/coupon.ts';
import { audited } from '../../support/audited.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import { aCoupon } from '../../support/given/coupon.ts';
import { givenCourse } from '../../support/given/course.ts';
import { givenDrop } from '../../support/given/drop.ts';
import { givenAccess } from '../../support/given/entitlement.ts';
import { givenGroup } from '../../support/given/group.ts';
import { type Buyer, badWorld, storedIn } from '../../support/given/order.ts';
import { givenStaff } from '../../support/given/staff.ts';
import { defaultSettings } from '../../support/settings.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
let alice: Buyer;
const GID = 'GtzQYAB-zvZ1aLmNcU3kPq';

beforeEach(async () => {
  world = await createWorld();
  alice = await world.login('alice');
});
afterEach(() => world.close());

const claim = (id: string, who: Buyer = alice, proof: object | null = null) =>
  world.call(claimDrop, { id, proof }, who);
const seen = async (id: string, who: Buyer | null = alice) =>
  (await world.call(getDrop, { id }, who ?? {})).data.drop;
/** What WeChat gives the phone of somebody who comes from a chat. */
const from = (name: string, openGid = GID) => world.weixin.phone.enterFrom(name, openGid);
const shards = async () =>
  (await storedIn(world, 'couponStocks')) as { remaining: number; issued: number; held: object }[];
const switchedTo = async (drops: 'off' | 'read') => {
  await world.close();
  world = await createWorld({ settings: { talk: { ...defaultSettings.talk, drops } } });
  alice = await world.login('alice');
};

describeFunction(getDrop, () => {
  test('it shows the coupon, how many are left and until when, to anybody; who has claimed sees theirs', async () => {
    const { id, endsAtMs } = await givenDrop(world);
    const shown = { id, title: '晨读福利', audience: 'link', count: 3, leftCount: 3, endsAtMs };
    expect(await seen(id, null)).toMatchObject({ ...shown, isClaimed: false, whyNot: 'login_first' });
    expect(await seen(id)).toMatchObject({ coupon: { title: '满 50 减 10' }, whyNot: null });
    await claim(id);
    world.clock.advance(MINUTE_MS);
    expect(await seen(id)).toMatchObject({ leftCount: 2, isClaimed: true, whyNot: null });
  });

  test('it says why not: none left, over, or not in the group; what is over keeps what was claimed', async () => {
    const { id } = await givenDrop(world, { count: 1 });
    await claim(id);
    const bob = await world.login('bob');
    world.clock.advance(MINUTE_MS);
    expect(await seen(id, bob)).toMatchObject({ whyNot: 'empty', leftCount: 0 });
    world.clock.advance(HOUR_MS);
    expect(await seen(id, bob)).toMatchObject({ whyNot: 'ended' });
    expect(await seen(id)).toMatchObject({ whyNot: null });
    const { productId } = await givenCourse(world);
    const group = await givenGroup(world, { kind: 'course', productId });
    const drop = await givenDrop(world, { audience: { kind: 'group', groupId: group.id } });
    expect(await seen(drop.id)).toMatchObject({ groupId: group.id, whyNot: 'not_in_group' });
    await givenAccess(world, alice.userId, productId);
    expect(await seen(drop.id)).toMatchObject({ whyNot: null });
  });

  test('drop.not_found: no draft is shown', async () => {
    const { id } = await givenDrop(world, {}, 'draft');
    for (const each of [id, world.ports.ids.make('drp')])
      expect(await world.call(getDrop, { id: each })).toMatchObject({ status: 404, code: 'drop.not_found' });
  });

  test('feature.off', async () => {
    const { id } = await givenDrop(world);
    await switchedTo('off');
    expect(await world.call(getDrop, { id }, alice)).toMatchObject({ status: 404, code: 'feature.off' });
  });
});

describeFunction(claimDrop, () => {
  test('one each, first come, first served, and a repeat answers the same coupon, also when it is over', async () => {
    const { id } = await givenDrop(world, { count: 1 });
    const { coupon } = (await claim(id)).data;
    expect(await claim(id, await world.login('bob'))).toMatchObject({ status: 409, code: 'drop.empty' });
    world.clock.advance(DAY_MS);
    await world.run(expireDrops);
    await world.drain();
    expect((await claim(id)).data.coupon.id).toBe(coupon.id);
    expect(await storedIn(world, 'coupons')).toHaveLength(1);
    expect((await audited(world.ports.database)).findings).toEqual([]);
  });

  test('many people at once on a bad database: exactly as many as there are, and the stock adds up', async () => {
    await world.close();
    world = await badWorld(5, { conflict: 0.2, commitLost: 0.2 });
    const { id } = await givenDrop(world, { count: 4 });
    const people: Buyer[] = [];
    for (let n = 0; n < 8; n += 1) people.push(await world.login(`user${n}`));
    const answers = await Promise.all([...people, ...people].map((who) => claim(id, who)));
    const told = new Set(answers.flatMap((answer) => (answer.status === 200 ? answer.data.coupon.id : [])));
    expect(told.size).toBe(4);
    expect(await storedIn(world, 'dropClaims')).toHaveLength(4);
    expect((await audited(world.ports.database)).findings).toEqual([]);
  });

  test('its coupons are nobody else’s: they are not listed, not received, and go beyond nobody’s limit', async () => {
    const { id, templateId } = await givenDrop(world);
    expect((await world.call(listCoupons, {}, alice)).data.items).toEqual([]);
    expect(await world.call(receiveCoupon, { templateId }, alice)).toMatchObject({
      ...{ code: 'coupon.not_claimable', error: { params: { reason: 'not_for_you' } } },
    });
    const other = await givenDrop(world, { templateId });
    expect((await claim(id)).data.coupon.id).not.toBe((await claim(other.id)).data.coupon.id);
  });

  test('drop.not_open: when its time is over, when staff have ended it or its template', async () => {
    const [over, ended, of] = [await givenDrop(world), await givenDrop(world), await givenDrop(world)];
    const finance = await givenStaff(world, 'finance');
    await world.call(endDrop, { id: ended.id, reason: '停' }, finance);
    await world.call(endCouponTemplate, { templateId: of.templateId, reason: '停' }, finance);
    const none = { status: 409, code: 'drop.not_open' };
    for (const { id } of [ended, of]) expect(await claim(id)).toMatchObject(none);
    world.clock.advance(HOUR_MS);
    expect(await claim(over.id)).toMatchObject(none);
    expect(await storedIn(world, 'dropClaims')).toEqual([]);
  });

  test('drop.not_yours: a drop into a group of ours is for who is a member when they claim', async () => {
    const { productId } = await givenCourse(world);
    const group = await givenGroup(world, { kind: 'course', productId });
    const { id } = await givenDrop(world, { audience: { kind: 'group', groupId: group.id } });
    const notYours = { status: 403, code: 'drop.not_yours', error: { params: { reason: 'not_in_group' } } };
    expect(await claim(id)).toMatchObject(notYours);
    await givenAccess(world, alice.userId, productId, { kind: 'days', days: 1 });
    expect((await claim(id)).status).toBe(200);
  });

  const refusedFor = (reason: string) => ({
    ...{ status: 403, code: 'drop.not_yours', error: { params: { reason } } },
  });

  test('a drop into chats of WeChat is for who shows that they come from one, or from that one', async () => {
    const any = await givenDrop(world, { audience: { kind: 'wechat_group', openGid: null } });
    const one = await givenDrop(world, { audience: { kind: 'wechat_group', openGid: GID } });
    expect(await claim(any.id)).toMatchObject(refusedFor('no_proof'));
    expect(await claim(one.id, alice, from('alice', 'GtzQYAB-another'))).toMatchObject(
      refusedFor('other_chat'),
    );
    for (const { id } of [any, one]) expect((await claim(id, alice, from('alice'))).status).toBe(200);
    expect(await storedIn(world, 'dropClaims')).toMatchObject([{ openGid: GID }, { openGid: GID }]);
  });

  test('a proof of others, of yesterday, from before the last login, for another app, or made up proves nothing', async () => {
    const { id } = await givenDrop(world, { hours: 24, audience: { kind: 'wechat_group', openGid: null } });
    await world.login('bob');
    const [theirs, old] = [from('bob'), from('alice')];
    expect(theirs).not.toBeNull();
    expect(await claim(id, alice, theirs)).toMatchObject(refusedFor('proof_unreadable'));
    world.clock.advance(10 * MINUTE_MS + 1_000);
    expect(await claim(id, alice, old)).toMatchObject(refusedFor('proof_old'));
    const stale = from('alice');
    alice = await world.login('alice');
    expect(await claim(id, alice, stale)).toMatchObject(refusedFor('proof_unreadable'));
    const { encryptedData = '', iv = '' } = from('alice') ?? {};
    const flipped = Buffer.from(encryptedData, 'base64').map((byte, at) => (at === 3 ? byte ^ 1 : byte));
    for (const forged of [
      { encryptedData: Buffer.from(flipped).toString('base64'), iv },
      { encryptedData, iv: iv.slice(0, 20) },
      { encryptedData: Buffer.from(`{"opengid":"${GID}"}`).toString('base64'), iv },
    ])
      expect(await claim(id, alice, forged)).toMatchObject(refusedFor('proof_unreadable'));
    expect(await storedIn(world, 'dropClaims')).toEqual([]);
  });

  test('coupon.limit_reached: somebody who has a hundred of them gets no more', async () => {
    const { id, templateId } = await givenDrop(world);
    const { userId } = alice;
    await world.ports.database.tx(async (tx) => {
      for (let number = 1; number <= PER_USER_MAX; number += 1) {
        const own = { id: couponId(TemplateId.parse(templateId), userId, number), userId };
        if ([50, 75, 88, 94, 97, 99, 100].includes(number)) await coupons.insert(tx, aCoupon(own));
      }
    });
    expect(await claim(id)).toMatchObject({ status: 409, code: 'coupon.limit_reached' });
  });

  test('drop.not_found, feature.off: a draft, and all of them while drops can only be read', async () => {
    const { id } = await givenDrop(world, {}, 'draft');
    expect(await claim(id)).toMatchObject({ status: 404, code: 'drop.not_found' });
    await switchedTo('read');
    expect(await claim(id)).toMatchObject({ status: 404, code: 'feature.off' });
  });
});

describeFunction(expireDrops, () => {
  test('what nobody claimed goes back to the stock when the time is over, once, and no sooner', async () => {
    const { templateId, id } = await givenDrop(world, { count: 90 });
    await claim(id);
    const longer = await givenDrop(world, { templateId, count: 10, hours: 2 });
    expect(await world.run(expireDrops)).toEqual({});
    world.clock.advance(HOUR_MS);
    expect(await world.run(expireDrops)).toEqual({ 'drop.ended': 1 });
    const sum = (await shards()).reduce((left, { remaining }) => left + remaining, 0);
    expect(sum).toBe(100 - 1 - 10);
    expect(await world.run(expireDrops)).toEqual({});
    expect((await claim(longer.id, await world.login('bob'))).status).toBe(200);
    expect((await audited(world.ports.database)).findings).toEqual([]);
  });
});
