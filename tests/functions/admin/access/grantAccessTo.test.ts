import { getMedia } from '../../../../functions/access/getMedia.ts';
import { grantAccessTo } from '../../../../functions/admin/access/grantAccessTo.ts';
import { checkInvariants } from '../../../../functions/operations/checkInvariants.ts';
import * as entitlements from '../../../../shared/data/access/entitlements.ts';
import { type EntitlementSource, SOURCES_MAX } from '../../../../shared/schemas/access/entitlement.ts';
import { AccessGrantId, DAY_MS, type ProductId, timeMs, UserId } from '../../../../shared/schemas/base.ts';
import { describeFunction } from '../../../support/describeFunction.ts';
import { unknownProductId } from '../../../support/given/course.ts';
import { NOTHING_ALONE } from '../../../support/given/dailyValue.ts';
import { givenAccess } from '../../../support/given/entitlement.ts';
import { exported } from '../../../support/given/export.ts';
import { badWorld, storedIn } from '../../../support/given/order.ts';
import { givenSold } from '../../../support/given/products.ts';
import { givenStaff, type Staff } from '../../../support/given/staff.ts';
import { createWorld, type World } from '../../../support/world.ts';

describeFunction(grantAccessTo, () => {
  let world: World;
  let support: Staff;
  let alice: Awaited<ReturnType<World['login']>>;
  let productId: ProductId;

  async function open(): Promise<void> {
    support = await givenStaff(world, 'support');
    alice = await world.login('alice');
    productId = (await givenSold(world, 'media')).id;
  }
  beforeEach(async () => {
    world = await createWorld();
    await open();
  });
  afterEach(() => world.close());

  const asked = (changes: object = {}) => ({
    grantId: AccessGrantId.parse(world.ports.ids.make('agr')),
    ...{ userId: alice.userId, productId, access: { kind: 'days', days: 7 }, reason: '补偿' },
    ...changes,
  });
  const give = (input: object) => world.call(grantAccessTo, input, support);
  const own = () => storedIn(world, 'entitlements');

  test('days are added to what there is; the same again gives once, and is audited once', async () => {
    await givenAccess(world, alice.userId, productId, { kind: 'days', days: 3 });
    const input = asked();
    const { data } = await give(input);
    expect(data.entitlement.untilAtMs).toBe(world.clock.now() + 10 * DAY_MS);
    const before = await exported(world);
    world.clock.advance(1_000);
    expect((await give(input)).data).toEqual(data);
    expect(await exported(world)).toEqual(before);
    const audited = (await storedIn(world, 'audit')).filter(
      (entry) => Object(entry).action === 'access.grant',
    );
    expect(audited).toMatchObject([{ actorId: support.userId, target: alice.userId, reason: '补偿' }]);
    expect((await world.call(getMedia, { productId }, alice)).status).toBe(200);
    world.clock.advance(10 * DAY_MS);
    expect(await world.call(getMedia, { productId }, alice)).toMatchObject({ code: 'product.not_owned' });
  });

  test('staff.second_person_needed: above the daily limit no access is given', async () => {
    await world.close();
    world = await createWorld(NOTHING_ALONE);
    await open();
    const { error } = await give(asked());
    expect(error).toMatchObject({
      code: 'staff.second_person_needed',
      params: { kind: 'accessFen', value: 9_900 },
    });
    expect(await own()).toEqual([]);
  });

  test('the nightly look finds it in the audit log, and nothing wrong', async () => {
    await give(asked());
    expect(await world.run(checkInvariants)).toEqual({ 'check.right': 1 });
  });

  test('the parts of a bundle that staff gave can be used', async () => {
    const bundle = await givenSold(world, 'bundle', {
      parts: [productId, (await givenSold(world, 'content')).id],
    });
    await give(asked({ productId: bundle.id, access: { kind: 'forever' } }));
    expect((await world.call(getMedia, { productId }, alice)).status).toBe(200);
  });

  test('on a database that conflicts and loses the answers to its commits it gives once', async () => {
    await world.close();
    world = await badWorld(2, { conflict: 0.3, commitLost: 0.3 });
    await open();
    const input = asked();
    await Promise.all([give(input), give(input)]);
    expect(await own()).toMatchObject([{ sources: [{ cause: 'staff', sourceId: input.grantId }] }]);
  });

  test('access.grant_taken: the same id for another length', async () => {
    const input = asked();
    await give(input);
    for (const access of [{ kind: 'days', days: 8 }, { kind: 'forever' }]) {
      expect(await give({ ...input, access })).toMatchObject({ status: 409, code: 'access.grant_taken' });
    }
  });

  test('product.already_owned: who has it for ever would gain nothing', async () => {
    await givenAccess(world, alice.userId, productId);
    expect(await give(asked())).toMatchObject({ status: 409, code: 'product.already_owned' });
  });

  test('access.not_grantable: a membership, what was never on sale, a date that has passed', async () => {
    const plan = await givenSold(world, 'membership');
    const draft = await givenSold(world, 'media', {}, 'draft');
    const past = { kind: 'until', untilAtMs: world.clock.now() };
    const refused = [
      ['membership', { productId: plan.id }],
      ['draft', { productId: draft.id }],
      ['over', { access: past }],
    ] as const;
    for (const [reason, changes] of refused) {
      const answer = await give(asked(changes));
      expect(answer).toMatchObject({ status: 409, code: 'access.not_grantable' });
      expect(answer.error.params).toEqual({ reason });
    }
    expect(await own()).toEqual([]);
  });

  test('what was withdrawn can still be given', async () => {
    const withdrawn = await givenSold(world, 'media', {}, 'withdrawn');
    expect((await give(asked({ productId: withdrawn.id }))).status).toBe(200);
  });

  test('access.too_many: there is room for what is bought later', async () => {
    const sourceOf = (count: number): EntitlementSource => ({
      sourceId: `agr_${count}`,
      ...{ cause: 'staff', fromAtMs: timeMs(count), untilAtMs: timeMs(count + 1), isDated: false },
      state: 'active',
    });
    const sources = Array.from({ length: SOURCES_MAX / 2 }, (_, count) => sourceOf(count));
    const { userId } = alice;
    const full = { id: `${userId}:${productId}`, userId, productId, sources, updatedAtMs: world.clock.now() };
    await world.ports.database.tx((tx) => entitlements.save(tx, null, full));
    expect(await give(asked())).toMatchObject({ status: 409, code: 'access.too_many' });
  });

  test('staff.not_yourself, user.not_found and product.not_found', async () => {
    expect((await give(asked({ userId: support.userId }))).code).toBe('staff.not_yourself');
    const userId = UserId.parse(world.ports.ids.make('usr'));
    expect(await give(asked({ userId }))).toMatchObject({ status: 404, code: 'user.not_found' });
    const unknown = asked({ productId: unknownProductId(world) });
    expect(await give(unknown)).toMatchObject({ status: 404, code: 'product.not_found' });
    expect(await own()).toEqual([]);
  });

  test('auth: editors may not, and nobody may without a fresh second factor', async () => {
    const editor = await givenStaff(world, 'editor');
    expect(await world.call(grantAccessTo, asked(), editor)).toMatchObject({ code: 'auth.forbidden' });
    const bare = await givenStaff(world, 'support', { secondFactor: 'stale' });
    const answer = await world.call(grantAccessTo, asked(), bare);
    expect(answer).toMatchObject({ code: 'auth.second_factor_required' });
  });
});
