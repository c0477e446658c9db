import { getLesson } from '../../../../functions/access/getLesson.ts';
import { updateLesson } from '../../../../functions/admin/catalogue/updateLesson.ts';
import { describeFunction } from '../../../support/describeFunction.ts';
import { type GivenCourse, givenCourse, unknownProductId } from '../../../support/given/course.ts';
import { givenAccess } from '../../../support/given/entitlement.ts';
import { exported } from '../../../support/given/export.ts';
import { editorOf, newLessons } from '../../../support/given/outline.ts';
import { createWorld, type World } from '../../../support/world.ts';

describeFunction(updateLesson, () => {
  let world: World;
  let course: GivenCourse;
  let staff: Awaited<ReturnType<typeof editorOf>>;
  let alice: Awaited<ReturnType<World['login']>>;
  beforeEach(async () => {
    world = await createWorld();
    course = await givenCourse(world);
    staff = await editorOf(world, course.productId);
    alice = await world.login('alice');
    await givenAccess(world, alice.userId, course.productId);
  });
  afterEach(() => world.close());

  const open = async () => (await world.call(getLesson, { id: course.paid.id }, alice)).data;

  test('learners have what it said before until it is published, and then at once, under the same id', async () => {
    const before = await open();
    await staff.mend(course.paid.id, { title: '新标题', body: '改过', mediaKey: null });
    await staff.mend(course.paid.id, { body: '改过两次' });
    expect((await open()).body).toBe(before.body);
    await staff.publish();
    expect(await open()).toMatchObject({
      ...{ id: course.paid.id, title: '新标题', body: '改过两次', mediaUrl: null, durationSeconds: 600 },
    });
  });

  test('a changed content is not listed as a lesson', async () => {
    await staff.mend(course.paid.id, { body: '改过' });
    await staff.publish();
    const stored = (await exported(world)).filter(({ collection }) => collection === 'lessons');
    const opened = await Promise.all(
      stored.map(({ id }) => world.call(getLesson, { id: id as never }, alice).then(({ status }) => status)),
    );
    expect(opened.toSorted()).toEqual([200, 200, 200, 404]);
  });

  test('the same again is answered again, and stores nothing', async () => {
    const first = await staff.mend(course.paid.id, { body: '改过' }, 1);
    const before = await exported(world);
    expect((await staff.mend(course.paid.id, { body: '改过' }, 1)).data).toEqual(first.data);
    expect(await exported(world)).toEqual(before);
  });

  test('lesson.not_found, course.version_changed, course.not_found', async () => {
    const [unknown] = newLessons(world, 1);
    expect(await staff.mend(unknown?.id as never, {})).toMatchObject({
      status: 404,
      code: 'lesson.not_found',
    });
    expect(await staff.mend(course.paid.id, { body: '改' }, 2)).toMatchObject({
      ...{ status: 409, code: 'course.version_changed' },
    });
    const asked = { id: unknownProductId(world), lessonId: course.paid.id, expectedVersion: 1, change: {} };
    expect(await world.call(updateLesson, asked, staff.editor)).toMatchObject({ code: 'course.not_found' });
  });
});
