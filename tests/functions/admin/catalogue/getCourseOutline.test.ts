import { getCourseOutline } from '../../../../functions/admin/catalogue/getCourseOutline.ts';
import { Role } from '../../../../shared/schemas/identity/user.ts';
import { describeFunction } from '../../../support/describeFunction.ts';
import { givenCourse, unknownProductId } from '../../../support/given/course.ts';
import { editorOf, newLessons } from '../../../support/given/outline.ts';
import { givenStaff } from '../../../support/given/staff.ts';
import { createWorld, type World } from '../../../support/world.ts';

describeFunction(getCourseOutline, () => {
  let world: World;
  beforeEach(async () => {
    world = await createWorld();
  });
  afterEach(() => world.close());

  test('shows what learners see, then the draft of it, and no text and no file', async () => {
    const { productId, trial } = await givenCourse(world);
    const { add, hide, outline } = await editorOf(world, productId);
    const first = await outline();
    expect(first).toMatchObject({ id: productId, version: 1, isDraft: false });
    expect(first.chapters.map(({ lessons }) => lessons.map(({ state }) => state))).toEqual([
      ['published'],
      ['published', 'published'],
    ]);
    const [added] = newLessons(world, 1, { mediaKey: 'courses/secret.mp4' });
    await add(added === undefined ? [] : [added]);
    await hide(trial.id);
    const draft = await outline();
    expect(draft).toMatchObject({ version: 3, isDraft: true });
    expect(draft.chapters[0]?.lessons).toMatchObject([
      { id: trial.id, isHidden: true, state: 'changed' },
      { id: added?.id, isHidden: false, state: 'new' },
    ]);
    expect(JSON.stringify(draft)).not.toMatch(/正文|secret/);
  });

  test('course.not_found', async () => {
    const asked = { id: unknownProductId(world) };
    const answer = await world.call(getCourseOutline, asked, await givenStaff(world, 'editor'));
    expect(answer).toMatchObject({ status: 404, code: 'course.not_found' });
  });

  test.each(Role.options)('all staff may, and nobody else: %s', async (role) => {
    const { productId: id } = await givenCourse(world);
    const { status } = await world.call(getCourseOutline, { id }, await givenStaff(world, role));
    expect(status).toBe(role === 'learner' ? 403 : 200);
  });
});
