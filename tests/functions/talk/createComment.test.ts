import { blockUser } from '../../../functions/review/blockUser.ts';
import { createComment } from '../../../functions/talk/createComment.ts';
import * as writers from '../../../shared/data/review/writers.ts';
import { newWriter } from '../../../shared/domain/review/trust.ts';
import type { Talk } from '../../../shared/schemas/talk/talk.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import { aComment, givenShown, givenWritten, storedComment } from '../../support/given/comment.ts';
import { type GivenCourse, givenCourse } from '../../support/given/course.ts';
import { givenAccess } from '../../support/given/entitlement.ts';
import { givenPlayed } from '../../support/given/learning.ts';
import { type Buyer, storedIn } from '../../support/given/order.ts';
import { givenWriter } from '../../support/given/writer.ts';
import { defaultSettings } from '../../support/settings.ts';
import { createWorld, type World } from '../../support/world.ts';

describeFunction(createComment, () => {
  let world: World;
  let alice: Buyer;
  let course: GivenCourse;
  let product: string;
  const opens = async (talk: Partial<Talk> = {}) => {
    world = await createWorld({ settings: { talk: { ...defaultSettings.talk, ...talk } } });
    alice = await givenWriter(world, 'alice');
    course = await givenCourse(world);
    product = `product:${course.productId}`;
  };
  const writes = (wishes: object = {}, threadId = product, writer = alice) =>
    world.call(createComment, aComment(world, threadId, { ...wishes }), writer);

  beforeEach(() => opens());
  afterEach(() => world.close());

  test('it waits for its check', async () => {
    const { comment } = (await writes({ body: '讲得很清楚' })).data;
    expect(comment).toMatchObject({ body: '讲得很清楚', state: 'checking', isShown: false, version: 1 });
    const waiting = { checkingSinceMs: world.clock.now(), review: { waitsFor: ['text'] } };
    expect(await storedComment(world, comment.id)).toMatchObject(waiting);
  });

  test('a repeat with the same id is the same comment, counted once against its writer', async () => {
    const id = world.ports.ids.make('cmt');
    const both = await Promise.all([writes({ id }), writes({ id })]);
    expect(both[0]?.data).toEqual(both[1]?.data);
    expect(await storedIn(world, 'comments')).toHaveLength(1);
    expect(await storedIn(world, 'writers')).toMatchObject([{ counts: { comment: 1 }, undecided: 1 }]);
  });

  test('comment.id_taken: by somebody else, or elsewhere', async () => {
    const { id } = await givenWritten(world, alice, product);
    const bob = await givenWriter(world, 'bob');
    expect(await writes({ id }, product, bob)).toMatchObject({ status: 409, code: 'comment.id_taken' });
    const other = await givenCourse(world);
    expect(await writes({ id }, `product:${other.productId}`)).toMatchObject({ code: 'comment.id_taken' });
  });

  test('twenty at once on one thread and one parent all succeed at once', async () => {
    const parent = await givenShown(world, alice, product);
    const people = await Promise.all(Array.from({ length: 20 }, (_, n) => givenWriter(world, `person ${n}`)));
    const all = await Promise.all(people.map((person) => writes({ parentId: parent.id }, product, person)));
    expect(all.map(({ status }) => status)).toEqual(all.map(() => 200));
    expect(await storedIn(world, 'comments')).toHaveLength(21);
  });

  describe('where', () => {
    test('on a lesson by who may use the course; a trial lesson is read by everybody and written on by them', async () => {
      const lesson = `lesson:${course.paid.id}`;
      expect(await writes({}, lesson)).toMatchObject({ status: 404, code: 'thread.not_found' });
      expect(await writes({}, `lesson:${course.trial.id}`)).toMatchObject({
        ...{ status: 403, code: 'thread.not_writable' },
      });
      await givenAccess(world, alice.userId, course.productId);
      expect((await writes({}, lesson)).status).toBe(200);
      expect((await writes({}, `lesson:${course.trial.id}`)).status).toBe(200);
    });

    test('thread.not_found: what is not there, in any kind of thread', async () => {
      const { ids } = world.ports;
      const unknown = [
        ...[`lesson:${ids.make('les')}`, `product:${ids.make('prd')}`],
        ...[`article:${ids.make('art')}`, `topic:${ids.make('top')}`],
      ];
      for (const thread of unknown)
        expect(await writes({}, thread)).toMatchObject({ status: 404, code: 'thread.not_found' });
      expect(await writes({}, `lesson:${course.productId}`)).toMatchObject({ code: 'request.invalid' });
    });

    test('feature.off where comments are off, and where they are only read', async () => {
      for (const comments of ['off', 'read'] as const) {
        await world.close();
        await opens({ comments });
        expect(await writes()).toMatchObject({ status: 404, code: 'feature.off' });
      }
    });
  });

  describe('replies', () => {
    test('to a comment that everybody sees', async () => {
      const parent = await givenShown(world, alice, product);
      const { comment } = (await writes({ parentId: parent.id })).data;
      expect(await storedComment(world, comment.id)).toMatchObject({ parentId: parent.id });
    });

    test('comment.not_found: to what is not shown, to a reply, to what is elsewhere, to nothing', async () => {
      const waiting = await givenWritten(world, alice, product);
      const parent = await givenShown(world, alice, product);
      const reply = await givenShown(world, alice, product, { parentId: parent.id });
      const other = await givenCourse(world);
      const tries: [string, string?][] = [
        ...([[waiting.id], [reply.id], [world.ports.ids.make('cmt')]] as [string][]),
        [parent.id, `product:${other.productId}`],
      ];
      for (const [parentId, thread] of tries)
        expect(await writes({ parentId }, thread)).toMatchObject({ status: 404, code: 'comment.not_found' });
    });
  });

  test('comment.not_found: who is blocked cannot reply, and others can', async () => {
    const { id: parentId } = await givenShown(world, alice, product);
    const [bob, carol] = [await givenWriter(world, 'bob'), await givenWriter(world, 'carol')];
    await world.call(blockUser, { userId: bob.userId }, alice);
    expect(await writes({ parentId }, product, bob)).toMatchObject({ code: 'comment.not_found' });
    expect((await writes({ parentId }, product, carol)).status).toBe(200);
  });

  test('what leads out of the shop goes to staff even when it passes', async () => {
    const { id } = await givenShown(world, alice, product, { body: '加我微信 wx: learner2026' });
    expect(await storedComment(world, id)).toMatchObject({
      ...{ isShown: false, review: { state: 'queued', doubts: ['contact'] } },
    });
  });

  describe('stars', () => {
    test('by an owner, once a product, with how much of the course they had finished', async () => {
      await givenAccess(world, alice.userId, course.productId);
      await givenPlayed(world, alice, course.trial.id);
      const { comment } = (await writes({ stars: 4 })).data;
      expect(await storedComment(world, comment.id)).toMatchObject({ stars: 4, learnedBp: 3_333 });
      expect(await writes({ stars: 5 })).toMatchObject({ status: 409, code: 'stars.given_before' });
      expect((await writes()).status).toBe(200);
    });

    test('two at once are given once', async () => {
      await givenAccess(world, alice.userId, course.productId);
      const both = await Promise.all([writes({ stars: 4 }), writes({ stars: 5 })]);
      expect(both.map(({ code }) => code).sort()).toEqual([null, 'stars.given_before']);
      expect(await storedIn(world, 'comments')).toHaveLength(1);
    });

    test('stars.not_owner: who does not own it, under a lesson, and in a reply', async () => {
      expect(await writes({ stars: 5 })).toMatchObject({ status: 403, code: 'stars.not_owner' });
      await givenAccess(world, alice.userId, course.productId);
      expect(await writes({ stars: 5 }, `lesson:${course.paid.id}`)).toMatchObject({
        code: 'stars.not_owner',
      });
      const { id: parentId } = await givenShown(world, alice, product);
      expect(await writes({ stars: 5, parentId })).toMatchObject({ code: 'stars.not_owner' });
      for (const stars of [0, 6, 4.5])
        expect(await writes({ stars })).toMatchObject({ code: 'request.invalid' });
    });
  });

  describe('who', () => {
    test('consent.required', async () => {
      expect(await writes({}, product, await world.login('bob'))).toMatchObject({ code: 'consent.required' });
    });

    test('phone.required', async () => {
      await world.close();
      await opens({ needsPhone: true });
      expect(await writes()).toMatchObject({ status: 403, code: 'phone.required' });
    });

    test('writing.too_many: three that nobody has decided about, for who is new', async () => {
      for (const _ of [1, 2, 3]) expect((await writes()).status).toBe(200);
      expect(await writes()).toMatchObject({ status: 409, code: 'writing.too_many' });
      expect(await storedIn(world, 'comments')).toHaveLength(3);
    });

    test('writing.suspended', async () => {
      const now = world.clock.now();
      const removed = ['1', '2', '3'].map((n) => ({
        target: `comment:${n}`,
        atMs: now,
        by: 'platform' as const,
      }));
      const silent = { ...newWriter(alice.userId, now), removed };
      await world.ports.database.tx((tx) => writers.save(tx, null, silent));
      expect(await writes()).toMatchObject({ status: 403, code: 'writing.suspended' });
    });
  });

  test('a text is one to a thousand characters with something to see, and shown as it was typed', async () => {
    for (const body of ['', ' \u200b\u2060 ', '字'.repeat(1_001), '\u202e反的'])
      expect(await writes({ body })).toMatchObject({ code: 'request.invalid' });
    const typed = '<script>alert(1)</script>\u200b &amp; {{x}}';
    const { comment } = (await writes({ body: typed })).data;
    expect(comment.body).toBe(typed.replace('\u200b', ''));
    expect((await writes({ body: '字'.repeat(1_000) })).status).toBe(200);
  });
});
