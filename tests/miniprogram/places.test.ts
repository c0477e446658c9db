import fc from 'fast-check';
import type { CourseView, OutlineLesson } from '../../client/types.ts';
import { lessonToResume, stepsOf } from '../../miniprogram/model/lessons.ts';
import {
  clockOf,
  FILM_SPEEDS,
  isPdf,
  isSound,
  mayRenew,
  SOUND_SPEEDS,
  speedAmong,
} from '../../miniprogram/model/media.ts';
import {
  newerPlace,
  type Place,
  type Places,
  scrollToResume,
  secondsToResume,
  withPlace,
} from '../../miniprogram/model/places.ts';
import { seed } from '../support/seeded.ts';

const place = fc.record({ at: fc.nat(9_000), of: fc.nat(9_000), atMs: fc.nat(1_000_000) });
const id = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f');

describe('places', () => {
  test('the one that was added last is there, and as many others as have room, the newest', () => {
    fc.assert(
      fc.property(
        fc.dictionary(id, place),
        id,
        place,
        fc.integer({ min: 1, max: 8 }),
        (all, key, one, max) => {
          const next = withPlace(all, key, one, max);
          expect(next[key]).toEqual(one);
          expect(Object.keys(next).length).toBe(Math.min(max, new Set([...Object.keys(all), key]).size));
          const dropped = Object.keys(all).filter((other) => other !== key && next[other] === undefined);
          const stays = Object.keys(next).filter((other) => other !== key);
          for (const gone of dropped) {
            for (const other of stays) expect(all[other]?.atMs).toBeGreaterThanOrEqual(all[gone]?.atMs ?? 0);
          }
        },
      ),
      { seed },
    );
  });

  test('playing goes on where it was, within what there is, and begins anew after the end', () => {
    fc.assert(
      fc.property(place, (one) => {
        const second = secondsToResume(one);
        // No more is played again than the cell that was not played whole.
        expect(second === 0 || (second % 5 === 0 && one.at - second < 5)).toBe(true);
        if (one.of > 0) expect(second).toBeLessThanOrEqual(Math.max(0, one.of - 10));
      }),
      { seed },
    );
    expect(secondsToResume(undefined)).toBe(0);
    expect(secondsToResume({ at: 595, of: 600, atMs: 1 })).toBe(0);
    expect(secondsToResume({ at: 300.7, of: 600, atMs: 1 })).toBe(300);
  });

  test('of two places the newer one counts, wherever it is from', () => {
    fc.assert(
      fc.property(
        fc.option(place, { nil: undefined }),
        fc.option(place, { nil: undefined }),
        (one, other) => {
          const found = newerPlace(one, other);
          expect([one, other]).toContain(found);
          expect(found?.atMs ?? -1).toBe(Math.max(one?.atMs ?? -1, other?.atMs ?? -1));
        },
      ),
      { seed },
    );
  });

  test('a text is scrolled as far as it was, by the height of its letters', () => {
    const read: Place = { at: 640, of: 32, atMs: 1 };
    expect(scrollToResume(read, 32)).toBe(640);
    expect(scrollToResume(read, 46)).toBe(920);
    expect(scrollToResume(undefined, 32)).toBe(0);
  });
});

const lessons = fc.uniqueArray(
  fc.record({
    id: fc.string({ minLength: 1, maxLength: 4 }),
    title: fc.string(),
    durationSeconds: fc.nat(9_000),
    isTrial: fc.boolean(),
  }),
  { selector: (one) => one.id, maxLength: 12 },
);
type Outline = Pick<CourseView, 'chapters' | 'owned'>;

/** A course whose chapters have three lessons each. */
function courseOf(all: readonly OutlineLesson[], isOwned: boolean): Outline {
  const chapters = Array.from({ length: Math.ceil(all.length / 3) }, (_, at) => ({
    title: String(at),
    lessons: all.slice(at * 3, at * 3 + 3),
  }));
  return { chapters, owned: { isOwned, isTrial: false, untilAtMs: null, mayBuy: true } };
}

describe('lessons', () => {
  test('follow each other through all chapters, there and back', () => {
    fc.assert(
      fc.property(lessons, fc.boolean(), (all, isOwned) => {
        const course = courseOf(all, isOwned);
        all.forEach((lesson, at) => {
          const steps = stepsOf(course, lesson.id);
          expect(steps?.previous?.id).toBe(all[at - 1]?.id);
          expect(steps?.next?.id).toBe(all[at + 1]?.id);
          expect(steps?.next?.isOpen).toBe(
            all[at + 1] === undefined ? undefined : isOwned || all[at + 1]?.isTrial === true,
          );
        });
        expect(stepsOf(course, 'somewhere else')).toBeNull();
      }),
      { seed },
    );
  });

  test('the one to go on with may be opened, and none that may was open later', () => {
    fc.assert(
      fc.property(lessons, fc.boolean(), fc.dictionary(id, place), (all, isOwned, kept) => {
        const places: Places = kept;
        const found = lessonToResume(courseOf(all, isOwned), places);
        const open = all.filter((one) => isOwned || one.isTrial);
        if (open.length === 0) return expect(found).toBeNull();
        expect(open).toContain(found);
        const last = Math.max(...open.map((one) => places[one.id]?.atMs ?? 0));
        expect(places[found?.id ?? '']?.atMs ?? 0).toBe(last);
        if (last === 0) expect(found).toBe(open[0]);
        return undefined;
      }),
      { seed },
    );
  });
});

describe('media', () => {
  test.each([
    ['https://cdn.example.com/media/a.mp3?expires=1&signature=x.mp4', true],
    ['https://cdn.example.com/media/a.M4A', true],
    ['https://cdn.example.com/courses/a.mp4?expires=1', false],
  ])('%s is a sound: %s', (url, expected) => {
    expect(isSound(url)).toBe(expected);
  });

  test('a file for the phone itself is a PDF', () => {
    expect([isPdf('https://a.example/b.pdf?x=1'), isPdf('https://a.example/b.epub?x=1.pdfs')]).toEqual([
      true,
      false,
    ]);
  });

  test.each([
    [0, '00:00'],
    [192.9, '03:12'],
    [3_792, '1:03:12'],
  ])('%d seconds are read as %s', (seconds, text) => {
    expect(clockOf(seconds)).toBe(text);
  });

  test('a speed that was chosen for sounds becomes the nearest of films', () => {
    expect([0.75, 1, 2, 3].map((one) => speedAmong(FILM_SPEEDS, one))).toEqual([0.8, 1, 2, 2]);
    for (const speed of SOUND_SPEEDS) expect(speedAmong(SOUND_SPEEDS, speed)).toBe(speed);
  });

  test('a link is asked for anew when it ended, and once when it did not', () => {
    expect(mayRenew({ untilAtMs: 10, isSecond: false }, 5)).toBe(true);
    expect(mayRenew({ untilAtMs: 10, isSecond: true }, 5)).toBe(false);
    expect(mayRenew({ untilAtMs: 10, isSecond: true }, 10)).toBe(true);
  });
});
