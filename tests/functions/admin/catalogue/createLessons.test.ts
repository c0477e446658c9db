import { getLesson } from '../../../../functions/access/getLesson.ts';
import { createCourse } from '../../../../functions/admin/catalogue/createCourse.ts';
import { createLessons } from '../../../../functions/admin/catalogue/createLessons.ts';
import { publishCourse } from '../../../../functions/admin/catalogue/publishCourse.ts';
import { getCourse } from '../../../../functions/catalogue/getCourse.ts';
import { COURSE_LESSONS_MAX, LESSONS_ADDED_MAX } from '../../../../shared/schemas/catalogue/product.ts';
import { describeFunction } from '../../../support/describeFunction.ts';
import { aCourseDraft, givenCourse, unknownProductId } from '../../../support/given/course.ts';
import { givenAccess } from '../../../support/given/entitlement.ts';
import { exported } from '../../../support/given/export.ts';
import { editorOf, newLessons } from '../../../support/given/outline.ts';
import { givenStaff } from '../../../support/given/staff.ts';
import { createWorld, type World } from '../../../support/world.ts';

describeFunction(createLessons, () => {
  let world: World;
  beforeEach(async () => {
    world = await createWorld();
  });
  afterEach(() => world.close());

  test('who bought the course before opens a lesson that came later, once it is published', async () => {
    const { productId } = await givenCourse(world);
    const alice = await world.login('alice');
    await givenAccess(world, alice.userId, productId);
    const { add, publish } = await editorOf(world, productId);
    const [lesson] = newLessons(world, 1);
    if (lesson === undefined) throw new Error('one was asked for');
    await add([lesson], 1);
    const open = () => world.call(getLesson, { id: lesson.id }, alice);
    expect(await open()).toMatchObject({ status: 404, code: 'lesson.not_found' });
    await publish();
    expect((await open()).data).toMatchObject({ id: lesson.id, body: '新的正文' });
    const { chapters, lessonCount } = (await world.call(getCourse, { id: productId })).data;
    expect(lessonCount).toBe(4);
    expect(chapters[1]?.lessons.at(-1)).toMatchObject({ id: lesson.id });
  });

  test('a course of the most lessons is made by several calls, and published as one', async () => {
    const draft = aCourseDraft(world);
    const editor = await givenStaff(world, 'editor');
    await world.call(createCourse, { course: draft }, editor);
    const { add, publish, outline } = await editorOf(world, draft.id);
    for (let left = COURSE_LESSONS_MAX - 3; left > 0; left -= LESSONS_ADDED_MAX) {
      expect((await add(newLessons(world, Math.min(left, LESSONS_ADDED_MAX)))).status).toBe(200);
    }
    const full = await add(newLessons(world, 1));
    expect(full.error).toMatchObject({
      code: 'course.change_refused',
      params: { reason: 'too_many_lessons' },
    });
    expect((await publish()).status).toBe(200);
    const asked = { id: draft.id, expectedVersion: 2, reason: '上架' };
    expect((await world.call(publishCourse, asked, editor)).data.course.lessonCount).toBe(COURSE_LESSONS_MAX);
    expect((await outline()).isDraft).toBe(false);
  });

  test('the same again, also at the same moment, adds them once', async () => {
    const { productId } = await givenCourse(world);
    const { add } = await editorOf(world, productId);
    const lessons = newLessons(world, 3);
    const answers = await Promise.all([add(lessons, 0, 1), add(lessons, 0, 1), add(lessons, 0, 1)]);
    expect(new Set(answers.map(({ data }) => JSON.stringify(data))).size).toBe(1);
    expect((await exported(world)).filter(({ collection }) => collection === 'lessons')).toHaveLength(6);
  });

  test('lesson.id_taken: a lesson of another course stays as it is', async () => {
    const { productId } = await givenCourse(world);
    const other = await givenCourse(world);
    const { add } = await editorOf(world, productId);
    const before = await exported(world);
    const answer = await add(newLessons(world, 1, { id: other.paid.id }), 0, 1);
    expect(answer.error).toMatchObject({ code: 'lesson.id_taken', params: { lessonId: other.paid.id } });
    expect(await exported(world)).toEqual(before);
  });

  test('course.change_refused, course.version_changed, course.not_found', async () => {
    const { productId } = await givenCourse(world);
    const { add, editor } = await editorOf(world, productId);
    const lessons = newLessons(world, 1);
    expect((await add(lessons, 2)).error.params).toMatchObject({
      reason: 'chapter_unknown',
      chapterCount: 2,
    });
    expect(await add(lessons, 0, 2)).toMatchObject({ status: 409, code: 'course.version_changed' });
    const asked = { id: unknownProductId(world), expectedVersion: 1, chapter: 0, lessons };
    expect(await world.call(createLessons, asked, editor)).toMatchObject({
      status: 404,
      code: 'course.not_found',
    });
  });

  test('request.invalid: none, too many, the same twice', async () => {
    const { productId } = await givenCourse(world);
    const { add } = await editorOf(world, productId);
    const [one] = newLessons(world, 1);
    for (const lessons of [[], newLessons(world, LESSONS_ADDED_MAX + 1), [one, one]]) {
      expect(await add(lessons as never)).toMatchObject({ status: 400, code: 'request.invalid' });
    }
  });
});
