import { createCampaign } from '../../../../functions/admin/pricing/createCampaign.ts';
import { endCampaign } from '../../../../functions/admin/pricing/endCampaign.ts';
import { listCampaigns } from '../../../../functions/admin/pricing/listCampaigns.ts';
import { publishCampaign } from '../../../../functions/admin/pricing/publishCampaign.ts';
import { updateCampaign } from '../../../../functions/admin/pricing/updateCampaign.ts';
import { quoteOrder } from '../../../../functions/pricing/quoteOrder.ts';
import { AHEAD_MAX } from '../../../../shared/data/pricing/campaigns.ts';
import { fen, HOUR_MS, timeMs } from '../../../../shared/schemas/base.ts';
import { Role } from '../../../../shared/schemas/identity/user.ts';
import { describeFunction } from '../../../support/describeFunction.ts';
import { givenProduct } from '../../../support/given/course.ts';
import { ANYTHING_ALONE, NOTHING_ALONE } from '../../../support/given/dailyValue.ts';
import { badWorld, storedIn } from '../../../support/given/order.ts';
import { aCampaignDraft, givenCampaign } from '../../../support/given/promotion.ts';
import { givenStaff, type Staff } from '../../../support/given/staff.ts';
import { createWorld, type World } from '../../../support/world.ts';

let world: World;
let staff: Staff;
const nobody = 'cmp_01JD0000000000000000000009';
const create = (draft: object, { token } = staff) => world.call(createCampaign, draft, { token });
const publish = (id: string, { token } = staff, expectedVersion = 1) =>
  world.call(publishCampaign, { id, expectedVersion, reason: '周年庆' }, { token });
const end = (id: string, { token } = staff) => world.call(endCampaign, { id, reason: '写错了' }, { token });
const update = (draft: object, { token } = staff) =>
  world.call(updateCampaign, { expectedVersion: 1, ...draft }, { token });
const audited = async () =>
  ((await storedIn(world, 'audit')) as { action: string }[]).map(({ action }) => action).toSorted();

/** The price of a course with a list price of 99 yuan now. */
async function costs(): Promise<number> {
  const alice = await world.login('alice');
  const { id } = await givenProduct(world);
  const asked = { lines: [{ productId: id }], couponId: null };
  return (await world.call(quoteOrder, asked, { token: alice.token })).data.quote.payableFen;
}

beforeEach(async () => {
  world = await createWorld(ANYTHING_ALONE);
  staff = await givenStaff(world, 'admin');
});
afterEach(() => world.close());

async function givenDraft() {
  const draft = aCampaignDraft(world);
  await create(draft);
  return draft;
}

describeFunction(createCampaign, () => {
  test('it is a draft, which changes no price, and the audit log says so', async () => {
    const draft = aCampaignDraft(world);
    const { data } = await create(draft);
    expect(data.campaign).toMatchObject({ ...draft, state: 'draft' });
    expect(data.campaign).not.toHaveProperty('draftDigest');
    expect(await costs()).toBe(9_900);
    expect(await audited()).toEqual(['promotion.create']);
  });

  test('the same again is the same campaign, also after it was published', async () => {
    const draft = aCampaignDraft(world);
    await Promise.all([create(draft), create(draft), create(draft)]);
    await publish(draft.id);
    expect((await create(draft)).data.campaign.state).toBe('published');
    expect(await storedIn(world, 'campaigns')).toHaveLength(1);
  });

  test('promotion.id_taken: the same id with other content changes nothing', async () => {
    const draft = aCampaignDraft(world);
    await create(draft);
    expect((await create({ ...draft, title: '另一个' })).code).toBe('promotion.id_taken');
    expect(await storedIn(world, 'campaigns')).toMatchObject([{ title: '满减' }]);
  });

  test.each([
    ['a ladder that takes off more than it asks for', { ladder: [{ thresholdFen: 10, offFen: 11 }] }],
    [
      'a ladder whose higher step gives less',
      {
        ladder: [
          { thresholdFen: 10, offFen: 5 },
          { thresholdFen: 20, offFen: 5 },
        ],
      },
    ],
    ['no ladder', { ladder: [] }],
    ['an end before its beginning', { untilAtMs: 1 }],
    ['money that is not whole fen', { ladder: [{ thresholdFen: 10.5, offFen: 1 }] }],
    ['a state sent in', { state: 'published' }],
  ])('request.invalid for %s', async (_, changes) => {
    expect((await create({ ...aCampaignDraft(world), ...changes })).code).toBe('request.invalid');
    expect(await storedIn(world, 'campaigns', 'audit')).toEqual([]);
  });

  test.each(Role.options)('a %s may create only if the permission table says so', async (role) => {
    const { status } = await create(aCampaignDraft(world), await givenStaff(world, role));
    expect(status).toBe(['editor', 'finance', 'admin'].includes(role) ? 200 : 403);
  });
});

