import { decideReview } from '../../../../functions/admin/review/decideReview.ts';
import { getWriter } from '../../../../functions/admin/review/getWriter.ts';
import { appealReview } from '../../../../functions/review/appealReview.ts';
import * as writers from '../../../../shared/data/review/writers.ts';
import { DAY_MS, UserId } from '../../../../shared/schemas/base.ts';
import { describeFunction } from '../../../support/describeFunction.ts';
import { type Buyer, storedIn } from '../../../support/given/order.ts';
import { checksText, givenWritten } from '../../../support/given/review.ts';
import { givenStaff, type Staff } from '../../../support/given/staff.ts';
import { givenRemoved } from '../../../support/given/writer.ts';
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

const reads = (userId: UserId = alice.userId, by = support) => world.call(getWriter, { userId }, by);

describeFunction(getWriter, () => {
  test('who never wrote has an empty record, and nothing is stored of them', async () => {
    expect((await reads()).data.writer).toMatchObject({
      ...{ userId: alice.userId, trust: 0, flagWeight: 0, published: 0, undecided: 0 },
      ...{ counts: { comment: 0, topic: 0, flag: 0 }, removed: [], overturned: [] },
      ...{ probationUntilMs: null, suspension: null, pardonedAtMs: null },
    });
    expect(await storedIn(world, 'writers')).toEqual([]);
  });

  test('what was removed is listed with who did it and why, the newest first, with what follows from it', async () => {
    const [first, second, third] = await givenRemoved(world, alice, 3);
    const { writer } = (await reads()).data;
    expect(writer.removed).toMatchObject([
      { target: third?.target, reason: '广告 3', by: expect.stringMatching(/^usr_/) },
      { target: second?.target, reason: '广告 2' },
      { target: first?.target, reason: '广告 1' },
    ]);
    const lastAtMs = writer.removed[0]?.atMs ?? 0;
    expect(writer).toMatchObject({
      ...{ published: 3, trust: 0, counts: { comment: 3 } },
      probationUntilMs: lastAtMs + 30 * DAY_MS,
      suspension: { untilMs: lastAtMs + 7 * DAY_MS, target: third?.target },
    });
  });

  test('what an appeal gave back is not among what was removed, and silences nobody', async () => {
    const [first] = await givenRemoved(world, alice, 3);
    const target = first?.target ?? '';
    await world.call(appealReview, { target, words: '误判' }, { token: alice.token });
    const asked = { target, version: 1, decision: 'approve', reason: '误删' };
    expect((await world.call(decideReview, asked, support)).status).toBe(200);
    const { writer } = (await reads()).data;
    expect(writer.removed.map(({ reason }) => reason)).toEqual(['广告 3', '广告 2']);
    expect(writer.suspension).toBeNull();
  });

  test('trust, what waits, and what is counted are those of now', async () => {
    for (let n = 0; n < 2; n += 1) await checksText(world, await givenWritten(world, alice));
    await givenWritten(world, alice);
    world.clock.advance(2 * DAY_MS);
    expect((await reads()).data.writer).toMatchObject({
      ...{ trust: 1, flagWeight: 2, published: 2, undecided: 1 },
      counts: { comment: 0, topic: 0, flag: 0 },
    });
    await world.ports.database.tx(async (tx) => {
      const before = await writers.find(tx, alice.userId);
      if (before === null) throw new Error('no writer');
      const overturned = [world.clock.now(), world.clock.now(), world.clock.now()];
      await writers.save(tx, before, { ...before, overturned });
    });
    expect((await reads()).data.writer).toMatchObject({ trust: 1, flagWeight: 0 });
  });

  test('the audit log has who looked', async () => {
    await reads();
    expect(await storedIn(world, 'audit')).toMatchObject([
      { action: 'writer.read', actorId: support.userId, target: alice.userId },
    ]);
  });

  test('user.not_found, and who may not review reads nothing', async () => {
    expect((await reads(UserId.parse(world.ports.ids.make('usr')))).code).toBe('user.not_found');
    expect((await reads(alice.userId, await givenStaff(world, 'finance'))).code).toBe('auth.forbidden');
  });
});
