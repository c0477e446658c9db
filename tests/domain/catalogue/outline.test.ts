import fc from 'fast-check';
import { courseView, draftCourse } from '../../../shared/domain/catalogue/course.ts';
import {
  addLessons,
  arrangeOutline,
  contentIdOf,
  lineOf,
  linesOf,
  mendLesson,
  publishOutline,
  resetOutline,
  staffOutline,
  workedOn,
} from '../../../shared/domain/catalogue/outline.ts';
import { LessonId, type ProductId, timeMs } from '../../../shared/schemas/base.ts';
import {
  type AddedLessons,
  COURSE_LESSONS_MAX,
  Course,
  CourseDraft,
  type Lesson,
  type OutlineAsked,
  type Product,
} from '../../../shared/schemas/catalogue/product.ts';
import { seed } from '../../support/seeded.ts';

const now = timeMs(1_795_000_000_000);

let made = 0;
const newId = () => {
  made += 1;
  return LessonId.parse(`les_${String(made).padStart(26, '0')}`);
};
const written = (title: string, isTrial = false): AddedLessons[number] => ({
  ...{ id: newId(), title, body: `${title}的正文`, mediaKey: null, durationSeconds: 60, isTrial },
});

/** A published course with a trial and two paid lessons in two chapters, and a bundle that contains it. */
function givenCourse() {
  const { id: _, ...paid } = written('付费');
  const draft = CourseDraft.parse({
    id: 'prd_01JD0000000000000000000001',
    title: '课程',
    ...{ subtitle: '', summary: '', category: 'data', tags: [], teacher: '王老师', listFen: 9_900 },
    coverUrl: 'https://static.zhike.example/cover.jpg',
    access: { kind: 'forever' },
    chapters: [
      { title: '第一章', lessons: [{ ...paid, isTrial: true }] },
      { title: '第二章', lessons: [paid, paid] },
    ],
  });
  const documents = draftCourse(draft, { draftDigest: '0'.repeat(64), now, makeLessonId: newId });
  const bundleId = 'prd_01JD0000000000000000000002' as ProductId;
  const product: Product = {
    ...documents.product,
    ...{ state: 'published', publishedAtMs: now, partOf: [bundleId] },
  };
  const bundle: Product = { ...product, id: bundleId, kind: 'bundle', partOf: [], parts: [product.id] };
  return { product, course: documents.course, lessons: documents.lessons, bundle };
}

/** An outline in the form in which a change is sent. */
const asAsked = (course: Course): OutlineAsked =>
  workedOn(course).map(({ title, lessons }) => ({
    title,
    lessons: lessons.map(({ id, isHidden }) => ({ id, isHidden })),
  }));

const publish = (
  { product, course, bundle }: { product: Product; course: Course; bundle: Product },
  expectedVersion = course.version,
) => publishOutline({ product, course }, { expectedVersion, untimed: [], bundles: [bundle], now });

const codeOf = (run: () => unknown): unknown => {
  try {
    run();
    return null;
  } catch (caught) {
    const { code, params } = caught as { code: string; params?: { reason?: string } };
    return params?.reason === undefined ? code : `${code} ${params.reason}`;
  }
};

describe('a course as it was stored before outlines could be changed', () => {
  test('reads as a course without a draft, with every lesson shown', () => {
    const { course } = givenCourse();
    const old = {
      id: course.id,
      draftDigest: course.draftDigest,
      chapters: course.chapters.map((chapter) => ({
        ...chapter,
        lessons: chapter.lessons.map(({ contentId: _, isHidden: __, ...line }) => line),
      })),
    };
    expect(Course.parse(old)).toEqual(course);
  });
});

