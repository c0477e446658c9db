import { getLesson } from '../../../functions/access/getLesson.ts';
import { createNote } from '../../../functions/learning/createNote.ts';
import * as progresses from '../../../shared/data/learning/progresses.ts';
import { NOTES_MAX } from '../../../shared/schemas/learning/progress.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import { type GivenCourse, givenCourse } from '../../support/given/course.ts';
import { stored, storedIn } from '../../support/given/order.ts';
import { createWorld, type World } from '../../support/world.ts';

describeFunction(createNote, () => {
  let world: World;
  let alice: Awaited<ReturnType<World['login']>>;
  let course: GivenCourse;
  const writes = (changes: object = {}, learner = alice) => {
    const asked = { id: world.ports.ids.make('nte'), lessonId: course.trial.id, second: 42, text: '重点' };
    return world.call(createNote, { ...asked, ...changes }, learner);
  };

  beforeEach(async () => {
    world = await createWorld();
    alice = await world.login('alice');
    course = await givenCourse(world);
    await world.call(getLesson, { id: course.trial.id }, alice);
  });
  afterEach(() => world.close());

  test('a repeat with the same id is the same note, and the lesson counts it once', async () => {
    const id = world.ports.ids.make('nte');
    const both = await Promise.all([writes({ id }), writes({ id })]);
    expect(both[0]?.data).toEqual(both[1]?.data);
    expect(both[0]?.data.note).toMatchObject({ id, lessonId: course.trial.id, second: 42, text: '重点' });
    expect(await storedIn(world, 'notes')).toHaveLength(1);
    expect(await storedIn(world, 'progresses')).toMatchObject([{ notes: 1 }]);
  });

  test('note.id_taken: by somebody else, or on another lesson', async () => {
    const id = world.ports.ids.make('nte');
    await writes({ id });
    expect(await writes({ id, lessonId: course.paid.id })).toMatchObject({
      status: 409,
      code: 'note.id_taken',
    });
    expect(await writes({ id }, await world.login('bob'))).toMatchObject({ code: 'note.id_taken' });
  });

  test('note.too_many: a lesson has only so many', async () => {
    const before = await stored(world, progresses.collection, `${alice.userId}:${course.trial.id}`);
    await world.ports.database.tx((tx) => progresses.save(tx, before, { ...before, notes: NOTES_MAX }));
    expect(await writes()).toMatchObject({ status: 409, code: 'note.too_many' });
  });

  test('progress.not_opened', async () => {
    expect(await writes({ lessonId: course.paid.id })).toMatchObject({ code: 'progress.not_opened' });
  });

  test('a text is one to two thousand characters with something to see', async () => {
    for (const text of ['', ' \u200b ', '字'.repeat(2_001)]) {
      expect(await writes({ text })).toMatchObject({ code: 'request.invalid' });
    }
    expect((await writes({ text: '字'.repeat(2_000) })).status).toBe(200);
  });
});
