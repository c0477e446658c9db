import { getMembership } from '../../../../functions/access/getMembership.ts';
import { redeemCode } from '../../../../functions/access/redeemCode.ts';
import { grantMembership } from '../../../../functions/admin/access/grantMembership.ts';
import { revokeMembership } from '../../../../functions/admin/access/revokeMembership.ts';
import * as memberships from '../../../../shared/data/access/memberships.ts';
import { MembershipGrantId } from '../../../../shared/schemas/base.ts';
import { audited } from '../../../support/audited.ts';
import { describeFunction } from '../../../support/describeFunction.ts';
import { givenBatch } from '../../../support/given/codes.ts';
import { exported } from '../../../support/given/export.ts';
import { givenMember } from '../../../support/given/member.ts';
import { storedIn } from '../../../support/given/order.ts';
import { givenSold } from '../../../support/given/products.ts';
import { givenStaff, type Staff } from '../../../support/given/staff.ts';
import { createWorld, type World } from '../../../support/world.ts';

describeFunction(revokeMembership, () => {
  let world: World;
  let support: Staff;
  let alice: Awaited<ReturnType<World['login']>>;
  const newGrantId = () => MembershipGrantId.parse(world.ports.ids.make('mgr'));
  const revoke = (grantId: string) =>
    world.call(revokeMembership, { userId: alice.userId, grantId, reason: '给错了人' }, support);

  beforeEach(async () => {
    world = await createWorld();
    support = await givenStaff(world, 'support');
    alice = await world.login('alice');
  });
  afterEach(() => world.close());

  test('T13: what comes after it moves forward and is not lost; doing it again changes nothing', async () => {
    const grantId = newGrantId();
    const given = { grantId, userId: alice.userId, length: { kind: 'days', days: 30 }, reason: '补偿' };
    await world.call(grantMembership, { ...given, scope: { kind: 'platform' } }, support);
    const end = await givenMember(world, alice.userId);
    const { data } = await revoke(grantId);
    expect(data.scopes).toMatchObject([{ isLive: true, grants: [{ state: 'revoked', period: null }, {}] }]);
    expect(data.scopes[0]?.untilAtMs).toBeLessThan(end);
    expect(data.scopes[0]?.untilAtMs).toBeGreaterThan(world.clock.now());
    const before = await exported(world);
    expect((await revoke(grantId)).status).toBe(200);
    expect(await exported(world)).toEqual(before);
  });

  test('membership that two people got under one id is revoked from each, and audited for each', async () => {
    const grantId = newGrantId();
    const bob = await world.login('bob');
    for (const { userId } of [alice, bob]) {
      const given = { grantId, userId, length: { kind: 'days', days: 30 }, reason: '补偿' };
      await world.call(grantMembership, { ...given, scope: { kind: 'platform' } }, support);
      await world.call(revokeMembership, { userId, grantId, reason: '给错了人' }, support);
    }
    const audited = await storedIn(world, 'audit');
    for (const target of [alice.userId, bob.userId]) {
      expect(audited).toContainEqual(expect.objectContaining({ action: 'membership.revoke', target }));
    }
  });

  test('membership from a code can be taken back by the id of its grant', async () => {
    const { id: productId } = await givenSold(world, 'membership');
    const { codes, batchId } = await givenBatch(world, 1, { productId });
    await world.call(redeemCode, { code: codes[0] }, alice);
    const { data } = await revoke(`${batchId}:1`);
    expect(data.scopes).toMatchObject([{ isLive: false, grants: [{ cause: 'code', state: 'revoked' }] }]);
    expect((await audited(world.ports.database)).findings).toEqual([]);
  });

  test('access.not_revocable: a month that was bought goes back by a refund', async () => {
    const end = await givenMember(world, alice.userId);
    const { grants } = (await memberships.find(world.ports.database, alice.userId)) ?? { grants: [] };
    const answer = await revoke(grants[0]?.sourceId ?? '');
    expect(answer).toMatchObject({ status: 409, code: 'access.not_revocable' });
    const { data } = await world.call(getMembership, {}, alice);
    expect(data.scopes).toMatchObject([{ isLive: true, untilAtMs: end }]);
  });

  test('membership.grant_not_found: none of that id, or no member at all', async () => {
    expect(await revoke(newGrantId())).toMatchObject({ status: 404, code: 'membership.grant_not_found' });
    await givenMember(world, alice.userId);
    expect(await revoke(newGrantId())).toMatchObject({ code: 'membership.grant_not_found' });
  });
});