describe('the draft of an outline', () => {
  type Step =
    | { kind: 'add'; chapter: number; count: number }
    | { kind: 'mend'; at: number; isTrial: boolean }
    | { kind: 'arrange'; move: number; hide: number }
    | { kind: 'drop'; at: number }
    | { kind: 'reset' }
    | { kind: 'publish' };
  const place = fc.nat(9);
  const step: fc.Arbitrary<Step> = fc.oneof(
    fc.record({
      kind: fc.constant('add' as const),
      chapter: fc.nat(1),
      count: fc.integer({ min: 1, max: 3 }),
    }),
    fc.record({ kind: fc.constant('mend' as const), at: place, isTrial: fc.boolean() }),
    fc.record({ kind: fc.constant('arrange' as const), move: place, hide: place }),
    fc.record({ kind: fc.constant('drop' as const), at: place }),
    fc.record({ kind: fc.constant('reset' as const) }),
    fc.record({ kind: fc.constant('publish' as const) }),
  );

  /** The course after a step, with what the step stores. The same state when the rule refuses. */
  function take(state: State, { product, course }: State, now: Step): State {
    const expectedVersion = course.version;
    const all = linesOf(workedOn(course));
    switch (now.kind) {
      case 'add': {
        const lessons = Array.from({ length: now.count }, () => written(`新 ${made}`));
        const after = addLessons(course, { chapter: now.chapter, lessons, expectedVersion, stored: [] });
        return { ...state, course: after.course, contents: put(state.contents, after.lessons) };
      }
      case 'mend': {
        const line = all[now.at % all.length];
        const content = line && state.contents.get(contentIdOf(line));
        if (line === undefined || content === undefined) return state;
        const change = { title: `改 ${made}`, isTrial: now.isTrial };
        const asked = { lessonId: line.id, content, change, expectedVersion, newId: newId() };
        const after = mendLesson(course, asked);
        if (after === null) throw new Error('this change was never made before');
        return { ...state, course: after.course, contents: put(state.contents, [after.content]) };
      }
      case 'arrange': {
        const chapters = asAsked(course);
        const moved = chapters[0]?.lessons.splice(now.move % 2, 1) ?? [];
        chapters[1]?.lessons.splice(now.move, 0, ...moved);
        for (const chapter of chapters) {
          for (const [index, lesson] of chapter.lessons.entries()) lesson.isHidden = index === now.hide;
        }
        return { ...state, course: arrangeOutline({ product, course }, { chapters, expectedVersion }) };
      }
      case 'drop': {
        const chapters = asAsked(course);
        chapters[now.at % 2]?.lessons.pop();
        return { ...state, course: arrangeOutline({ product, course }, { chapters, expectedVersion }) };
      }
      case 'reset':
        return { ...state, course: resetOutline(course, expectedVersion) };
      case 'publish': {
        const after = publish(state);
        return { ...state, ...after, bundle: after.bundles[0] ?? state.bundle };
      }
    }
  }

  interface State {
    product: Product;
    course: Course;
    bundle: Product;
    contents: ReadonlyMap<LessonId, Lesson>;
  }

  function put(contents: State['contents'], lessons: readonly Lesson[]): State['contents'] {
    for (const { id } of lessons) expect(contents.has(id)).toBe(false);
    return new Map([...contents, ...lessons.map((lesson) => [lesson.id, lesson] as const)]);
  }

  test('whatever staff do, learners see it at publishing only, no published id goes, and every line has its content', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        const { lessons, ...first } = givenCourse();
        let state: State = { ...first, contents: put(new Map(), lessons) };
        for (const each of steps) {
          const before = state;
          try {
            state = take(state, state, each);
          } catch (caught) {
            expect(['course.change_refused', 'course.not_publishable']).toContain(
              (caught as { code: string }).code,
            );
            continue;
          }
          const { product, course, bundle, contents } = state;
          expect(Course.parse(course)).toEqual(course);
          if (each.kind !== 'publish') expect(course.chapters).toBe(before.course.chapters);
          const shown = courseView(product, course, new Map()).chapters.flatMap((chapter) => chapter.lessons);
          expect([product.lessonCount, product.trialCount]).toEqual([
            shown.length,
            shown.filter(({ isTrial }) => isTrial).length,
          ]);
          expect([bundle.lessonCount, bundle.trialCount]).toEqual([product.lessonCount, product.trialCount]);
          expect(shown.some(({ isTrial }) => !isTrial)).toBe(true);
          for (const { id } of linesOf(before.course.chapters)) {
            expect(lineOf(course.chapters, id)).not.toBeNull();
            expect(lineOf(workedOn(course), id)).not.toBeNull();
          }
          for (const line of [...linesOf(course.chapters), ...linesOf(workedOn(course))]) {
            const content = contents.get(contentIdOf(line));
            expect(content).toMatchObject({
              ...{ title: line.title, isTrial: line.isTrial, durationSeconds: line.durationSeconds },
            });
          }
        }
      }),
      { seed },
    );
  });

  test('is a draft no more when it is put back as it was, and what was published is what the product counts', () => {
    const { product, course } = givenCourse();
    const asked = asAsked(course);
    const hidden = asked.map((chapter) => ({
      ...chapter,
      lessons: chapter.lessons.map((lesson) => ({ ...lesson, isHidden: true })),
    }));
    const draft = arrangeOutline({ product, course }, { chapters: hidden, expectedVersion: 1 });
    expect(staffOutline(draft)).toMatchObject({ isDraft: true, version: 2 });
    const back = arrangeOutline({ product, course: draft }, { chapters: asked, expectedVersion: 2 });
    expect(back).toEqual({ ...course, version: 3 });
  });

  test('says of each lesson whether learners have it, have it as it was before, or do not have it', () => {
    const { course, lessons } = givenCourse();
    const [first] = lessons;
    if (first === undefined) throw new Error('there are three');
    const added = addLessons(course, {
      chapter: 0,
      lessons: [written('新')],
      expectedVersion: 1,
      stored: [],
    });
    const mended = mendLesson(added.course, {
      ...{ lessonId: first.id, content: first, change: { body: '改过' }, expectedVersion: 2, newId: newId() },
    });
    const states = staffOutline(mended?.course ?? course).chapters.map(({ lessons: of }) =>
      of.map(({ state }) => state),
    );
    expect(states).toEqual([
      ['changed', 'new'],
      ['published', 'published'],
    ]);
  });
});

