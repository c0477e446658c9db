import { resetCourseOutline } from '../../../../functions/admin/catalogue/resetCourseOutline.ts';
import { describeFunction } from '../../../support/describeFunction.ts';
import { givenCourse, unknownProductId } from '../../../support/given/course.ts';
import { exported } from '../../../support/given/export.ts';
import { editorOf, newLessons } from '../../../support/given/outline.ts';
import { createWorld, type World } from '../../../support/world.ts';

describeFunction(resetCourseOutline, () => {
  let world: World;
  beforeEach(async () => {
    world = await createWorld();
  });
  afterEach(() => world.close());

  test('the outline is what learners see again, and a version that was seen before is not good any more', async () => {
    const { productId: id } = await givenCourse(world);
    const { add, outline, editor } = await editorOf(world, id);
    const { chapters } = await outline();
    await add(newLessons(world, 2));
    const reset = (expectedVersion: number) =>
      world.call(resetCourseOutline, { id, expectedVersion }, editor);
    expect(await reset(1)).toMatchObject({ status: 409, code: 'course.version_changed' });
    expect((await reset(2)).data.outline).toMatchObject({ version: 3, isDraft: false, chapters });
    const before = await exported(world);
    expect((await reset(2)).status).toBe(200);
    expect(await exported(world)).toEqual(before);
    expect(await add(newLessons(world, 1), 0, 2)).toMatchObject({ code: 'course.version_changed' });
  });

  test('course.not_found', async () => {
    const { productId } = await givenCourse(world);
    const { editor } = await editorOf(world, productId);
    const asked = { id: unknownProductId(world), expectedVersion: 1 };
    expect(await world.call(resetCourseOutline, asked, editor)).toMatchObject({
      status: 404,
      code: 'course.not_found',
    });
  });
});
