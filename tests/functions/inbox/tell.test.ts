import { certificateIssued } from '../../../events/certificateIssued.ts';
import { contentRemoved } from '../../../events/contentRemoved.ts';
import { couponGrantRequested } from '../../../events/couponGrantRequested.ts';
import { pointsEndNeared } from '../../../events/pointsEndNeared.ts';
import { pointsGained } from '../../../events/pointsGained.ts';
import { refundSucceeded } from '../../../events/refundSucceeded.ts';
import { grantCouponTo } from '../../../functions/admin/coupons/grantCouponTo.ts';
import { giveConsent } from '../../../functions/identity/giveConsent.ts';
import { withdrawConsent } from '../../../functions/identity/withdrawConsent.ts';
import { sendWaitingMessages } from '../../../functions/inbox/sendWaitingMessages.ts';
import { tellCertificate } from '../../../functions/inbox/tellCertificate.ts';
import { tellEachMorning } from '../../../functions/inbox/tellEachMorning.ts';
import { tellEndingCoupon } from '../../../functions/inbox/tellEndingCoupon.ts';
import { tellEndingPoints } from '../../../functions/inbox/tellEndingPoints.ts';
import { tellFinishedCourse } from '../../../functions/inbox/tellFinishedCourse.ts';
import { tellGainedPoints } from '../../../functions/inbox/tellGainedPoints.ts';
import { tellGivenCoupon } from '../../../functions/inbox/tellGivenCoupon.ts';
import { tellPaidOrder } from '../../../functions/inbox/tellPaidOrder.ts';
import { tellPromotion } from '../../../functions/inbox/tellPromotion.ts';
import { tellPromotions } from '../../../functions/inbox/tellPromotions.ts';
import { tellRefund } from '../../../functions/inbox/tellRefund.ts';
import { tellRemovedContent } from '../../../functions/inbox/tellRemovedContent.ts';
import { tellReply } from '../../../functions/inbox/tellReply.ts';
import { claimCertificate } from '../../../functions/learning/claimCertificate.ts';
import { fact } from '../../../shared/event.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, ProductId, timeMs } from '../../../shared/schemas/base.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import { givenShown } from '../../support/given/comment.ts';
import { givenTemplate } from '../../support/given/coupon.ts';
import { givenCourse, givenProduct } from '../../support/given/course.ts';
import { givenAccess } from '../../support/given/entitlement.ts';
import { givenFact } from '../../support/given/fact.ts';
import { givenMessage, inboxWorld, messagesIn, moveToHour } from '../../support/given/inbox.ts';
import { givenFinished } from '../../support/given/learning.ts';
import { publishText } from '../../support/given/legal.ts';
import { type Buyer, givenCouponOf } from '../../support/given/order.ts';
import { givenPoints } from '../../support/given/points.ts';
import { givenCampaign } from '../../support/given/promotion.ts';
import { givenPaid } from '../../support/given/refund.ts';
import { givenStaff } from '../../support/given/staff.ts';
import { givenWriter } from '../../support/given/writer.ts';
import type { World } from '../../support/world.ts';

let world: World;
let alice: Buyer;

beforeEach(async () => {
  world = await inboxWorld();
  alice = await world.login('alice');
  await world.drain();
});
afterEach(() => world.close());

/** The kinds that somebody was told, in the order of the messages' ids. */
const told = async (who = alice) =>
  (await messagesIn(world)).flatMap(({ userId, subject }) => (userId === who.userId ? [subject] : []));
const kinds = async (who = alice) => (await told(who)).map(({ kind }) => kind);

describeFunction(tellPaidOrder, () => {
  test('a paid order, once, with its first title, how many things and the money; not a free one', async () => {
    const [one, other] = [
      await givenProduct(world, { title: '甲' }),
      await givenProduct(world, { title: '乙' }),
    ];
    const order = await givenPaid(world, alice, [one, other]);
    await world.drain();
    const eventId = `order.paid:${order.id}`;
    expect(await world.deliver('tellPaidOrder', eventId)).toBe('skipped');
    expect((await told()).filter(({ kind }) => kind === 'order_paid')).toEqual([
      { kind: 'order_paid', orderId: order.id, title: '甲', lines: 2, paidFen: order.payableFen },
    ]);
  });
});

describeFunction(tellRefund, () => {
  test('money that is back, once for each refund', async () => {
    const order = await givenPaid(world, alice, [await givenProduct(world, { title: '甲' })]);
    const data = { ...refundSucceeded.example, orderId: order.id, userId: alice.userId };
    const eventId = await givenFact(world, fact(refundSucceeded, data.refundId, data));
    await world.deliver('tellRefund', eventId);
    await world.deliver('tellRefund', eventId);
    expect((await told()).filter(({ kind }) => kind === 'refund_succeeded')).toMatchObject([
      { orderId: order.id, title: '甲', refundFen: data.refundFen },
    ]);
  });
});