describe('two editors, and lost answers', () => {
  test('every change is refused by another version, and answered again by the one it was made with', () => {
    const { product, course, lessons, bundle } = givenCourse();
    const [first] = lessons;
    if (first === undefined) throw new Error('there are three');
    const chapters = asAsked(course).toReversed();
    const added = [written('新')];
    const stored = added.map((lesson): Lesson => ({ ...lesson, productId: course.id }));
    const mend = (before: Course, content: Lesson, expectedVersion: number) =>
      mendLesson(before, {
        ...{ lessonId: first.id, content, change: { title: '改' }, expectedVersion, newId: newId() },
      });

    const arranged = arrangeOutline({ product, course }, { chapters, expectedVersion: 1 });
    expect(arrangeOutline({ product, course: arranged }, { chapters, expectedVersion: 1 })).toBe(arranged);
    const longer = addLessons(course, { chapter: 0, lessons: added, expectedVersion: 1, stored: [] });
    const again = addLessons(longer.course, { chapter: 0, lessons: added, expectedVersion: 1, stored });
    expect(again).toEqual({ course: longer.course, lessons: [] });
    expect(again.course).toBe(longer.course);
    const mended = mend(course, first, 1);
    if (mended === null) throw new Error('it was changed');
    expect(mend(mended.course, mended.content, 1)).toBeNull();
    const published = publish({ product, course: arranged, bundle });
    expect(publish({ ...published, bundle }, 2)).toEqual({ ...published, bundles: [] });

    for (const refused of [
      () => arrangeOutline({ product, course }, { chapters, expectedVersion: 2 }),
      () => addLessons(course, { chapter: 0, lessons: added, expectedVersion: 2, stored: [] }),
      () => mend(course, first, 2),
      () => resetOutline(arranged, 1),
      () => publish({ product, course: arranged, bundle }, 1),
    ]) {
      expect(codeOf(refused)).toBe('course.version_changed');
    }
  });
});

describe('what is refused', () => {
  test('course.change_refused: a lesson that is not in the course, and one that learners have and nobody names', () => {
    const { product, course } = givenCourse();
    const chapters = asAsked(course);
    const more = [{ title: '第三章', lessons: [{ id: newId(), isHidden: false }] }];
    expect(
      codeOf(() =>
        arrangeOutline({ product, course }, { chapters: [...chapters, ...more], expectedVersion: 1 }),
      ),
    ).toBe('course.change_refused lesson_unknown');
    const [, ...fewer] = chapters;
    expect(codeOf(() => arrangeOutline({ product, course }, { chapters: fewer, expectedVersion: 1 }))).toBe(
      'course.change_refused lesson_missing',
    );
    const unseen: Product = { ...product, state: 'draft', publishedAtMs: null };
    expect(
      arrangeOutline({ product: unseen, course }, { chapters: fewer, expectedVersion: 1 }).draft,
    ).toHaveLength(1);
  });

  test('course.change_refused: no such chapter, and more lessons than a course has', () => {
    const { course } = givenCourse();
    const add = (chapter: number, count: number) => () =>
      addLessons(course, {
        ...{
          chapter,
          lessons: Array.from({ length: count }, () => written('新')),
          expectedVersion: 1,
          stored: [],
        },
      });
    expect(codeOf(add(2, 1))).toBe('course.change_refused chapter_unknown');
    expect(codeOf(add(1, COURSE_LESSONS_MAX - 3))).toBeNull();
    expect(codeOf(add(1, COURSE_LESSONS_MAX - 2))).toBe('course.change_refused too_many_lessons');
  });

  test('lesson.id_taken: an id that stands for something else', () => {
    const { course, lessons } = givenCourse();
    const added = [written('新')];
    expect(
      codeOf(() => addLessons(course, { chapter: 0, lessons: added, expectedVersion: 1, stored: lessons })),
    ).toBe('lesson.id_taken');
  });
});
