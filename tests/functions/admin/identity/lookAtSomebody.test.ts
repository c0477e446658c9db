import { listEntitlementsOf } from '../../../../functions/admin/access/listEntitlementsOf.ts';
import { listCouponsOf } from '../../../../functions/admin/coupons/listCouponsOf.ts';
import { getPointsOf } from '../../../../functions/admin/points/getPointsOf.ts';
import { listMyCoupons } from '../../../../functions/coupons/listMyCoupons.ts';
import { receiveCoupon } from '../../../../functions/coupons/receiveCoupon.ts';
import { getPoints } from '../../../../functions/points/getPoints.ts';
import type { HttpFunction } from '../../../../shared/function.ts';
import { Role } from '../../../../shared/schemas/identity/user.ts';
import { describeFunction } from '../../../support/describeFunction.ts';
import { givenTemplate } from '../../../support/given/coupon.ts';
import { givenCourse } from '../../../support/given/course.ts';
import { givenAccess } from '../../../support/given/entitlement.ts';
import { type Buyer, storedIn } from '../../../support/given/order.ts';
import { givenPoints } from '../../../support/given/points.ts';
import { givenStaff, type Staff } from '../../../support/given/staff.ts';
import { createWorld, type World } from '../../../support/world.ts';

let world: World;
let alice: Buyer;
let support: Staff;

beforeEach(async () => {
  world = await createWorld();
  alice = await world.login('alice');
  support = await givenStaff(world, 'support');
});
afterEach(() => world.close());

const looks = [
  ['points.read', getPointsOf],
  ['coupon.read', listCouponsOf],
  ['entitlement.read', listEntitlementsOf],
] as const;

const ofAlice = () => ({ userId: alice.userId, reason: '用户来电' });
const look = (which: HttpFunction, { token } = support, asked: object = ofAlice()) =>
  world.call(which, asked, { token });

describe.each(looks)('%s', (action, which) => {
  test('who looked, at whom and why is in the audit log', async () => {
    expect((await look(which)).status).toBe(200);
    expect(await storedIn(world, 'audit')).toMatchObject([
      { action, actorId: support.userId, target: alice.userId, reason: '用户来电' },
    ]);
  });

  test('a look without a reason is in the audit log, too', async () => {
    expect((await look(which, support, { userId: alice.userId })).status).toBe(200);
    expect(await storedIn(world, 'audit')).toMatchObject([{ action, target: alice.userId, reason: null }]);
  });

  test.each(Role.options)('a %s may look only if the permission table says so', async (role) => {
    const { status } = await look(which, await givenStaff(world, role));
    expect(status).toBe(['support', 'finance', 'admin'].includes(role) ? 200 : 403);
  });
});

const unknown = () => ({ userId: world.ports.ids.make('usr'), reason: '用户来电' });

describeFunction(getPointsOf, () => {
  test('staff see what the user sees', async () => {
    await givenPoints(world, alice.userId, 30);
    const own = (await world.call(getPoints, {}, alice)).data;
    expect((await world.call(getPointsOf, ofAlice(), support)).data).toEqual(own);
    expect(own.balance).toBe(30);
  });

  test('user.not_found', async () => {
    expect((await look(getPointsOf, support, unknown())).code).toBe('user.not_found');
  });
});

describeFunction(listCouponsOf, () => {
  test('staff see what the user sees', async () => {
    const { id: templateId } = await givenTemplate(world);
    await world.call(receiveCoupon, { templateId }, alice);
    const own = (await world.call(listMyCoupons, {}, alice)).data;
    expect((await world.call(listCouponsOf, ofAlice(), support)).data).toEqual(own);
    expect(own.items).toHaveLength(1);
  });

  test('user.not_found', async () => {
    expect((await look(listCouponsOf, support, unknown())).code).toBe('user.not_found');
  });
});

describeFunction(listEntitlementsOf, () => {
  test('every reason for access comes, also what has ended', async () => {
    const { productId } = await givenCourse(world);
    await givenAccess(world, alice.userId, productId, { kind: 'days', days: 1 });
    world.clock.advance(2 * 86_400_000);
    const { items } = (await world.call(listEntitlementsOf, ofAlice(), support)).data;
    expect(items).toMatchObject([{ productId, sources: [{ state: 'active', isDated: false }] }]);
  });

  test('user.not_found', async () => {
    expect((await look(listEntitlementsOf, support, unknown())).code).toBe('user.not_found');
  });
});
