import { getCourse } from '../../../functions/catalogue/getCourse.ts';
import { DAY_MS, type ProductId } from '../../../shared/schemas/base.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import {
  type GivenCourse,
  givenCourse,
  givenProductChange,
  unknownProductId,
} from '../../support/given/course.ts';
import { givenAccess } from '../../support/given/entitlement.ts';
import { givenStaff } from '../../support/given/staff.ts';
import { createWorld, type World } from '../../support/world.ts';

describeFunction(getCourse, () => {
  let world: World;
  let alice: Awaited<ReturnType<World['login']>>;
  let course: GivenCourse;
  const get = (id: ProductId, options = {}) => world.call(getCourse, { id }, options);

  beforeEach(async () => {
    world = await createWorld();
    alice = await world.login('alice');
    course = await givenCourse(world, { summary: '讲什么' });
  });
  afterEach(() => world.close());

  test('anybody sees chapters, lessons, trial marks and the price', async () => {
    const { data } = await get(course.productId);
    expect(data).toMatchObject({
      id: course.productId,
      summary: '讲什么',
      listFen: 9_900,
      access: { kind: 'forever' },
      lessonCount: 3,
      owned: null,
    });
    expect(
      data.chapters.map(({ title, lessons }) => [title, ...lessons.map(({ isTrial }) => isTrial)]),
    ).toEqual([
      ['第一章', true],
      ['第二章', false, false],
    ]);
  });

  test('who is logged in sees what they own of it, and until when', async () => {
    expect((await get(course.productId, alice)).data.owned).toEqual({
      isOwned: false,
      isTrial: false,
      untilAtMs: null,
      mayBuy: true,
    });
    await givenAccess(world, alice.userId, course.productId, { kind: 'days', days: 10 });
    const untilAtMs = world.clock.now() + 10 * DAY_MS;
    expect((await get(course.productId, alice)).data.owned).toEqual({
      isOwned: true,
      isTrial: false,
      untilAtMs,
      mayBuy: true,
    });
    world.clock.advance(10 * DAY_MS - 1);
    expect((await get(course.productId, alice)).data.owned).toEqual({
      isOwned: true,
      isTrial: false,
      untilAtMs,
      mayBuy: true,
    });
    world.clock.advance(1);
    expect((await get(course.productId, alice)).data.owned).toEqual({
      isOwned: false,
      isTrial: false,
      untilAtMs: null,
      mayBuy: true,
    });
  });

  test('one user’s product is not owned by another user', async () => {
    await givenAccess(world, alice.userId, course.productId);
    const bob = await world.login('bob');
    expect((await get(course.productId, alice)).data.owned).toEqual({
      isOwned: true,
      isTrial: false,
      untilAtMs: null,
      mayBuy: false,
    });
    expect((await get(course.productId, bob)).data.owned).toEqual({
      isOwned: false,
      isTrial: false,
      untilAtMs: null,
      mayBuy: true,
    });
    expect((await get(course.productId)).data.owned).toBeNull();
  });

  test('nothing that is paid for is in it, for owners neither', async () => {
    await givenAccess(world, alice.userId, course.productId);
    const shown = JSON.stringify((await get(course.productId, alice)).body);
    for (const secret of [course.paid.body, course.trial.body, 'media.mp4', 'mediaKey', 'draftDigest']) {
      expect(shown).not.toContain(secret);
    }
  });

  test('course.not_found: unknown and draft are the same, for staff too', async () => {
    const editor = await givenStaff(world, 'editor');
    const draft = await givenCourse(world, { state: 'draft' });
    const unknown = await get(unknownProductId(world));
    expect(unknown).toMatchObject({ status: 404, code: 'course.not_found' });
    for (const options of [{}, alice, editor]) {
      const answer = await get(draft.productId, options);
      expect(answer.status).toBe(404);
      expect(answer.error).toEqual(unknown.error);
    }
  });

  test('course.not_found: a withdrawn course is shown to its owners only', async () => {
    const withdrawn = await givenCourse(world, { state: 'withdrawn' });
    await givenAccess(world, alice.userId, withdrawn.productId);
    const bob = await world.login('bob');
    expect((await get(withdrawn.productId, alice)).data.owned).toEqual({
      isOwned: true,
      isTrial: false,
      untilAtMs: null,
      mayBuy: false,
    });
    for (const options of [{}, bob]) {
      expect(await get(withdrawn.productId, options)).toMatchObject({ code: 'course.not_found' });
    }
  });

  test('a change made elsewhere shows within two minutes', async () => {
    await get(course.productId);
    await givenProductChange(world, course.productId, { listFen: 100 });
    world.clock.advance(2 * 60_000);
    expect((await get(course.productId)).data.listFen).toBe(100);
  });

  test('a thousand who ask for a course that does not exist are one read', async () => {
    const id = unknownProductId(world);
    const reads = jest.spyOn(world.ports.database, 'find');
    await Promise.all(Array.from({ length: 1_000 }, () => get(id)));
    expect(reads).toHaveBeenCalledTimes(2);
  });

  test('request.invalid: an id that is none', async () => {
    for (const id of ['search2', 'prd_1', 'usr_01JD0000000000000000000001']) {
      expect(await world.call(getCourse, { id })).toMatchObject({ status: 400, code: 'request.invalid' });
    }
  });
});
