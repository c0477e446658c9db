import { claimGift } from '../../../../functions/access/claimGift.ts';
import { getMedia } from '../../../../functions/access/getMedia.ts';
import { redeemCode } from '../../../../functions/access/redeemCode.ts';
import { grantAccessTo } from '../../../../functions/admin/access/grantAccessTo.ts';
import { revokeAccessOf } from '../../../../functions/admin/access/revokeAccessOf.ts';
import { redeemPoints } from '../../../../functions/points/redeemPoints.ts';
import * as entitlements from '../../../../shared/data/access/entitlements.ts';
import { DAY_MS, type ProductId } from '../../../../shared/schemas/base.ts';
import { audited } from '../../../support/audited.ts';
import { describeFunction } from '../../../support/describeFunction.ts';
import { givenBatch } from '../../../support/given/codes.ts';
import { givenAccess } from '../../../support/given/entitlement.ts';
import { exported } from '../../../support/given/export.ts';
import { givenBoughtGift } from '../../../support/given/gift.ts';
import { storedIn } from '../../../support/given/order.ts';
import { givenPoints } from '../../../support/given/points.ts';
import { givenSold } from '../../../support/given/products.ts';
import { givenStaff, type Staff } from '../../../support/given/staff.ts';
import { createWorld, type World } from '../../../support/world.ts';

describeFunction(revokeAccessOf, () => {
  let world: World;
  let support: Staff;
  let alice: Awaited<ReturnType<World['login']>>;

  beforeEach(async () => {
    world = await createWorld();
    support = await givenStaff(world, 'support');
    alice = await world.login('alice');
  });
  afterEach(() => world.close());

  const revoke = (productId: ProductId, sourceId: string) =>
    world.call(revokeAccessOf, { userId: alice.userId, productId, sourceId, reason: '给错了人' }, support);
  const sourceOf = async (productId: ProductId) => {
    const sources = (await entitlements.find(world.ports.database, alice.userId, productId))?.sources;
    return sources?.[0]?.sourceId ?? 'none';
  };
  const byGift = async () => {
    const { token, productId } = await givenBoughtGift(world, await world.login('bob'), 1);
    await world.call(claimGift, { token }, alice);
    return productId;
  };
  const byCode = async () => {
    const { codes, productId } = await givenBatch(world, 1);
    await world.call(redeemCode, { code: codes[0] }, alice);
    return productId;
  };
  const byStaff = async () => {
    const { id: productId } = await givenSold(world, 'media');
    const given = { userId: alice.userId, productId, access: { kind: 'forever' }, reason: '补偿' };
    await world.call(grantAccessTo, { grantId: world.ports.ids.make('agr'), ...given }, support);
    return productId;
  };

  test.each([
    ['a gift', () => byGift()],
    ['a code', () => byCode()],
    ['staff', () => byStaff()],
  ])('what %s gave is gone at once, once, and the audit log and the audit say so', async (_, by) => {
    const productId = await by();
    expect((await world.call(getMedia, { productId }, alice)).status).toBe(200);
    const sourceId = await sourceOf(productId);
    const { data } = await revoke(productId, sourceId);
    expect(data.entitlement).toMatchObject({ untilAtMs: 0, sources: [{ state: 'revoked' }] });
    expect(await world.call(getMedia, { productId }, alice)).toMatchObject({ code: 'product.not_owned' });
    const before = await exported(world);
    world.clock.advance(1_000);
    expect((await revoke(productId, sourceId)).data).toEqual(data);
    expect(await exported(world)).toEqual(before);
    const written = (await storedIn(world, 'audit')).filter((one) => Object(one).action === 'access.revoke');
    expect(written).toMatchObject([
      { target: alice.userId, reason: '给错了人', after: { state: 'revoked' } },
    ]);
    expect((await audited(world.ports.database)).findings).toEqual([]);
  });

  test('what was bought after it moves forward and stays whole', async () => {
    const { id: productId } = await givenSold(world, 'media');
    const given = { userId: alice.userId, productId, access: { kind: 'days', days: 30 }, reason: '补偿' };
    const grantId = world.ports.ids.make('agr');
    await world.call(grantAccessTo, { grantId, ...given }, support);
    world.clock.advance(DAY_MS);
    await givenAccess(world, alice.userId, productId, { kind: 'days', days: 7 });
    const { data } = await revoke(productId, grantId);
    expect(data.entitlement.untilAtMs).toBe(world.clock.now() + 7 * DAY_MS);
  });

  test('access.not_revocable: what an order gave, and what points gave', async () => {
    const { id: bought } = await givenSold(world, 'media');
    const orderId = await givenAccess(world, alice.userId, bought);
    const { id: redeemed } = await givenSold(world, 'media', { pointsPrice: 100 });
    await givenPoints(world, alice.userId, 100);
    const redemptionId = world.ports.ids.make('rdm');
    await world.call(redeemPoints, { redemptionId, productId: redeemed }, alice);
    for (const [productId, sourceId, cause] of [
      [bought, orderId, 'order'],
      [redeemed, await sourceOf(redeemed), 'points'],
    ] as const) {
      const answer = await revoke(productId, sourceId);
      expect(answer).toMatchObject({ status: 409, code: 'access.not_revocable' });
      expect(answer.error.params).toEqual({ cause });
      expect((await world.call(getMedia, { productId }, alice)).status).toBe(200);
    }
  });

  test('access.not_found: no such source, and nothing of that product at all', async () => {
    const { id: productId } = await givenSold(world, 'media');
    expect(await revoke(productId, 'agr_X')).toMatchObject({ status: 404, code: 'access.not_found' });
    await givenAccess(world, alice.userId, productId);
    expect(await revoke(productId, 'agr_X')).toMatchObject({ code: 'access.not_found' });
  });
});
