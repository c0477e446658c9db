import { getAnyLesson } from '../../../../functions/admin/catalogue/getAnyLesson.ts';
import type { LessonId, ProductId } from '../../../../shared/schemas/base.ts';
import { describeFunction } from '../../../support/describeFunction.ts';
import { givenCourse, unknownProductId } from '../../../support/given/course.ts';
import { editorOf, newLessons } from '../../../support/given/outline.ts';
import { givenStaff, type Staff } from '../../../support/given/staff.ts';
import { createWorld, type World } from '../../../support/world.ts';

describeFunction(getAnyLesson, () => {
  let world: World;
  let staff: Staff;
  const get = (id: ProductId, lessonId: LessonId) => world.call(getAnyLesson, { id, lessonId }, staff);
  beforeEach(async () => {
    world = await createWorld();
    staff = await givenStaff(world, 'support');
  });
  afterEach(() => world.close());

  test('shows what a lesson says, under its own id also after a change', async () => {
    const { productId, paid } = await givenCourse(world);
    expect((await get(productId, paid.id)).data).toEqual({ lesson: paid, version: 1 });
    const { mend } = await editorOf(world, productId);
    await mend(paid.id, { body: '改过的正文', mediaKey: null });
    expect((await get(productId, paid.id)).data).toEqual({
      lesson: { ...paid, body: '改过的正文', mediaKey: null },
      version: 2,
    });
  });

  test('lesson.not_found: one that is nowhere, and one of another course', async () => {
    const { productId } = await givenCourse(world);
    const other = await givenCourse(world);
    const [unknown] = newLessons(world, 1);
    for (const id of [unknown?.id, other.paid.id]) {
      expect(await get(productId, id as LessonId)).toMatchObject({ status: 404, code: 'lesson.not_found' });
    }
  });

  test('course.not_found', async () => {
    const { paid } = await givenCourse(world);
    expect(await get(unknownProductId(world), paid.id)).toMatchObject({
      status: 404,
      code: 'course.not_found',
    });
  });

  test('a learner may not, whatever they bought', async () => {
    const { productId: id, paid } = await givenCourse(world);
    const answer = await world.call(getAnyLesson, { id, lessonId: paid.id }, await world.login('alice'));
    expect(answer).toMatchObject({ status: 403, code: 'auth.forbidden' });
  });
});