describeFunction(updateCampaign, () => {
  test('a draft is written anew as a whole, and the audit log says what differs', async () => {
    const draft = aCampaignDraft(world);
    await create(draft);
    const { data } = await update({ ...draft, title: '新的' });
    expect(data.campaign).toMatchObject({ title: '新的', state: 'draft' });
    expect(await storedIn(world, 'audit')).toContainEqual(
      expect.objectContaining({
        action: 'promotion.update',
        before: { title: '满减', version: 1 },
        after: { title: '新的', version: 2 },
      }),
    );
    expect((await create(draft)).data.campaign.title).toBe('新的');
  });

  test('promotion.version_changed: of two who saw the same version one is refused, and told the version', async () => {
    const draft = await givenDraft();
    expect((await update({ ...draft, title: '新的' })).data.campaign.version).toBe(2);
    const before = await storedIn(world, 'campaigns', 'audit');
    const second = await update({ ...draft, untilAtMs: timeMs(draft.untilAtMs + 1) });
    expect(second.error).toMatchObject({ code: 'promotion.version_changed', params: { version: 2 } });
    expect(await storedIn(world, 'campaigns', 'audit')).toEqual(before);
  });

  test('the very same change again, when its answer was lost, is answered as the first time', async () => {
    const draft = await givenDraft();
    const change = { ...draft, title: '新的' };
    const first = (await update(change)).data;
    world.clock.advance(1_000);
    expect((await update(change)).data).toEqual(first);
    expect(await audited()).toEqual(['promotion.create', 'promotion.update']);
  });

  test('promotion.not_draft: what is published keeps its rule', async () => {
    const campaign = await givenCampaign(world);
    const draft = aCampaignDraft(world, { id: campaign.id, title: '新的' });
    expect((await update(draft)).code).toBe('promotion.not_draft');
    expect(await storedIn(world, 'campaigns')).toEqual([campaign]);
  });

  test('promotion.not_found', async () => {
    expect((await update(aCampaignDraft(world))).code).toBe('promotion.not_found');
  });
});