describeFunction(tellFinishedCourse, () => {
  test('a finished course, and its certificate when it is claimed', async () => {
    const { productId } = await givenCourse(world, { title: '甲' });
    await givenAccess(world, alice.userId, productId);
    await givenFinished(world, alice, productId);
    for (let time = 0; time < 2; time += 1)
      await world.call(claimCertificate, { id: productId, name: '张三' }, alice);
    await world.drain();
    expect(await told()).toEqual([
      { kind: 'certificate_issued', productId, title: '甲' },
      { kind: 'course_finished', productId, title: '甲' },
    ]);
  });
});

describeFunction(tellGivenCoupon, () => {
  test('a coupon that staff or a welcome gave, once; not one that was claimed', async () => {
    const { id: templateId, title } = await givenTemplate(world, { perUserMax: 2 });
    const data = { userId: alice.userId, templateId, cause: 'welcome' as const };
    await givenFact(world, fact(couponGrantRequested, 'w', data));
    for (let time = 0; time < 2; time += 1) await world.deliver('grantCoupon', 'coupon.grant_requested:w');
    const { token } = await givenStaff(world, 'admin');
    const asked = { templateId, grantId: world.ports.ids.make('cgr'), userId: alice.userId, reason: '补偿' };
    expect((await world.call(grantCouponTo, asked, { token })).status).toBe(200);
    await world.drain();
    expect(await told()).toMatchObject([
      { kind: 'coupon_given', title },
      { kind: 'coupon_given', title },
    ]);
  });
});

describeFunction(tellEachMorning, () => {
  test('a coupon that ends within two days and points that end within seven are told once, not later ones', async () => {
    const now = world.clock.now();
    const ends = (ms: number) => givenCouponOf(world, alice.userId, { expiresAtMs: timeMs(now + ms) });
    const near = await ends(2 * DAY_MS - HOUR_MS);
    await ends(2 * DAY_MS + HOUR_MS);
    for (let time = 0; time < 2; time += 1) await world.run(tellEachMorning);
    await world.drain();
    expect(await told()).toEqual([
      { kind: 'coupon_ending', title: near.title, expiresAtMs: near.expiresAtMs },
    ]);
  });

  test('points near their end are told with how many end', async () => {
    await givenPoints(world, alice.userId, 120);
    const { items } = await world.ports.database.list(
      (await import('../../../shared/data/points/points.ts')).accounts,
      { index: 'id', where: {}, order: 'ascending', limit: 1, cursor: null },
    );
    const endsAtMs = items[0]?.nextExpiryAtMs ?? 0;
    world.clock.advance(endsAtMs - 7 * DAY_MS - world.clock.now());
    expect(await world.run(tellEachMorning)).toEqual({});
    world.clock.advance(HOUR_MS);
    for (let time = 0; time < 2; time += 1) await world.run(tellEachMorning);
    await world.drain();
    expect(await told()).toEqual([{ kind: 'points_ending', count: 120, expiresAtMs: endsAtMs }]);
  });
});

describeFunction(tellEndingCoupon, () => {
  test('one that was used meanwhile is not told', async () => {
    const expiresAtMs = timeMs(world.clock.now() + DAY_MS + HOUR_MS);
    const coupon = await givenCouponOf(world, alice.userId, { expiresAtMs });
    await world.run(tellEachMorning);
    await world.ports.database.tx(async (tx) => {
      const { collection } = await import('../../../shared/data/coupons/coupons.ts');
      const before = await tx.find(collection, coupon.id);
      if (before !== null) await tx.update(collection, { ...before, state: 'used' });
    });
    await world.drain();
    expect(await told()).toEqual([]);
  });
});

describe('points that came yesterday', () => {
  test('who gained 50 points or more yesterday is told how many, once', async () => {
    const bob = await world.login('bob');
    await givenPoints(world, alice.userId, 30);
    await givenPoints(world, alice.userId, 25);
    await givenPoints(world, bob.userId, 49);
    moveToHour(world, 9);
    for (let time = 0; time < 2; time += 1) await world.run(tellEachMorning);
    await world.drain();
    expect(await told()).toMatchObject([{ kind: 'points_gained', count: 55 }]);
    expect(await told(bob)).toEqual([]);
  });
});

