import { getLesson } from '../../../../functions/access/getLesson.ts';
import { publishCourseOutline } from '../../../../functions/admin/catalogue/publishCourseOutline.ts';
import { getCourse } from '../../../../functions/catalogue/getCourse.ts';
import { getProduct } from '../../../../functions/catalogue/getProduct.ts';
import { Role } from '../../../../shared/schemas/identity/user.ts';
import { describeFunction } from '../../../support/describeFunction.ts';
import { type GivenCourse, givenCourse, unknownProductId } from '../../../support/given/course.ts';
import { NOTHING_ALONE } from '../../../support/given/dailyValue.ts';
import { givenAccess } from '../../../support/given/entitlement.ts';
import { exported } from '../../../support/given/export.ts';
import { givenFiles } from '../../../support/given/files.ts';
import { storedIn } from '../../../support/given/order.ts';
import { editorOf, newLessons } from '../../../support/given/outline.ts';
import { givenSold } from '../../../support/given/products.ts';
import { givenStaff } from '../../../support/given/staff.ts';
import { createWorld, type World } from '../../../support/world.ts';

describeFunction(publishCourseOutline, () => {
  let world: World;
  let course: GivenCourse;
  let staff: Awaited<ReturnType<typeof editorOf>>;
  beforeEach(async () => {
    world = await createWorld();
    course = await givenCourse(world);
    staff = await editorOf(world, course.productId);
  });
  afterEach(() => world.close());

  test('a hidden lesson is in no outline, stays open to who has the course, and their progress stays', async () => {
    const { productId: id, paid } = course;
    const [alice, bob] = [await world.login('alice'), await world.login('bob')];
    await givenAccess(world, alice.userId, id);
    await world.call(getLesson, { id: paid.id }, alice);
    const usages = await storedIn(world, 'usages');
    await staff.hide(paid.id);
    await staff.publish();
    const { chapters, lessonCount } = (await world.call(getCourse, { id })).data;
    expect(lessonCount).toBe(2);
    expect(JSON.stringify(chapters)).not.toContain(paid.id);
    expect((await world.call(getLesson, { id: paid.id }, alice)).status).toBe(200);
    expect(await world.call(getLesson, { id: paid.id }, bob)).toMatchObject({ code: 'lesson.not_found' });
    expect(await storedIn(world, 'usages')).toEqual(usages);
  });

  test('a hidden trial is closed to who does not have the course, and a chapter without lessons to show is not shown', async () => {
    const { productId: id, trial } = course;
    expect((await world.call(getLesson, { id: trial.id })).status).toBe(200);
    await staff.hide(trial.id);
    await staff.publish();
    expect(await world.call(getLesson, { id: trial.id })).toMatchObject({ code: 'lesson.not_found' });
    expect((await world.call(getCourse, { id })).data.chapters.map(({ title }) => title)).toEqual(['第二章']);
  });

  test('staff.second_person_needed: a paid lesson of a course on sale becomes a trial', async () => {
    await world.close();
    world = await createWorld(NOTHING_ALONE);
    const [sold, draft] = [await givenCourse(world), await givenCourse(world, { state: 'draft' })];
    for (const { productId, paid, status } of [
      { ...sold, status: 409 },
      { ...draft, status: 200 },
    ]) {
      const editing = await editorOf(world, productId);
      await editing.mend(paid.id, { isTrial: true });
      expect((await editing.publish()).status).toBe(status);
    }
    const { error } = await (await editorOf(world, sold.productId)).publish();
    expect(error).toMatchObject({
      code: 'staff.second_person_needed',
      params: { kind: 'priceCut', value: 5_000 },
    });
    expect((await world.call(getLesson, { id: sold.paid.id })).status).not.toBe(200);
  });

  test('bundles that the course is in count its lessons anew', async () => {
    const bundle = await givenSold(world, 'bundle', { parts: [course.productId] });
    const counted = async () => (await world.call(getProduct, { id: bundle.id })).data.lessonCount;
    expect(await counted()).toBe(3);
    await staff.add(newLessons(world, 4));
    await staff.publish();
    expect(await counted()).toBe(7);
  });

  test('publishing again, also at the same moment, changes nothing', async () => {
    await staff.add(newLessons(world, 1));
    const answers = await Promise.all([staff.publish(2), staff.publish(2), staff.publish(2)]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(new Set(answers.map(({ data }) => JSON.stringify(data))).size).toBe(1);
    const before = await exported(world);
    world.clock.advance(1_000);
    expect((await staff.publish(2)).status).toBe(200);
    expect(await exported(world)).toEqual(before);
  });

  test.each([
    ['no_duration', { mediaKey: 'courses/media.mp4', durationSeconds: 0 }],
    ['nothing_to_pay_for', { isTrial: true }],
  ])('course.not_publishable: %s; learners keep what they see', async (reason, change) => {
    const lessons = (await staff.outline()).chapters.flatMap((chapter) => chapter.lessons);
    for (const { id } of lessons) await staff.mend(id, change);
    const before = await exported(world);
    const answer = await staff.publish();
    expect(answer).toMatchObject({ status: 409, code: 'course.not_publishable' });
    expect(answer.error.params).toMatchObject({ reason });
    expect(await exported(world)).toEqual(before);
  });

  test('course.version_changed: what was changed since it was seen is not published', async () => {
    await staff.add(newLessons(world, 1));
    await staff.add(newLessons(world, 1));
    expect(await staff.publish(2)).toMatchObject({ status: 409, code: 'course.version_changed' });
  });

  test('course.not_publishable: a file that is not there, or is not what it says; storage.unavailable', async () => {
    const files = givenFiles(world);
    const publishWith = async (mediaKey: string) => {
      await staff.mend(course.paid.id, { mediaKey });
      return staff.publish();
    };
    expect((await publishWith(files.missing)).error.params).toMatchObject({ reason: 'file_missing' });
    expect((await publishWith(files.forged)).error.params).toMatchObject({ reason: 'file_type' });
    expect((await publishWith(files.good)).status).toBe(200);
    files.stop();
    expect(await publishWith(files.missing)).toMatchObject({ status: 503, code: 'storage.unavailable' });
  });

  test('course.not_found', async () => {
    const asked = { id: unknownProductId(world), expectedVersion: 1, reason: '更新' };
    const answer = await world.call(publishCourseOutline, asked, staff.editor);
    expect(answer).toMatchObject({ status: 404, code: 'course.not_found' });
  });

  test.each(Role.options)('only editors and admins may: %s', async (role) => {
    const asked = { id: course.productId, expectedVersion: 1, reason: '更新' };
    const { status } = await world.call(publishCourseOutline, asked, await givenStaff(world, role));
    expect(status).toBe(role === 'editor' || role === 'admin' ? 200 : 403);
  });
});
