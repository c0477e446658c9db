/** Changes of a course's outline for tests, made as staff make them. */
import { createLessons } from '../../../functions/admin/catalogue/createLessons.ts';
import { getCourseOutline } from '../../../functions/admin/catalogue/getCourseOutline.ts';
import { publishCourseOutline } from '../../../functions/admin/catalogue/publishCourseOutline.ts';
import { putCourseOutline } from '../../../functions/admin/catalogue/putCourseOutline.ts';
import { updateLesson } from '../../../functions/admin/catalogue/updateLesson.ts';
import { LessonId, type ProductId } from '../../../shared/schemas/base.ts';
import type {
  AddedLessons,
  LessonChange,
  OutlineAsked,
  StaffOutline,
} from '../../../shared/schemas/catalogue/product.ts';
import type { World } from '../world.ts';
import { givenStaff } from './staff.ts';

/** Lessons to add: by default paid ones of ten minutes, each with a text and no file. */
export function newLessons(
  world: World,
  count: number,
  wishes: Partial<AddedLessons[number]> = {},
): AddedLessons {
  return Array.from({ length: count }, (_, index) => ({
    id: LessonId.parse(world.ports.ids.make('les')),
    ...{ title: `新课时 ${index}`, body: '新的正文', mediaKey: null, durationSeconds: 600, isTrial: false },
    ...wishes,
  }));
}

/** An outline in the form in which a change is sent. */
export function asAsked(outline: StaffOutline): OutlineAsked {
  return outline.chapters.map(({ title, lessons }) => ({
    title,
    lessons: lessons.map(({ id, isHidden }) => ({ id, isHidden })),
  }));
}

/** An editor of one course. Each call is made with the course's present version, unless another is given. */
export async function editorOf(world: World, id: ProductId) {
  const editor = await givenStaff(world, 'editor');
  const outline = async () => (await world.call(getCourseOutline, { id }, editor)).data.outline;
  const seen = async (version: number | undefined) => version ?? (await outline()).version;
  return {
    editor,
    outline,
    add: async (lessons: AddedLessons, chapter = 0, version?: number) => {
      const expectedVersion = await seen(version);
      return world.call(createLessons, { id, expectedVersion, chapter, lessons }, editor);
    },
    mend: async (lessonId: LessonId, change: LessonChange, version?: number) => {
      const expectedVersion = await seen(version);
      return world.call(updateLesson, { id, lessonId, expectedVersion, change }, editor);
    },
    put: async (chapters: OutlineAsked, version?: number) => {
      const expectedVersion = await seen(version);
      return world.call(putCourseOutline, { id, expectedVersion, chapters }, editor);
    },
    /** Hides one lesson and leaves everything else as it is. */
    hide: async (lessonId: LessonId) => {
      const now = await outline();
      const chapters = asAsked(now).map((chapter) => ({
        ...chapter,
        lessons: chapter.lessons.map((each) => (each.id === lessonId ? { ...each, isHidden: true } : each)),
      }));
      return world.call(putCourseOutline, { id, expectedVersion: now.version, chapters }, editor);
    },
    publish: async (version?: number) => {
      const expectedVersion = await seen(version);
      return world.call(publishCourseOutline, { id, expectedVersion, reason: '更新课程内容' }, editor);
    },
  };
}
