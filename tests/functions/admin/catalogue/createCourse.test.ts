import { getLesson } from '../../../../functions/access/getLesson.ts';
import { createCourse } from '../../../../functions/admin/catalogue/createCourse.ts';
import { publishCourse } from '../../../../functions/admin/catalogue/publishCourse.ts';
import { getCourse } from '../../../../functions/catalogue/getCourse.ts';
import { LESSONS_MAX } from '../../../../shared/schemas/catalogue/product.ts';
import { Role } from '../../../../shared/schemas/identity/user.ts';
import { describeFunction } from '../../../support/describeFunction.ts';
import { aCourseDraft } from '../../../support/given/course.ts';
import { exported } from '../../../support/given/export.ts';
import { givenSold } from '../../../support/given/products.ts';
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

describeFunction(createCourse, () => {
  test('a draft is stored with its lessons; nobody can see it yet', async () => {
    const draft = aCourseDraft(world, { title: '新课程' });
    const { status, data } = await create(draft);
    expect(status).toBe(200);
    expect(data.course).toMatchObject({
      id: draft.id,
      state: 'draft',
      version: 1,
      lessonCount: 3,
      publishedAtMs: null,
    });
    const [trial] = data.course.chapters.flatMap((chapter) => chapter.lessons);
    expect(await world.call(getCourse, { id: draft.id })).toMatchObject({ code: 'course.not_found' });
    expect(await world.call(getLesson, { id: trial?.id })).toMatchObject({ code: 'lesson.not_found' });
  });

  test('the same again is the same course, also when it was published meanwhile; it is audited once', async () => {
    const draft = aCourseDraft(world);
    const first = await create(draft);
    const before = await exported(world);
    expect((await create(draft)).data).toEqual(first.data);
    expect(await exported(world)).toEqual(before);
    await publish(draft.id);
    expect((await create(draft)).data.course).toMatchObject({
      state: 'published',
      chapters: first.data.course.chapters,
    });
    expect((await audited()).map(({ id }) => id)).toEqual([
      `course.create:${draft.id}`,
      `course.publish:${draft.id}:2`,
    ]);
    expect((await audited())[0]?.doc).toMatchObject({
      actorId: editor.userId,
      action: 'course.create',
      target: draft.id,
    });
  });

  test('twenty of the same at once are one course', async () => {
    const draft = aCourseDraft(world);
    const answers = await Promise.all(Array.from({ length: 20 }, () => create(draft)));
    expect(new Set(answers.map(({ data }) => JSON.stringify(data))).size).toBe(1);
    expect((await exported(world)).filter(({ collection }) => collection === 'lessons')).toHaveLength(3);
  });

  test('category.not_found: a course needs an existing category', async () => {
    const answer = await create(aCourseDraft(world, { category: 'nowhere' }));
    expect(answer).toMatchObject({ status: 404, code: 'category.not_found' });
    const stored = await exported(world);
    expect(
      stored.filter(({ collection }) => ['products', 'courses', 'lessons'].includes(collection)),
    ).toEqual([]);
  });

  test('course.id_taken: the same id with another content, and nothing changes', async () => {
    const draft = aCourseDraft(world);
    await create(draft);
    const before = await exported(world);
    for (const other of [
      { ...draft, listFen: 1 },
      { ...draft, chapters: draft.chapters.slice(1) },
    ]) {
      expect(await create(other)).toMatchObject({ status: 409, code: 'course.id_taken' });
    }
    expect(await exported(world)).toEqual(before);
  });

  test('course.id_taken: the id of something that is no course', async () => {
    const book = await givenSold(world, 'content');
    const answer = await create({ ...aCourseDraft(world), id: book.id });
    expect(answer).toMatchObject({ status: 409, code: 'course.id_taken' });
  });

  test(`a course of ${LESSONS_MAX} lessons is one transaction`, async () => {
    const draft = aCourseDraft(world);
    const [lesson] = draft.chapters.flatMap((chapter) => chapter.lessons);
    const many = {
      ...draft,
      chapters: [{ title: '全部', lessons: Array.from({ length: LESSONS_MAX }, () => lesson) }],
    };
    expect((await create(many)).data.course.lessonCount).toBe(LESSONS_MAX);
  });

  test.each([
    [
      'a lesson too many',
      (draft: ReturnType<typeof aCourseDraft>) => ({
        ...draft,
        chapters: Array.from({ length: 21 }, () => ({
          title: '章',
          lessons: [1, 2, 3].map(() => draft.chapters[0]?.lessons[0]),
        })),
      }),
    ],
    ['a state', (draft: object) => ({ ...draft, state: 'published' })],
    ['a negative price', (draft: object) => ({ ...draft, listFen: -1 })],
    ['a price with a fraction', (draft: object) => ({ ...draft, listFen: 19.99 })],
    ['a price as text', (draft: object) => ({ ...draft, listFen: '9900' })],
    ['a cover without TLS', (draft: object) => ({ ...draft, coverUrl: 'http://a.example/1.png' })],
    [
      'a media key that leads up',
      (draft: ReturnType<typeof aCourseDraft>) => ({
        ...draft,
        chapters: [{ title: '章', lessons: [{ ...draft.chapters[0]?.lessons[0], mediaKey: 'a/../b.mp4' }] }],
      }),
    ],
    [
      'an absolute media key',
      (draft: ReturnType<typeof aCourseDraft>) => ({
        ...draft,
        chapters: [{ title: '章', lessons: [{ ...draft.chapters[0]?.lessons[0], mediaKey: '/etc/passwd' }] }],
      }),
    ],
    ["an order's id", (draft: object) => ({ ...draft, id: 'ord_01JD0000000000000000000001' })],
  ])('request.invalid, and nothing is stored: %s', async (_, change) => {
    const before = await exported(world);
    expect(await create(change(aCourseDraft(world)))).toMatchObject({ status: 400, code: 'request.invalid' });
    expect(await exported(world)).toEqual(before);
  });

  test.each(Role.options)('only editors and admins may: %s', async (role) => {
    const staff = await givenStaff(world, role);
    const answer = await world.call(createCourse, { course: aCourseDraft(world) }, staff);
    if (role === 'editor' || role === 'admin') expect(answer.status).toBe(200);
    else expect(answer).toMatchObject({ status: 403, code: 'auth.forbidden' });
  });
});
