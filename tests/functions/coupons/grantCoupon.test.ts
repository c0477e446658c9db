import { couponGrantRequested } from '../../../events/couponGrantRequested.ts';
import { endCouponTemplate } from '../../../functions/admin/coupons/endCouponTemplate.ts';
import { grantCoupon } from '../../../functions/coupons/grantCoupon.ts';
import { fact } from '../../../shared/event.ts';
import { DAY_MS, TemplateId } from '../../../shared/schemas/base.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import { givenTemplate } from '../../support/given/coupon.ts';
import { givenFact } from '../../support/given/fact.ts';
import { type Buyer, storedIn } from '../../support/given/order.ts';
import { givenStaff } from '../../support/given/staff.ts';
import { createWorld, type World } from '../../support/world.ts';

describeFunction(grantCoupon, () => {
  let world: World;
  let alice: Buyer;
  const request = (templateId: TemplateId, key = 'once', { userId } = alice) =>
    givenFact(
      world,
      fact(couponGrantRequested, `${templateId}:${userId}:${key}`, { userId, templateId, cause: 'welcome' }),
    );
  const deliver = (eventId: string) => world.deliver('grantCoupon', eventId);

  beforeEach(async () => {
    world = await createWorld();
    alice = await world.login('alice');
    await world.drain();
  });
  afterEach(() => world.close());

  test('the coupon is in the user’s hands and out of the stock', async () => {
    const template = await givenTemplate(world, { audience: 'welcome', stock: 1 });
    await deliver(await request(template.id));
    expect(await storedIn(world, 'coupons')).toMatchObject([
      { userId: alice.userId, templateId: template.id },
    ]);
    expect(await storedIn(world, 'couponStocks')).toMatchObject([{ remaining: 0, issued: 1 }]);
  });

  test('asked for twice, by two causes at once and rung for again and again, it is given once', async () => {
    const template = await givenTemplate(world, { audience: 'welcome', stock: 10 });
    const ids = [await request(template.id, 'one'), await request(template.id, 'two')];
    await Promise.all([...ids, ...ids, ...ids].map(deliver));
    expect(await storedIn(world, 'coupons')).toHaveLength(1);
    expect(await storedIn(world, 'couponStocks')).toMatchObject([{ remaining: 9, issued: 1 }]);
  });

  test('a late message still gives what a claim could no longer get', async () => {
    const template = await givenTemplate(world, { audience: 'welcome' });
    const id = await request(template.id);
    world.clock.advance(2 * DAY_MS);
    await deliver(id);
    expect(await storedIn(world, 'coupons')).toHaveLength(1);
  });

  test('an ended template gives no coupon: the task is done and the log says so', async () => {
    const template = await givenTemplate(world, { audience: 'welcome' });
    const id = await request(template.id);
    const { token } = await givenStaff(world, 'editor');
    await world.call(endCouponTemplate, { templateId: template.id, reason: '写错了' }, { token });
    expect(await deliver(id)).toBe('done');
    expect(await storedIn(world, 'coupons')).toEqual([]);
    expect(world.logs).toContainEqual(
      expect.objectContaining({ level: 'warn', event: 'coupon.ended', templateId: template.id }),
    );
  });

  test('with nothing left the user goes without: the task is done and the log says so', async () => {
    const template = await givenTemplate(world, { audience: 'welcome', stock: 1 });
    await deliver(await request(template.id));
    const bob = await world.login('bob');
    expect(await deliver(await request(template.id, 'once', bob))).toBe('done');
    expect(await storedIn(world, 'coupons')).toHaveLength(1);
    expect(world.logs).toContainEqual(
      expect.objectContaining({ level: 'warn', event: 'coupon.sold_out', templateId: template.id }),
    );
  });

  test('a template that does not exist can never succeed: the task is dead, with its reason', async () => {
    const id = await request(TemplateId.parse(world.ports.ids.make('tpl')));
    await expect(deliver(id)).rejects.toThrow('coupon.not_found');
    expect(await storedIn(world, 'tasks')).toContainEqual(
      expect.objectContaining({ state: 'dead', reason: expect.stringContaining('coupon.not_found') }),
    );
  });
});