describeFunction(publishCampaign, () => {
  test('staff.second_person_needed: the steepest step is above the daily limit', async () => {
    const draft = await givenDraft();
    Object.assign(world.ports.settings, NOTHING_ALONE.settings);
    expect((await publish(draft.id)).error).toMatchObject({
      code: 'staff.second_person_needed',
      params: { kind: 'priceCut', value: 3_000 },
    });
    expect(await storedIn(world, 'campaigns')).not.toContainEqual(
      expect.objectContaining({ state: 'published' }),
    );
  });

  test('promotion.version_changed: what was changed after it was looked at is not published', async () => {
    const draft = await givenDraft();
    await update({ ...draft, title: '新的' });
    const stale = await publish(draft.id);
    expect(stale.error).toMatchObject({ code: 'promotion.version_changed', params: { version: 2 } });
    expect((await publish(draft.id, staff, 2)).data.campaign.state).toBe('published');
    expect((await publish(draft.id)).data.campaign.state).toBe('published');
  });

  test('from its beginning to its end, exclusive, every order has it', async () => {
    const now = world.clock.now();
    const fromAtMs = timeMs(now + HOUR_MS);
    const draft = aCampaignDraft(world, { fromAtMs, untilAtMs: timeMs(now + 2 * HOUR_MS) });
    await create(draft);
    expect((await publish(draft.id)).data.campaign.state).toBe('published');
    expect(await costs()).toBe(9_900);
    world.clock.advance(HOUR_MS);
    expect(await costs()).toBe(8_900);
    world.clock.advance(HOUR_MS - 1);
    expect(await costs()).toBe(8_900);
    world.clock.advance(1);
    expect(await costs()).toBe(9_900);
  });

  test('publishing twice, at once and when commits lose their answers, publishes once', async () => {
    await world.close();
    world = await badWorld(23, { conflict: 0.2, commitLost: 0.5 });
    staff = await givenStaff(world, 'admin');
    const draft = aCampaignDraft(world);
    await create(draft);
    await Promise.all([publish(draft.id), publish(draft.id), publish(draft.id)]);
    expect(await audited()).toEqual(['promotion.create', 'promotion.publish']);
  });

  test('promotion.not_publishable: it was ended, or its time is over', async () => {
    const ended = aCampaignDraft(world);
    const late = aCampaignDraft(world);
    await create(ended);
    await create(late);
    await end(ended.id);
    expect((await publish(ended.id)).error).toMatchObject({
      code: 'promotion.not_publishable',
      params: { reason: 'ended' },
    });
    world.clock.advance(HOUR_MS);
    expect((await publish(late.id)).error.params).toEqual({ reason: 'over' });
    expect(await storedIn(world, 'campaigns')).toMatchObject([{ state: 'ended' }, { state: 'draft' }]);
  });

  test('promotion.too_many: the number of promotions that a quote reads is bounded', async () => {
    for (let n = 0; n < AHEAD_MAX; n += 1) await givenCampaign(world);
    const draft = aCampaignDraft(world);
    await create(draft);
    expect((await publish(draft.id)).code).toBe('promotion.too_many');
    world.clock.advance(HOUR_MS - 1);
    const next = aCampaignDraft(world);
    await create(next);
    world.clock.advance(1);
    expect((await publish(next.id)).status).toBe(200);
  });

  test('promotion.not_found', async () => {
    expect((await publish(nobody)).code).toBe('promotion.not_found');
  });

  test.each(Role.options)('a %s may publish only if the permission table says so', async (role) => {
    const draft = aCampaignDraft(world);
    await create(draft);
    const { status } = await publish(draft.id, await givenStaff(world, role));
    expect(status).toBe(['finance', 'admin'].includes(role) ? 200 : 403);
  });
});

describeFunction(endCampaign, () => {
  test('no order after it has it, and the audit log says why', async () => {
    const { id } = await givenCampaign(world);
    expect(await costs()).toBe(8_900);
    expect((await end(id)).data.campaign.state).toBe('ended');
    expect(await costs()).toBe(9_900);
    await end(id);
    expect(await storedIn(world, 'audit')).toMatchObject([{ action: 'promotion.end', reason: '写错了' }]);
  });

  test('promotion.not_found', async () => {
    expect((await end(nobody)).code).toBe('promotion.not_found');
  });
});

describeFunction(listCampaigns, () => {
  test('all of them, newest first, page by page', async () => {
    for (const title of ['1', '2', '3']) {
      world.clock.advance(1);
      await create(aCampaignDraft(world, { title }));
    }
    const list = (input: object) => world.call(listCampaigns, input, { token: staff.token });
    const first = await list({ limit: 2 });
    expect(first.data.items.map(({ title }) => title)).toEqual(['3', '2']);
    const rest = await list({ limit: 2, cursor: first.data.nextCursor });
    expect(rest.data).toMatchObject({ items: [{ title: '1' }], nextCursor: null });
  });

  test.each(Role.options)('a %s may look only if the permission table says so', async (role) => {
    const { token } = await givenStaff(world, role);
    const { status } = await world.call(listCampaigns, {}, { token });
    expect(status).toBe(role === 'learner' ? 403 : 200);
  });
});

test('when several campaigns apply, the one that takes most off counts', async () => {
  await givenCampaign(world);
  await givenCampaign(world, { ladder: [{ thresholdFen: fen(9_000), offFen: fen(2_000) }] });
  expect(await costs()).toBe(7_900);
});
