import { createDrop } from '../../../../functions/admin/talk/createDrop.ts';
import { endDrop } from '../../../../functions/admin/talk/endDrop.ts';
import { getAnyDrop } from '../../../../functions/admin/talk/getAnyDrop.ts';
import { listDrops } from '../../../../functions/admin/talk/listDrops.ts';
import { publishDrop } from '../../../../functions/admin/talk/publishDrop.ts';
import { claimDrop } from '../../../../functions/talk/claimDrop.ts';
import { HOUR_MS, timeMs } from '../../../../shared/schemas/base.ts';
import { describeFunction } from '../../../support/describeFunction.ts';
import { givenTemplate } from '../../../support/given/coupon.ts';
import { aDropDraft, givenDrop } from '../../../support/given/drop.ts';
import { storedIn } from '../../../support/given/order.ts';
import { givenStaff, type Staff } from '../../../support/given/staff.ts';
import { createWorld, type World } from '../../../support/world.ts';

let world: World;
let editor: Staff;

beforeEach(async () => {
  world = await createWorld();
  editor = await givenStaff(world, 'editor');
});
afterEach(() => world.close());

const stock = async () =>
  ((await storedIn(world, 'couponStocks')) as { remaining: number; held: Record<string, number> }[]).reduce(
    (sum, { remaining, held }) => ({
      remaining: sum.remaining + remaining,
      held: sum.held + Object.values(held).reduce((all, each) => all + each, 0),
    }),
    { remaining: 0, held: 0 },
  );
const publish = (id: string) => world.call(publishDrop, { id, reason: '晨读' }, editor);

describeFunction(createDrop, () => {
  test('a repeat of the same creates one draft, which sets nothing aside', async () => {
    const { id: templateId } = await givenTemplate(world, { audience: 'drop' });
    const draft = aDropDraft(world, templateId);
    const made = await world.call(createDrop, draft, editor);
    expect(made.data.drop).toMatchObject({ state: 'draft', endsAtMs: null, claimedCount: 0, leftCount: 0 });
    expect((await world.call(createDrop, draft, editor)).data).toEqual(made.data);
    expect(await stock()).toEqual({ remaining: 100, held: 0 });
    expect(await storedIn(world, 'drops')).toHaveLength(1);
  });

  test('drop.id_taken, coupon.not_found, group.not_found', async () => {
    const { id, templateId } = await givenDrop(world, {}, 'draft');
    const other = { ...aDropDraft(world, templateId), id, count: 4 };
    expect((await world.call(createDrop, other, editor)).code).toBe('drop.id_taken');
    const nowhere = { audience: { kind: 'group', groupId: world.ports.ids.make('grp') } };
    expect((await world.call(createDrop, aDropDraft(world, templateId, nowhere), editor)).code).toBe(
      'group.not_found',
    );
    const unknown = aDropDraft(world, world.ports.ids.make('tpl'));
    expect((await world.call(createDrop, unknown, editor)).code).toBe('coupon.not_found');
  });
});

