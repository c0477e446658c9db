import { createCourse } from '../../../../functions/admin/catalogue/createCourse.ts';
import { publishCourse } from '../../../../functions/admin/catalogue/publishCourse.ts';
import { getCourse } from '../../../../functions/catalogue/getCourse.ts';
import { searchCourses } from '../../../../functions/catalogue/searchCourses.ts';
import { Role } from '../../../../shared/schemas/identity/user.ts';
import { describeFunction } from '../../../support/describeFunction.ts';
import { aCourseDraft, unknownProductId } from '../../../support/given/course.ts';
import { exported } from '../../../support/given/export.ts';
import { givenFiles } from '../../../support/given/files.ts';
import { givenStaff } from '../../../support/given/staff.ts';
import { createWorld, type World } from '../../../support/world.ts';

let world: World;
let editor: Awaited<ReturnType<typeof givenStaff>>;

beforeEach(async () => {
  world = await createWorld();
  editor = await givenStaff(world, 'editor');
});
afterEach(() => world.close());

const create = (course: unknown) => world.call(createCourse, { course }, editor);
const publish = (id: string, expectedVersion = 1) =>
  world.call(publishCourse, { id, expectedVersion, reason: '上架' }, editor);
const audited = async () => (await exported(world)).filter(({ collection }) => collection === 'audit');

describeFunction(publishCourse, () => {
  test('a published course shows at once, to be opened and to be found, also to who asked before', async () => {
    const draft = aCourseDraft(world, { title: '陶艺入门' });
    await create(draft);
    expect((await world.call(getCourse, { id: draft.id })).status).toBe(404);
    expect((await world.call(searchCourses, { q: '陶艺' })).data.items).toEqual([]);
    const { data } = await publish(draft.id);
    expect(data.course).toMatchObject({ state: 'published', version: 2, publishedAtMs: world.clock.now() });
    expect((await world.call(getCourse, { id: draft.id })).status).toBe(200);
    expect((await world.call(searchCourses, { q: '陶艺' })).data.items).toHaveLength(1);
  });

  test('publishing again, also at the same moment, changes nothing and is audited once', async () => {
    const draft = aCourseDraft(world);
    await create(draft);
    const answers = await Promise.all([publish(draft.id), publish(draft.id), publish(draft.id)]);
    expect(new Set(answers.map(({ data }) => JSON.stringify(data))).size).toBe(1);
    const before = await exported(world);
    world.clock.advance(1_000);
    expect((await publish(draft.id)).status).toBe(200);
    expect(await exported(world)).toEqual(before);
    expect((await audited()).filter(({ id }) => id.startsWith('course.publish'))).toHaveLength(1);
  });

  test('course.not_publishable: without lessons; it says why and stays a draft', async () => {
    const draft = { ...aCourseDraft(world), chapters: [] };
    await create(draft);
    const before = await exported(world);
    const answer = await publish(draft.id);
    expect(answer).toMatchObject({ status: 409, code: 'course.not_publishable' });
    expect(answer.error.params).toMatchObject({ reason: 'no_lesson' });
    expect(await exported(world)).toEqual(before);
  });

  test('course.not_publishable: a file whose length nobody has said, of a trial too; text needs none', async () => {
    const draft = aCourseDraft(world);
    const [first, second] = draft.chapters;
    const untimed = (mediaKey: string | null) => ({
      ...aCourseDraft(world),
      chapters: [
        { ...first, lessons: first?.lessons.map((lesson) => ({ ...lesson, mediaKey, durationSeconds: 0 })) },
        second,
      ],
    });
    const [mute, spoken] = [untimed(null), untimed('courses/media.mp4')];
    await create(mute as never);
    await create(spoken as never);
    expect((await publish(mute.id)).status).toBe(200);
    expect((await publish(spoken.id)).error.params).toMatchObject({ reason: 'no_duration' });
  });

  test('product.version_changed: what is not as it was seen is not published', async () => {
    const draft = aCourseDraft(world);
    await create(draft);
    const answer = await publish(draft.id, 2);
    expect(answer.error).toMatchObject({ code: 'product.version_changed', params: { version: 1 } });
    expect((await publish(draft.id)).status).toBe(200);
  });

  test('course.not_publishable: a file that is not there, or is not what it says; storage.unavailable', async () => {
    const files = givenFiles(world);
    const made = async (mediaKey: string) => {
      const draft = aCourseDraft(world, { mediaKey });
      await create(draft);
      return draft.id;
    };
    expect((await publish(await made(files.good))).status).toBe(200);
    const params = async (key: string) => (await publish(await made(key))).error.params;
    expect(await params(files.missing)).toMatchObject({ reason: 'file_missing', key: files.missing });
    expect(await params(files.forged)).toMatchObject({ reason: 'file_type', key: files.forged });
    files.stop();
    expect(await publish(await made(files.good))).toMatchObject({ status: 503, code: 'storage.unavailable' });
  });

  test('course.not_found', async () => {
    expect(await publish(unknownProductId(world))).toMatchObject({ status: 404, code: 'course.not_found' });
  });

  test.each(Role.options)('only editors and admins may: %s', async (role) => {
    const draft = aCourseDraft(world);
    await create(draft);
    const answer = await world.call(
      publishCourse,
      { id: draft.id, expectedVersion: 1, reason: '上架' },
      await givenStaff(world, role),
    );
    if (role === 'editor' || role === 'admin') expect(answer.status).toBe(200);
    else expect(answer).toMatchObject({ status: 403, code: 'auth.forbidden' });
  });
});
