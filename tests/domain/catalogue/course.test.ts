import fc from 'fast-check';
import { collection } from '../../../shared/data/catalogue/products.ts';
import {
  courseView,
  draftCourse,
  maySee,
  mediaExpiresAtMs,
  publishCourse,
} from '../../../shared/domain/catalogue/course.ts';
import { PLAIN_TERMS, PRICE_MAX_FEN, PRICE_MIN_FEN } from '../../../shared/domain/catalogue/product.ts';
import { DAY_MS, HOUR_MS, LessonId, MINUTE_MS, timeMs } from '../../../shared/schemas/base.ts';
import { Course, CourseDraft, Lesson, Product } from '../../../shared/schemas/catalogue/product.ts';
import { seed } from '../../support/seeded.ts';

const now = timeMs(1_795_000_000_000);

function documentsOf(wishes: { listFen?: number; trials?: readonly boolean[] } = {}) {
  const draft = CourseDraft.parse({
    id: 'prd_01JD0000000000000000000001',
    title: '课程',
    subtitle: '',
    summary: '讲什么',
    category: 'data',
    tags: ['数据'],
    teacher: '王老师',
    coverUrl: 'https://static.zhike.example/cover.jpg',
    listFen: wishes.listFen ?? 9_900,
    access: { kind: 'forever' },
    chapters: (wishes.trials ?? [true, false]).map((isTrial, index) => ({
      title: `第 ${index} 章`,
      lessons: [
        {
          title: `第 ${index} 节`,
          body: '正文 SECRET',
          mediaKey: 'SECRET.mp4',
          durationSeconds: 60,
          isTrial,
        },
      ],
    })),
  });
  let count = 0;
  const makeLessonId = () => {
    count += 1;
    return LessonId.parse(`les_01JD00000000000000000000${String(count).padStart(2, '0')}`);
  };
  return draftCourse(draft, { draftDigest: '0'.repeat(64), now, makeLessonId });
}

function refusal(listFen: number, trials: readonly boolean[]): unknown {
  const { product, course } = documentsOf({ listFen, trials });
  try {
    publishCourse(product, { course, untimed: [] }, now);
    return null;
  } catch (caught) {
    return caught;
  }
}

describe('making a course', () => {
  test('a draft is three kinds of valid documents, and the outline names each lesson', () => {
    const { product, course, lessons } = documentsOf();
    expect(Product.parse(product)).toMatchObject({
      state: 'draft',
      version: 1,
      ...PLAIN_TERMS,
      trialCount: 1,
      parts: [],
      partOf: [],
      lessonCount: 2,
      publishedAtMs: null,
    });
    const outlined = Course.parse(course).chapters.flatMap((chapter) => chapter.lessons.map(({ id }) => id));
    expect(lessons.map((lesson) => Lesson.parse(lesson).id)).toEqual(outlined);
  });

  test('nothing that is paid for is in the page of a course', () => {
    const { product, course } = documentsOf();
    expect(JSON.stringify(courseView(product, course, new Map()))).not.toContain('SECRET');
  });
});

describe('publishing a course', () => {
  test('the version rises, and the first time of coming out stays', () => {
    const { product, course } = documentsOf();
    const published = publishCourse(product, { course, untimed: [] }, now);
    expect(published).toMatchObject({ state: 'published', version: 2, publishedAtMs: now });
    const withdrawn: Product = { ...published, state: 'withdrawn' };
    expect(publishCourse(withdrawn, { course, untimed: [] }, timeMs(now + DAY_MS))).toMatchObject({
      version: 3,
      publishedAtMs: now,
    });
  });

  test('publishing what is on sale is the very same product', () => {
    const { product, course } = documentsOf();
    const published = publishCourse(product, { course, untimed: [] }, now);
    expect(publishCourse(published, { course, untimed: [] }, timeMs(now + 1))).toBe(published);
  });

  test.each([
    ['no_lesson', 9_900, []],
    ['price_out_of_range', PRICE_MAX_FEN + 1, [false]],
    ['nothing_to_pay_for', 9_900, [true, true]],
  ])('course.not_publishable: %s at %d fen', (reason, listFen, trials) => {
    expect(refusal(listFen, trials)).toMatchObject({ code: 'course.not_publishable', params: { reason } });
  });

  test.each([0, 9_900])('course.not_publishable: no_duration at %d fen', (listFen) => {
    const { product, course, lessons } = documentsOf({ listFen, trials: [false] });
    const untimed = lessons.map(({ id }) => id);
    expect(() => publishCourse(product, { course, untimed }, now)).toThrow(
      expect.objectContaining({ params: expect.objectContaining({ reason: 'no_duration' }) }),
    );
  });

  test.each([
    ['free', 0, [true]],
    ['the least', PRICE_MIN_FEN, [false]],
    ['the most', PRICE_MAX_FEN, [true, false]],
  ])('a price may be %s', (_, listFen, trials) => {
    expect(refusal(listFen, trials)).toBeNull();
  });
});

describe('what of a course can be seen', () => {
  test('published by everybody, withdrawn by owners, a draft by nobody', () => {
    const { product } = documentsOf();
    const seenBy = (state: Product['state']) =>
      [false, true].map((isOwned) => maySee({ ...product, state }, isOwned));
    expect(seenBy('published')).toEqual([true, true]);
    expect(seenBy('withdrawn')).toEqual([false, true]);
    expect(seenBy('draft')).toEqual([false, false]);
  });

  test(`media closes by the lesson's length and a quarter of an hour, four hours when nobody said it, and never after the access (seed ${seed})`, () => {
    const [lesson] = documentsOf().lessons;
    if (lesson === undefined) throw new Error('no lesson');
    fc.assert(
      fc.property(fc.nat(86_400), fc.option(fc.nat(2 * DAY_MS)), (durationSeconds, accessMs) => {
        const untilAtMs = accessMs === null ? null : timeMs(now + accessMs);
        const expiresAtMs = mediaExpiresAtMs({ ...lesson, durationSeconds }, untilAtMs, now);
        const lengthMs = durationSeconds === 0 ? 4 * HOUR_MS : durationSeconds * 1_000;
        const playedMs = now + lengthMs + 15 * MINUTE_MS;
        expect(expiresAtMs).toBe(untilAtMs === null ? playedMs : Math.min(playedMs, untilAtMs));
      }),
      { seed },
    );
  });
});

test('a product that was stored before parts could leave, and before trials were counted, is read all the same', () => {
  const { product } = documentsOf();
  const { trialCount: _, leftOf: __, formerParts: ___, ...before } = product;
  expect(Product.parse(collection.upgrade?.(before, 2))).toEqual({ ...product, trialCount: 0 });
});
