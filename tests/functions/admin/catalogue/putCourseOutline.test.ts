import { putCourseOutline } from '../../../../functions/admin/catalogue/putCourseOutline.ts';
import { getCourse } from '../../../../functions/catalogue/getCourse.ts';
import { Role } from '../../../../shared/schemas/identity/user.ts';
import { describeFunction } from '../../../support/describeFunction.ts';
import { type GivenCourse, givenCourse, unknownProductId } from '../../../support/given/course.ts';
import { exported } from '../../../support/given/export.ts';
import { asAsked, editorOf, newLessons } from '../../../support/given/outline.ts';
import { givenStaff } from '../../../support/given/staff.ts';
import { createWorld, type World } from '../../../support/world.ts';

describeFunction(putCourseOutline, () => {
  let world: World;
  let course: GivenCourse;
  let staff: Awaited<ReturnType<typeof editorOf>>;
  beforeEach(async () => {
    world = await createWorld();
    course = await givenCourse(world);
    staff = await editorOf(world, course.productId);
  });
  afterEach(() => world.close());

  const shown = async () => (await world.call(getCourse, { id: course.productId })).data.chapters;

  test('moves lessons between chapters, and makes and names chapters; learners see it when it is published', async () => {
    const before = await shown();
    const ids = before.flatMap(({ lessons }) => lessons.map(({ id }) => id));
    const chapters = [
      { title: '序', lessons: [] },
      { title: '全部', lessons: ids.toReversed().map((id) => ({ id, isHidden: false })) },
    ];
    const { data } = await staff.put(chapters);
    expect(data.outline).toMatchObject({ version: 2, isDraft: true });
    expect(await shown()).toEqual(before);
    await staff.publish();
    expect((await shown()).map(({ title, lessons }) => [title, lessons.map(({ id }) => id)])).toEqual([
      ['序', []],
      ['全部', ids.toReversed()],
    ]);
  });

  test('the same again is answered again, and changes nothing', async () => {
    const chapters = asAsked(await staff.outline()).toReversed();
    const first = await staff.put(chapters, 1);
    const before = await exported(world);
    world.clock.advance(1_000);
    expect((await staff.put(chapters, 1)).data).toEqual(first.data);
    expect(await exported(world)).toEqual(before);
  });

  test('a lesson that no learner has seen can be left out again', async () => {
    const asked = asAsked(await staff.outline());
    await staff.add(newLessons(world, 2));
    expect((await staff.put(asked)).data.outline).toMatchObject({ isDraft: false, version: 3 });
  });

  test('course.change_refused: a lesson that learners have is hidden and not left out; nothing is stored', async () => {
    const [, ...rest] = asAsked(await staff.outline());
    const before = await exported(world);
    const answer = await staff.put(rest, 1);
    expect(answer).toMatchObject({ status: 409, code: 'course.change_refused' });
    expect(answer.error.params).toMatchObject({ reason: 'lesson_missing', lessonId: course.trial.id });
    expect(await exported(world)).toEqual(before);
  });

  test('course.version_changed: of two editors the second is told', async () => {
    const chapters = asAsked(await staff.outline());
    await staff.put(chapters.toReversed(), 1);
    const answer = await staff.put(
      [{ title: '一章', lessons: chapters.flatMap(({ lessons }) => lessons) }],
      1,
    );
    expect(answer.error).toMatchObject({ code: 'course.version_changed', params: { version: 2 } });
  });

  test('request.invalid: a lesson twice', async () => {
    const chapters = asAsked(await staff.outline());
    expect(await staff.put([...chapters, ...chapters])).toMatchObject({
      status: 400,
      code: 'request.invalid',
    });
  });

  test('course.not_found', async () => {
    const asked = { id: unknownProductId(world), expectedVersion: 1, chapters: [] };
    const answer = await world.call(putCourseOutline, asked, staff.editor);
    expect(answer).toMatchObject({ status: 404, code: 'course.not_found' });
  });

  test.each(Role.options)('only editors and admins may: %s', async (role) => {
    const asked = { id: course.productId, expectedVersion: 1, chapters: asAsked(await staff.outline()) };
    const { status } = await world.call(putCourseOutline, asked, await givenStaff(world, role));
    expect(status).toBe(role === 'editor' || role === 'admin' ? 200 : 403);
  });
});
