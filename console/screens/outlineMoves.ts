/** Changes to the order of a course, each to a new outline as it is sent. A lesson is never lost by a move. */
import type { OutlineAsked, StaffOutline } from '../../client/types.ts';

type Chapter = OutlineAsked[number];

/** A place for a lesson: before the lesson that stands there now. */
export interface LessonPlace {
  readonly chapter: number;
  readonly place: number;
}

/** The outline as it is sent. */
export function askedOf({ chapters }: Pick<StaffOutline, 'chapters'>): OutlineAsked {
  return chapters.map(({ title, lessons }) => ({
    title,
    lessons: lessons.map(({ id, isHidden }) => ({ id, isHidden })),
  }));
}

/** Where a lesson stands; null when it is not there. */
export function placeOf(outline: OutlineAsked, id: string): LessonPlace | null {
  for (const [chapter, { lessons }] of outline.entries()) {
    const place = lessons.findIndex((lesson) => lesson.id === id);
    if (place >= 0) return { chapter, place };
  }
  return null;
}

const changed = (outline: OutlineAsked, at: number, change: (chapter: Chapter) => Chapter): OutlineAsked =>
  outline.map((chapter, place) => (place === at ? change(chapter) : chapter));

const without = (outline: OutlineAsked, id: string): OutlineAsked =>
  outline.map((chapter) => ({ ...chapter, lessons: chapter.lessons.filter((one) => one.id !== id) }));

/** The outline with a lesson before the one that stands at a place now; at the end where none does. */
export function moveLesson(outline: OutlineAsked, id: string, to: LessonPlace): OutlineAsked {
  const from = placeOf(outline, id);
  const lesson = from === null ? undefined : outline[from.chapter]?.lessons[from.place];
  if (from === null || lesson === undefined || outline[to.chapter] === undefined) return outline;
  const isAfterItself = from.chapter === to.chapter && to.place > from.place;
  const place = isAfterItself ? to.place - 1 : to.place;
  return changed(without(outline, id), to.chapter, (chapter) => ({
    ...chapter,
    lessons: [...chapter.lessons.slice(0, place), lesson, ...chapter.lessons.slice(place)],
  }));
}

/** The outline with a lesson one step up or down, into the next chapter where its own ends. */
export function stepLesson(outline: OutlineAsked, id: string, step: -1 | 1): OutlineAsked {
  const from = placeOf(outline, id);
  if (from === null) return outline;
  const { chapter, place } = from;
  const last = (outline[chapter]?.lessons.length ?? 1) - 1;
  if (step === -1 && place === 0) {
    const before = outline[chapter - 1];
    return before === undefined
      ? outline
      : moveLesson(outline, id, { chapter: chapter - 1, place: before.lessons.length });
  }
  if (step === 1 && place === last) return moveLesson(outline, id, { chapter: chapter + 1, place: 0 });
  return moveLesson(outline, id, { chapter, place: step === 1 ? place + 2 : place - 1 });
}

/** The outline with a chapter one step up or down. */
export function stepChapter(outline: OutlineAsked, at: number, step: -1 | 1): OutlineAsked {
  const [own, other] = [outline[at], outline[at + step]];
  if (own === undefined || other === undefined) return outline;
  return outline.map((chapter, place) => (place === at ? other : place === at + step ? own : chapter));
}

/** The outline with one more chapter at its end. */
export const addChapter = (outline: OutlineAsked, title: string): OutlineAsked => [
  ...outline,
  { title, lessons: [] },
];

/** The outline with another title of a chapter. */
export const renameChapter = (outline: OutlineAsked, at: number, title: string): OutlineAsked =>
  changed(outline, at, (chapter) => ({ ...chapter, title }));

/** The outline without a chapter. One that has lessons stays. */
export const removeChapter = (outline: OutlineAsked, at: number): OutlineAsked =>
  outline.filter((chapter, place) => place !== at || chapter.lessons.length > 0);

/** The outline with a lesson shown or hidden. */
export const hideLesson = (outline: OutlineAsked, id: string, isHidden: boolean): OutlineAsked =>
  outline.map((chapter) => ({
    ...chapter,
    lessons: chapter.lessons.map((lesson) => (lesson.id === id ? { ...lesson, isHidden } : lesson)),
  }));

/** The outline without a lesson. */
export const removeLesson = (outline: OutlineAsked, id: string): OutlineAsked => without(outline, id);

/** The titles that somebody typed, one a line. */
export function titlesIn(text: string): readonly string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}