describeFunction(publishDrop, () => {
  test('its coupons are set aside at once, evenly; a repeat sets aside no more', async () => {
    const { id } = await givenDrop(world, { count: 40, hours: 2 }, 'draft');
    const { drop } = (await publish(id)).data;
    expect(drop).toMatchObject({ state: 'published', leftCount: 40, claimedCount: 0 });
    expect(drop.endsAtMs).toBe(world.clock.now() + 2 * HOUR_MS);
    expect((await publish(id)).data.drop).toEqual(drop);
    expect(await stock()).toEqual({ remaining: 60, held: 40 });
    const held = (await storedIn(world, 'couponStocks')) as { held: Record<string, number> }[];
    expect(held.map((shard) => shard.held[id])).toEqual([20, 20]);
  });

  test.each([
    ['template_not_for_drops', { audience: 'all' as const }, {}],
    ['too_few_left', { stock: 2 }, { count: 3 }],
    ['template_over', {}, { hours: 24 }],
    [
      'template_over',
      { claimFromAtMs: timeMs(9_000_000_000_000), claimUntilAtMs: timeMs(9_100_000_000_000) },
      {},
    ],
  ])('drop.not_publishable: %s', async (reason, of, wishes) => {
    const { id: templateId } = await givenTemplate(world, { audience: 'drop', ...of });
    const { id } = await givenDrop(world, { templateId, ...wishes }, 'draft');
    world.clock.advance(1);
    expect(await publish(id)).toMatchObject({
      ...{ status: 409, code: 'drop.not_publishable', error: { params: { reason } } },
    });
    expect((await stock()).held).toBe(0);
  });

  test('drop.not_publishable: one that has ended, and the twenty-first from one template', async () => {
    const { id, templateId } = await givenDrop(world, { count: 1 }, 'draft');
    await world.call(endDrop, { id, reason: '不发了' }, editor);
    expect((await publish(id)).error).toMatchObject({ params: { reason: 'ended' } });
    for (let n = 0; n < 20; n += 1) await givenDrop(world, { templateId, count: 1 });
    const more = await givenDrop(world, { templateId, count: 1 }, 'draft');
    expect((await publish(more.id)).error).toMatchObject({ params: { reason: 'too_many_open' } });
  });

  test('drop.not_found', async () => {
    expect((await publish(world.ports.ids.make('drp'))).code).toBe('drop.not_found');
  });
});

describeFunction(endDrop, () => {
  test('what nobody claimed goes back, what was claimed stays; a repeat gives nothing back twice', async () => {
    const { id } = await givenDrop(world);
    const alice = await world.login('alice');
    expect((await world.call(claimDrop, { id, proof: null }, alice)).status).toBe(200);
    const ended = await world.call(endDrop, { id, reason: '停' }, editor);
    expect(ended.data.drop).toMatchObject({ state: 'ended', claimedCount: 1, leftCount: 0 });
    expect((await world.call(endDrop, { id, reason: '停' }, editor)).data).toEqual(ended.data);
    expect(await stock()).toEqual({ remaining: 99, held: 0 });
  });

  test('drop.not_found', async () => {
    const asked = { id: world.ports.ids.make('drp'), reason: '停' };
    expect((await world.call(endDrop, asked, editor)).code).toBe('drop.not_found');
  });
});

describeFunction(listDrops, () => {
  test('newest first, each counted now', async () => {
    const first = await givenDrop(world);
    world.clock.advance(1);
    const second = await givenDrop(world, {}, 'draft');
    await world.call(claimDrop, { id: first.id, proof: null }, await world.login('alice'));
    const { items } = (await world.call(listDrops, {}, editor)).data;
    expect(items).toMatchObject([{ id: second.id }, { id: first.id, claimedCount: 1, leftCount: 2 }]);
  });
});

describeFunction(getAnyDrop, () => {
  test('it says from which chats of WeChat how many were claimed', async () => {
    const { id } = await givenDrop(world, { audience: { kind: 'wechat_group', openGid: null } });
    for (const [name, chat] of [
      ['alice', 'GtzQYAB-one'],
      ['bob', 'GtzQYAB-two'],
      ['carol', 'GtzQYAB-two'],
    ] as const) {
      const who = await world.login(name);
      const proof = world.weixin.phone.enterFrom(name, chat);
      expect((await world.call(claimDrop, { id, proof }, who)).status).toBe(200);
    }
    const { data } = await world.call(getAnyDrop, { id }, await givenStaff(world, 'support'));
    expect(data).toMatchObject({
      drop: { id, claimedCount: 3 },
      claimedFrom: [
        { openGid: 'GtzQYAB-two', count: 2 },
        { openGid: 'GtzQYAB-one', count: 1 },
      ],
    });
  });

  test('drop.not_found', async () => {
    const asked = { id: world.ports.ids.make('drp') };
    expect((await world.call(getAnyDrop, asked, editor)).code).toBe('drop.not_found');
  });
});
