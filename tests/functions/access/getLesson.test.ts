import { getLesson } from '../../../functions/access/getLesson.ts';
import { DAY_MS, LessonId, MINUTE_MS, timeMs } from '../../../shared/schemas/base.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import { type GivenCourse, givenCourse } from '../../support/given/course.ts';
import { givenAccess } from '../../support/given/entitlement.ts';
import { givenQuiz } from '../../support/given/learning.ts';
import { storedIn } from '../../support/given/order.ts';
import { givenSold, PLAIN_PRICES } from '../../support/given/products.ts';
import { givenStaff } from '../../support/given/staff.ts';
import { createWorld, type World } from '../../support/world.ts';

describeFunction(getLesson, () => {
  let world: World;
  let alice: Awaited<ReturnType<World['login']>>;
  let course: GivenCourse;
  const get = (id: LessonId, options = {}) => world.call(getLesson, { id }, options);

  beforeEach(async () => {
    world = await createWorld();
    alice = await world.login('alice');
    course = await givenCourse(world);
  });
  afterEach(() => world.close());

  test('a trial lesson is open to everybody', async () => {
    const { data } = await get(course.trial.id);
    expect(data).toMatchObject({ id: course.trial.id, productId: course.productId, body: course.trial.body });
    expect(data.mediaUrl).toMatch(/^https:\/\//);
  });

  test('an owner gets the text and a media URL for no longer than the lesson and a quarter of an hour', async () => {
    await givenAccess(world, alice.userId, course.productId);
    const { data } = await get(course.paid.id, alice);
    const expiresAtMs = timeMs(world.clock.now() + 10 * MINUTE_MS + 15 * MINUTE_MS);
    expect(data).toEqual({
      id: course.paid.id,
      productId: course.productId,
      title: course.paid.title,
      body: course.paid.body,
      durationSeconds: 600,
      isTrial: false,
      mediaUrl: await world.ports.files.signedUrl('courses/media.mp4', expiresAtMs),
      mediaExpiresAtMs: expiresAtMs,
      hasQuiz: false,
    });
  });

  test('a lesson tells whether it has a quiz', async () => {
    await givenQuiz(world, course.productId, course.trial.id);
    expect((await get(course.trial.id)).data.hasQuiz).toBe(true);
  });

  test('access that ends sooner closes the media sooner', async () => {
    await givenAccess(world, alice.userId, course.productId, { kind: 'days', days: 1 });
    world.clock.advance(DAY_MS - 5 * MINUTE_MS);
    const { data } = await get(course.paid.id, alice);
    expect(data.mediaExpiresAtMs).toBe(world.clock.now() + 5 * MINUTE_MS);
  });

  test('a lesson without media has a text and no URL', async () => {
    const { trial } = await givenCourse(world, { mediaKey: null });
    expect((await get(trial.id)).data).toMatchObject({ mediaUrl: null, mediaExpiresAtMs: null });
  });

  test('lesson.not_owned: anybody else is told what to buy, and gets nothing of it', async () => {
    await givenAccess(world, alice.userId, course.productId);
    const bob = await world.login('bob');
    const admin = await givenStaff(world, 'admin');
    for (const options of [{}, bob, admin]) {
      const answer = await get(course.paid.id, options);
      expect(answer).toMatchObject({ status: 403, code: 'lesson.not_owned' });
      expect(answer.error.params).toEqual({ productId: course.productId, ...PLAIN_PRICES });
      expect(JSON.stringify(answer.body)).not.toContain(course.paid.body);
    }
  });

  test('lesson.not_owned: owning one course opens no lesson of another', async () => {
    const other = await givenCourse(world);
    await givenAccess(world, alice.userId, other.productId);
    expect(await get(course.paid.id, alice)).toMatchObject({ code: 'lesson.not_owned' });
  });

  test('lesson.not_owned: from the moment the access ends', async () => {
    await givenAccess(world, alice.userId, course.productId, { kind: 'days', days: 1 });
    world.clock.advance(DAY_MS - 1);
    expect((await get(course.paid.id, alice)).status).toBe(200);
    world.clock.advance(1);
    expect(await get(course.paid.id, alice)).toMatchObject({ code: 'lesson.not_owned' });
  });

  test('lesson.not_found: of a draft there is nothing, trial or not; the same as what does not exist', async () => {
    const draft = await givenCourse(world, { state: 'draft' });
    const unknown = await get(LessonId.parse(world.ports.ids.make('les')), alice);
    expect(unknown).toMatchObject({ status: 404, code: 'lesson.not_found' });
    for (const { id } of [draft.trial, draft.paid]) {
      const answer = await get(id, alice);
      expect(answer.status).toBe(404);
      expect(answer.error).toEqual(unknown.error);
    }
  });

  test('lesson.not_found: a withdrawn course stays open to its owners and to nobody else', async () => {
    const withdrawn = await givenCourse(world, { state: 'withdrawn' });
    await givenAccess(world, alice.userId, withdrawn.productId);
    const bob = await world.login('bob');
    for (const { id } of [withdrawn.trial, withdrawn.paid]) {
      expect((await get(id, alice)).status).toBe(200);
      expect(await get(id, bob)).toMatchObject({ code: 'lesson.not_found' });
      expect(await get(id)).toMatchObject({ code: 'lesson.not_found' });
    }
  });

  test('the key of the file in storage is in no field but the signed URL', async () => {
    const { body, data } = await get(course.trial.id);
    expect(JSON.stringify({ ...Object(body), data: { ...data, mediaUrl: null } })).not.toContain('media.mp4');
    expect(data).not.toHaveProperty('mediaKey');
  });

  test('T30: what an owner opens is written down once, before it is shown; a trial lesson is not, nor what anybody else opens', async () => {
    await givenAccess(world, alice.userId, course.productId);
    await get(course.trial.id);
    await get(course.trial.id, await world.login('bob'));
    expect(await storedIn(world, 'usages')).toEqual([]);
    await Promise.all([get(course.paid.id, alice), get(course.paid.id, alice)]);
    await get(course.trial.id, alice);
    await get(course.paid.id, alice);
    expect(await storedIn(world, 'usages')).toMatchObject([
      { userId: alice.userId, productId: course.productId, opened: [course.paid.id] },
    ]);
  });

  test('through a bundle it is open as long as the bundle is, and counts for the bundle too', async () => {
    const bundle = await givenSold(world, 'bundle', { parts: [course.productId] });
    await givenAccess(world, alice.userId, bundle.id, { kind: 'days', days: 1 });
    expect((await get(course.paid.id, alice)).status).toBe(200);
    const usages = await storedIn(world, 'usages');
    expect(new Set(usages.map((usage) => Object(usage).productId))).toEqual(
      new Set([course.productId, bundle.id]),
    );
    world.clock.advance(DAY_MS);
    expect(await get(course.paid.id, alice)).toMatchObject({ code: 'lesson.not_owned' });
  });
});
