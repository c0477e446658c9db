import { getLesson } from '../../../functions/access/getLesson.ts';
import { createNote } from '../../../functions/learning/createNote.ts';
import { listNotes } from '../../../functions/learning/listNotes.ts';
import { removeNote } from '../../../functions/learning/removeNote.ts';
import { updateNote } from '../../../functions/learning/updateNote.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import { type GivenCourse, givenCourse } from '../../support/given/course.ts';
import { storedIn } from '../../support/given/order.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
let alice: Awaited<ReturnType<World['login']>>;
let course: GivenCourse;
const writes = async (text: string) => {
  const asked = { id: world.ports.ids.make('nte'), lessonId: course.trial.id, second: 0, text };
  world.clock.advance(1);
  return (await world.call(createNote, asked, alice)).data.note;
};
const lists = async (input: object = {}, learner = alice) =>
  (await world.call(listNotes, { lessonId: course.trial.id, ...input }, learner)).data;

beforeEach(async () => {
  world = await createWorld();
  alice = await world.login('alice');
  course = await givenCourse(world);
  await world.call(getLesson, { id: course.trial.id }, alice);
});
afterEach(() => world.close());

describeFunction(listNotes, () => {
  test('one’s own on a lesson, oldest first, page by page; nobody else’s', async () => {
    for (const text of ['一', '二', '三']) await writes(text);
    const first = await lists({ limit: 2 });
    const second = await lists({ limit: 2, cursor: first.nextCursor });
    expect([...first.items, ...second.items].map(({ text }) => text)).toEqual(['一', '二', '三']);
    expect((await lists({}, await world.login('bob'))).items).toEqual([]);
    expect((await lists({ lessonId: course.paid.id })).items).toEqual([]);
  });
});

describeFunction(updateNote, () => {
  test('the text changes, and nothing else', async () => {
    const note = await writes('一');
    world.clock.advance(5);
    const changed = await world.call(updateNote, { id: note.id, text: '壹' }, alice);
    expect(changed.data.note).toEqual({ ...note, text: '壹', updatedAtMs: world.clock.now() });
  });

  test('note.not_found: also for a note of somebody else', async () => {
    const { id } = await writes('一');
    expect(await world.call(updateNote, { id, text: '壹' }, await world.login('bob'))).toMatchObject({
      ...{ status: 404, code: 'note.not_found' },
    });
    const unknown = world.ports.ids.make('nte');
    expect(await world.call(updateNote, { id: unknown, text: '壹' }, alice)).toMatchObject({
      code: 'note.not_found',
    });
  });
});

describeFunction(removeNote, () => {
  test('it is gone, and leaves room for another one', async () => {
    const { id } = await writes('一');
    expect((await world.call(removeNote, { id }, alice)).data).toEqual({ id });
    expect([await storedIn(world, 'notes'), (await lists()).items]).toEqual([[], []]);
    expect(await storedIn(world, 'progresses')).toMatchObject([{ notes: 0 }]);
  });

  test('note.not_found: also for a note of somebody else, and the second time', async () => {
    const { id } = await writes('一');
    expect(await world.call(removeNote, { id }, await world.login('bob'))).toMatchObject({
      code: 'note.not_found',
    });
    await world.call(removeNote, { id }, alice);
    expect(await world.call(removeNote, { id }, alice)).toMatchObject({ code: 'note.not_found' });
    expect(await storedIn(world, 'progresses')).toMatchObject([{ notes: 0 }]);
  });
});
