import { banUser } from '../../../../functions/admin/identity/banUser.ts';
import { listAudit } from '../../../../functions/admin/operations/listAudit.ts';
import { describeFunction } from '../../../support/describeFunction.ts';
import { givenStaff, type Staff } from '../../../support/given/staff.ts';
import { createWorld, type World } from '../../../support/world.ts';

describeFunction(listAudit, () => {
  let world: World;
  let admin: Staff;
  let support: Staff;
  let people: string[];
  const list = async (asked: object = {}) =>
    (await world.call(listAudit, asked, { token: admin.token })).data.items.map(({ target }) => target);

  beforeEach(async () => {
    world = await createWorld();
    admin = await givenStaff(world, 'admin');
    support = await givenStaff(world, 'support');
    people = [];
    for (const [name, by] of [
      ['a', admin],
      ['b', support],
      ['c', support],
    ] as const) {
      world.clock.advance(1_000);
      const { userId } = await world.login(name);
      people.push(userId);
      await world.call(banUser, { userId, reason: '测试' }, { token: by.token });
    }
  });
  afterEach(() => world.close());

  test('everything, newest first, page by page', async () => {
    expect(await list()).toEqual([...people].reverse());
    const first = (await world.call(listAudit, { limit: 2 }, { token: admin.token })).data;
    expect(first.items.map(({ target }) => target)).toEqual([people[2], people[1]]);
    expect(await list({ limit: 2, cursor: first.nextCursor })).toEqual([people[0]]);
  });

  test('by who did it, by what it was done to, and by time', async () => {
    expect(await list({ actorId: support.userId })).toEqual([people[2], people[1]]);
    expect(await list({ target: people[0] })).toEqual([people[0]]);
    expect(await list({ actorId: 'command' })).toEqual([]);
    const now = world.clock.now();
    expect(await list({ fromAtMs: now })).toEqual([people[2]]);
    expect(await list({ untilAtMs: now, actorId: support.userId })).toEqual([people[1]]);
    expect(await list({ fromAtMs: now - 1_000, untilAtMs: now })).toEqual([people[1]]);
  });

  test('each entry refers to the previous entry of the same actor', async () => {
    const { data } = await world.call(listAudit, { actorId: support.userId }, { token: admin.token });
    const [second, first] = data.items;
    expect([first?.seq, second?.seq]).toEqual([1, 2]);
    expect(second?.prevHash).toBe(first?.hash);
  });

  test('request.invalid for an actor and a target at once, a cursor of another query, and no time', async () => {
    const { data } = await world.call(listAudit, { limit: 1 }, { token: admin.token });
    for (const asked of [
      { actorId: admin.userId, target: people[0] },
      { actorId: admin.userId, cursor: data.nextCursor },
      { fromAtMs: '-1' },
      { fromAtMs: '1e5' },
    ]) {
      expect((await world.call(listAudit, asked, { token: admin.token })).code).toBe('request.invalid');
    }
  });

  test('auth.forbidden for support', async () => {
    expect((await world.call(listAudit, {}, { token: support.token })).code).toBe('auth.forbidden');
  });
});
