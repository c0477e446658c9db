import { publishCourseOutline } from '../../../functions/admin/catalogue/publishCourseOutline.ts';
import { putCourseOutline } from '../../../functions/admin/catalogue/putCourseOutline.ts';
import { getProgress } from '../../../functions/learning/getProgress.ts';
import type { ProductId } from '../../../shared/schemas/base.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import { givenCourse, givenProductChange, unknownProductId } from '../../support/given/course.ts';
import { givenAccess } from '../../support/given/entitlement.ts';
import { givenPlayed, lessonIdsOf } from '../../support/given/learning.ts';
import { givenStaff } from '../../support/given/staff.ts';
import { createWorld, type World } from '../../support/world.ts';

describeFunction(getProgress, () => {
  let world: World;
  let alice: Awaited<ReturnType<World['login']>>;
  const get = (id: ProductId, learner = alice) => world.call(getProgress, { id }, learner);

  beforeEach(async () => {
    world = await createWorld();
    alice = await world.login('alice');
  });
  afterEach(() => world.close());

  test('it shows each lesson that was opened, and the share of the course as it is today', async () => {
    const { productId } = await givenCourse(world);
    await givenAccess(world, alice.userId, productId);
    expect((await get(productId)).data).toMatchObject({
      lessonCount: 3,
      finishedCount: 0,
      progressBp: 0,
      lessons: [],
    });
    const ids = await lessonIdsOf(world, productId);
    const [first, second, third] = ids;
    if (first === undefined || second === undefined || third === undefined) throw new Error('it has three');
    await givenPlayed(world, alice, second);
    const { data } = await get(productId);
    expect(data).toMatchObject({
      finishedCount: 1,
      progressBp: 3_333,
      lastLessonId: second,
      finishedAtMs: null,
    });
    expect(data.lessons).toMatchObject([{ lessonId: second, progressBp: 10_000, isFinished: true }]);
    const editor = await givenStaff(world, 'editor');
    const lessons = ids.map((id) => ({ id, isHidden: id === first }));
    const asked = { id: productId, expectedVersion: 1, chapters: [{ title: '全部', lessons }] };
    expect((await world.call(putCourseOutline, asked, editor)).status).toBe(200);
    await world.call(publishCourseOutline, { id: productId, expectedVersion: 2 }, editor);
    expect((await get(productId)).data).toMatchObject({
      lessonCount: 2,
      finishedCount: 1,
      progressBp: 5_000,
    });
  });

  test('nobody sees the progress of somebody else, and a withdrawn course is shown to those who learned it', async () => {
    const { productId, trial } = await givenCourse(world);
    await givenPlayed(world, alice, trial.id);
    const bob = await world.login('bob');
    expect((await get(productId, bob)).data).toMatchObject({ finishedCount: 0, lessons: [] });
    await givenProductChange(world, productId, { state: 'withdrawn' });
    world.clock.advance(120_000);
    expect((await get(productId)).data).toMatchObject({ finishedCount: 1 });
    expect(await get(productId, bob)).toMatchObject({ code: 'course.not_found' });
  });

  test('course.not_found', async () => {
    expect(await get(unknownProductId(world))).toMatchObject({ status: 404, code: 'course.not_found' });
  });
});