describeFunction(tellPromotion, () => {
  const place = { kind: 'marketing', page: 'own/privacy', appVersion: '1.0.0' };
  const starts = () => givenCampaign(world, { title: '冬日读书周' });

  test('all who asked for it are told, once, and nobody else', async () => {
    await publishText(world, 'marketing', '1');
    const people: Buyer[] = [];
    for (let n = 0; n < 40; n += 1) people.push(await world.login(`reader${n}`));
    for (const each of people) await world.call(giveConsent, { ...place, version: '1' }, each);
    await world.call(withdrawConsent, place, people[7] as Buyer);
    await starts();
    for (let time = 0; time < 2; time += 1) await world.run(tellPromotions);
    await world.drain();
    const stored = await messagesIn(world);
    expect(stored).toHaveLength(39);
    expect(new Set(stored.map(({ userId }) => userId)).size).toBe(39);
    expect(await kinds(people[7])).toEqual([]);
  });

  test('who agreed to a text that counts no more is not told', async () => {
    await publishText(world, 'marketing', '1');
    await world.call(giveConsent, { ...place, version: '1' }, alice);
    await publishText(world, 'marketing', '2', { replaces: '1' });
    await starts();
    await world.run(tellPromotions);
    await world.drain();
    expect(await told()).toEqual([]);
  });
});

describeFunction(tellReply, () => {
  test('the author of a comment is told of somebody else’s reply; nobody of their own, or of a comment', async () => {
    const [writer, bob] = [await givenWriter(world, 'writer'), await givenWriter(world, 'bob')];
    const threadId = `product:${(await givenProduct(world)).id}`;
    const parent = await givenShown(world, writer, threadId);
    const own = await givenShown(world, writer, threadId, { parentId: parent.id });
    const reply = await givenShown(world, bob, threadId, { parentId: parent.id });
    for (const { id } of [parent, own, reply]) await world.deliver('tellReply', `comment.approved:${id}`);
    expect(await told(writer)).toMatchObject([{ kind: 'comment_replied', commentId: parent.id, threadId }]);
    expect(await told(bob)).toEqual([]);
  });
});

describeFunction(tellRemovedContent, () => {
  test('an author is told of what was taken away, once for each version', async () => {
    const data = { ...contentRemoved.example, userId: alice.userId };
    for (const version of [1, 1, 2]) {
      const eventId = await givenFact(world, fact(contentRemoved, `${data.target}:${version}`, data));
      await world.deliver('tellRemovedContent', eventId);
    }
    expect(await kinds()).toEqual(['content_removed', 'content_removed']);
  });
});

describeFunction(sendWaitingMessages, () => {
  test('what waited for the morning is handed on once, at each user’s own minute', async () => {
    moveToHour(world, 23);
    const subject = { kind: 'coupon_given', title: '券', expiresAtMs: world.clock.now() } as const;
    await givenMessage(world, alice.userId, 'a', subject);
    expect(await world.run(sendWaitingMessages)).toEqual({});
    moveToHour(world, 8);
    world.clock.advance(30 * MINUTE_MS);
    expect(await world.run(sendWaitingMessages)).toEqual({ 'message.due': 1 });
    expect(await world.run(sendWaitingMessages)).toEqual({});
  });
});

describeFunction(tellCertificate, () => {
  test('a certificate is told once, under the cause of its course', async () => {
    const productId = ProductId.parse(`prd_${'0'.repeat(26)}`);
    const data = { userId: alice.userId, productId, title: '甲' };
    const eventId = await givenFact(world, fact(certificateIssued, `${alice.userId}:${productId}`, data));
    for (let time = 0; time < 2; time += 1) await world.deliver('tellCertificate', eventId);
    expect(await told()).toEqual([{ kind: 'certificate_issued', productId, title: '甲' }]);
  });
});

describeFunction(tellEndingPoints, () => {
  test('what has ended meanwhile is not told', async () => {
    const data = { userId: alice.userId, count: 5, expiresAtMs: timeMs(world.clock.now()) };
    const eventId = await givenFact(world, fact(pointsEndNeared, alice.userId, data));
    expect(await world.deliver('tellEndingPoints', eventId)).toBe('done');
    expect(await told()).toEqual([]);
  });
});

describeFunction(tellGainedPoints, () => {
  test('a day’s points are told once', async () => {
    const data = { userId: alice.userId, day: '2026-11-29', count: 60 };
    const eventId = await givenFact(world, fact(pointsGained, 'one', data));
    await world.deliver('tellGainedPoints', eventId);
    await world.deliver('tellGainedPoints', await givenFact(world, fact(pointsGained, 'other', data)));
    expect(await told()).toEqual([{ kind: 'points_gained', day: '2026-11-29', count: 60 }]);
  });
});

describeFunction(tellPromotions, () => {
  test('a promotion that is a day old, or has not begun, is no news', async () => {
    await givenCampaign(world, { untilAtMs: timeMs(world.clock.now() + 9 * DAY_MS) });
    const later = timeMs(world.clock.now() + 2 * DAY_MS);
    await givenCampaign(world, { fromAtMs: later, untilAtMs: timeMs(later + DAY_MS) });
    world.clock.advance(DAY_MS);
    expect(await world.run(tellPromotions)).toEqual({});
    world.clock.advance(DAY_MS);
    expect(await world.run(tellPromotions)).toEqual({ 'promotion.told': 1 });
    expect(await world.run(tellPromotions)).toEqual({ 'promotion.kept': 1 });
  });
});
