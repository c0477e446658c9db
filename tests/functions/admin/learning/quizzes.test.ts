import { getAnyQuiz } from '../../../../functions/admin/learning/getAnyQuiz.ts';
import { putQuiz } from '../../../../functions/admin/learning/putQuiz.ts';
import { removeQuiz } from '../../../../functions/admin/learning/removeQuiz.ts';
import { LessonId } from '../../../../shared/schemas/base.ts';
import { describeFunction } from '../../../support/describeFunction.ts';
import { type GivenCourse, givenCourse, unknownProductId } from '../../../support/given/course.ts';
import { QUESTIONS } from '../../../support/given/learning.ts';
import { storedIn } from '../../../support/given/order.ts';
import { givenStaff, type Staff } from '../../../support/given/staff.ts';
import { createWorld, type World } from '../../../support/world.ts';

let world: World;
let editor: Staff;
let course: GivenCourse;
const asked = (changes: object = {}) => {
  const { productId: id, paid } = course;
  return { id, lessonId: paid.id, expectedVersion: 0, questions: QUESTIONS, ...changes };
};
const puts = (changes: object = {}) => world.call(putQuiz, asked(changes), editor);

beforeEach(async () => {
  world = await createWorld();
  editor = await givenStaff(world, 'editor');
  course = await givenCourse(world);
});
afterEach(() => world.close());

const unknownLesson = () => LessonId.parse(world.ports.ids.make('les'));
const audited = async () =>
  (await storedIn(world, 'audit'))
    .map((entry) => Object(entry).action)
    .filter((action) => /^quiz/.test(action));

describeFunction(putQuiz, () => {
  test('it is live at once, passes with six in ten unless staff say otherwise, and is audited', async () => {
    const { quiz } = (await puts()).data;
    expect(quiz).toMatchObject({ id: course.paid.id, version: 1, passBp: 6_000, questions: QUESTIONS });
    const changed = await puts({ expectedVersion: 1, passBp: 10_000 });
    expect(changed.data.quiz).toMatchObject({ version: 2, passBp: 10_000 });
    expect(await audited()).toEqual(['quiz.update', 'quiz.update']);
  });

  test('quiz.version_changed: of two editors the second hears of the first; a repeat is no second change', async () => {
    const first = (await puts()).data;
    expect((await puts()).data).toEqual(first);
    expect(await puts({ passBp: 9_000 })).toMatchObject({ status: 409, code: 'quiz.version_changed' });
    expect(await audited()).toHaveLength(1);
  });

  test('questions that cannot be answered are refused', async () => {
    const [one, several, truth] = QUESTIONS;
    for (const question of [
      { ...one, key: [] },
      { ...one, key: [3] },
      { ...one, key: [0, 1] },
      { ...one, options: ['一'] },
      { ...several, key: [2, 0] },
      { ...truth, options: ['对', '错', '不知道'] },
      { ...one, question: ' ' },
      { ...one, hint: '二' },
    ]) {
      expect(await puts({ questions: [question] })).toMatchObject({ code: 'request.invalid' });
    }
    expect(await puts({ questions: [] })).toMatchObject({ code: 'request.invalid' });
    expect(await puts({ passBp: 0 })).toMatchObject({ code: 'request.invalid' });
  });

  test('course.not_found, lesson.not_found', async () => {
    expect(await puts({ id: unknownProductId(world) })).toMatchObject({ code: 'course.not_found' });
    expect(await puts({ lessonId: unknownLesson() })).toMatchObject({ code: 'lesson.not_found' });
  });
});

describeFunction(getAnyQuiz, () => {
  const gets = (changes: object = {}) =>
    world.call(getAnyQuiz, { id: course.productId, lessonId: course.paid.id, ...changes }, editor);

  test('staff see the key', async () => {
    const { quiz } = (await puts()).data;
    expect((await gets()).data).toEqual({ quiz });
  });

  test('quiz.not_found: also under another course', async () => {
    expect(await gets()).toMatchObject({ status: 404, code: 'quiz.not_found' });
    await puts();
    expect(await gets({ id: unknownProductId(world) })).toMatchObject({ code: 'quiz.not_found' });
  });
});

describeFunction(removeQuiz, () => {
  const removes = (changes: object = {}) =>
    world.call(
      removeQuiz,
      { id: course.productId, lessonId: course.paid.id, expectedVersion: 1, ...changes },
      editor,
    );

  test('it is gone at once, and audited', async () => {
    await puts();
    expect((await removes()).status).toBe(200);
    expect([await storedIn(world, 'quizzes'), (await audited()).sort()]).toEqual([
      [],
      ['quiz.remove', 'quiz.update'],
    ]);
    expect((await puts()).status).toBe(200);
  });

  test('quiz.not_found, quiz.version_changed', async () => {
    expect(await removes()).toMatchObject({ code: 'quiz.not_found' });
    await puts();
    expect(await removes({ expectedVersion: 2 })).toMatchObject({
      status: 409,
      code: 'quiz.version_changed',
    });
    expect(await removes({ id: unknownProductId(world) })).toMatchObject({ code: 'quiz.not_found' });
  });
});
