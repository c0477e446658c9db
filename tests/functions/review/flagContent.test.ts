import { flagContent } from '../../../functions/review/flagContent.ts';
import { listComments } from '../../../functions/talk/listComments.ts';
import * as writers from '../../../shared/data/review/writers.ts';
import { decide } from '../../../shared/domain/review/review.ts';
import { ALLOWED, newWriter } from '../../../shared/domain/review/trust.ts';
import { overturnFlags } from '../../../shared/flows/review/overturnFlags.ts';
import { stepReview } from '../../../shared/flows/review/stepReview.ts';
import { DAY_MS, type UserId } from '../../../shared/schemas/base.ts';
import type { Writer } from '../../../shared/schemas/review/writer.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import { givenShown, givenWritten, storedComment } from '../../support/given/comment.ts';
import { type GivenCourse, givenCourse } from '../../support/given/course.ts';
import { type Buyer, storedIn } from '../../support/given/order.ts';
import { givenStaff } from '../../support/given/staff.ts';
import { givenWriter } from '../../support/given/writer.ts';
import { defaultSettings } from '../../support/settings.ts';
import { createWorld, type World } from '../../support/world.ts';

describeFunction(flagContent, () => {
  let world: World;
  let alice: Buyer;
  let course: GivenCourse;
  let target: string;
  const review = async () => (await storedComment(world, target.slice('comment:'.length))).review;
  const flags = ({ token }: { token: string }, of = target, reason = 'abusive') =>
    world.call(flagContent, { target: of, reason }, { token });

  /** Somebody of whom this is counted, who came fourteen days ago. */
  async function known(name: string, changes: Partial<Writer> = {}): Promise<Buyer> {
    const who = await world.login(name);
    const counted = {
      ...newWriter(who.userId, world.clock.now()),
      published: 10,
      hasBought: true,
      ...changes,
    };
    await world.ports.database.tx((tx) => writers.save(tx, null, counted));
    return who;
  }
  const laterBy14Days = () => world.clock.advance(14 * DAY_MS);
  const keep = async (by: UserId) => {
    const at = { now: world.clock.now(), requestId: 'given' };
    const seen = await review();
    await world.ports.database.tx(async (tx) => {
      const decided = { decision: 'keep', version: seen.version, by } as const;
      await stepReview(tx, target, (before) => decide(before, decided, at.now), at);
    });
    await overturnFlags(world.ports.database, { target, version: seen.version, now: at.now });
  };

  beforeEach(async () => {
    world = await createWorld();
    alice = await givenWriter(world, 'alice');
    course = await givenCourse(world);
    target = `comment:${(await givenShown(world, alice, `product:${course.productId}`)).id}`;
  });
  afterEach(() => world.close());

  test('two trusted people hide something, a case is opened with it, and a page no longer has it', async () => {
    const people = [await known('bob'), await known('carol')];
    laterBy14Days();
    expect((await flags(people[0] ?? alice)).data).toEqual({ target });
    expect(await review()).toMatchObject({ isHidden: false, flagWeight: 3, flaggers: 1 });
    await Promise.all(people.map((each) => flags(each)));
    expect(await review()).toMatchObject({ isHidden: true, flagWeight: 6, flaggers: 2 });
    expect(await storedIn(world, 'cases')).toMatchObject([{ kind: 'content_flagged', state: 'open' }]);
    const asked = { threadId: `product:${course.productId}` };
    expect((await world.call(listComments, asked, alice)).data.items).toEqual([]);
    expect(await flags(await world.login('dave'))).toMatchObject({ status: 404, code: 'thread.not_found' });
  });

  test('one person alone hides nothing, however much they are trusted, and a repeat is no second flag', async () => {
    const staff = await givenStaff(world, 'support');
    await Promise.all(Array.from({ length: 5 }, () => flags(staff)));
    await flags(staff, target, 'other');
    expect(await review()).toMatchObject({ isHidden: false, flagWeight: 6, flaggers: 1 });
    expect(await storedIn(world, 'flags')).toMatchObject([{ reason: 'abusive', weight: 6 }]);
  });

  test('LK17 fifty fresh accounts hide nothing and open no case', async () => {
    for (let n = 0; n < 50; n++) expect((await flags(await world.login(`fresh${n}`))).status).toBe(200);
    expect(await review()).toMatchObject({ isHidden: false, flagWeight: 0, flaggers: 0 });
    expect(await storedIn(world, 'flags')).toHaveLength(50);
    expect(await storedIn(world, 'cases')).toEqual([]);
  });

  test('LK17 what staff kept stays, and three overturned flags make the next ones weigh nothing', async () => {
    const people = [await known('bob'), await known('carol')];
    const others = [await known('erin'), await known('frank')];
    laterBy14Days();
    const { userId: staff } = await givenStaff(world, 'support');
    for (let n = 0; n < 3; n++) {
      world.clock.advance(DAY_MS);
      target = `comment:${(await givenShown(world, alice, `product:${course.productId}`)).id}`;
      for (const each of people) await flags(each);
      expect(await review()).toMatchObject({ isHidden: true });
      await keep(staff);
      await keep(staff);
      expect(await review()).toMatchObject({ isHidden: false });
    }
    for (const [index, each] of others.entries()) {
      expect((await flags(each)).status).toBe(200);
      expect(await review()).toMatchObject({ isHidden: false, flaggers: 3 + index });
    }
    const stored = await writers.find(world.ports.database, people[0]?.userId ?? staff);
    expect(stored?.overturned).toHaveLength(3);
    target = `comment:${(await givenShown(world, alice, `product:${course.productId}`)).id}`;
    for (const each of people) await flags(each);
    expect(await review()).toMatchObject({ isHidden: false, flagWeight: 0 });
  });

  test('thread.not_found for what others do not see', async () => {
    const waiting = `comment:${(await givenWritten(world, alice, `product:${course.productId}`)).id}`;
    const none = `comment:${world.ports.ids.make('cmt')}`;
    const bob = await world.login('bob');
    for (const of of [waiting, none])
      expect(await flags(bob, of)).toMatchObject({ code: 'thread.not_found' });
  });

  test('flag.own', async () => {
    expect(await flags(alice)).toMatchObject({ status: 409, code: 'flag.own' });
  });

  test('feature.off where nothing is written', async () => {
    Object.assign(world.ports.settings, { talk: { ...defaultSettings.talk, comments: 'read' } });
    expect(await flags(await world.login('bob'))).toMatchObject({ code: 'feature.off' });
  });

  test('writing.too_many, and writing.suspended', async () => {
    const counts = { comment: 0, topic: 0, flag: ALLOWED[0].day.flag };
    const bob = await known('bob', { published: 0, counts });
    expect(await flags(bob)).toMatchObject({ status: 409, code: 'writing.too_many' });
    const removal = { atMs: world.clock.now(), by: alice.userId };
    const removed = [1, 2, 3].map((n) => ({ ...removal, target: `comment:cmt_${n}` }));
    expect(await flags(await known('carol', { removed }))).toMatchObject({
      status: 403,
      code: 'writing.suspended',
    });
  });
});
