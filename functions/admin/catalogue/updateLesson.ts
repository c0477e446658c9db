import * as z from 'zod';
import * as courses from '../../../shared/data/catalogue/courses.ts';
import * as lessons from '../../../shared/data/catalogue/lessons.ts';
import * as audit from '../../../shared/data/operations/audit.ts';
import {
  contentIdOf,
  lineOf,
  mendLesson,
  staffOutline,
  workedOn,
} from '../../../shared/domain/catalogue/outline.ts';
import { fail } from '../../../shared/errors.ts';
import { http } from '../../../shared/function.ts';
import { LessonId, ProductId } from '../../../shared/schemas/base.ts';
import { LessonChange, StaffOutline } from '../../../shared/schemas/catalogue/product.ts';

/**
 * Changes the content of a lesson in the draft. Learners see the old content until `publishCourseOutline`.
 *
 * Fields that are not given stay, and so does the lesson's id. Repeating the very same change gives the same answer as
 * the first time.
 */
export const updateLesson = http(
  {
    route: 'PATCH /api/admin/courses/{id}/lessons/{lessonId}',
    auth: { may: 'course.update' },
    input: z.strictObject({
      id: ProductId,
      lessonId: LessonId,
      expectedVersion: z.int().min(1),
      change: LessonChange,
    }),
    output: z.object({ outline: StaffOutline }),
    errors: ['course.not_found', 'lesson.not_found', 'course.version_changed'],
  },
  async ({ input: { id, ...asked }, user, now, ports, requestId }) => {
    const newId = LessonId.parse(ports.ids.make('les'));
    const outline = await ports.database.tx(async (tx) => {
      const course = await courses.find(tx, id);
      if (course === null) throw fail('course.not_found');
      const line = lineOf(workedOn(course), asked.lessonId);
      const content = line === null ? null : await lessons.find(tx, contentIdOf(line));
      if (content === null) throw fail('lesson.not_found');
      const after = mendLesson(course, { ...asked, content, newId });
      if (after === null) return course;
      await lessons.insert(tx, after.content);
      await courses.save(tx, course, after.course);
      await audit.append(tx, {
        id: `lesson.update:${asked.lessonId}:${after.course.version}`,
        ...{
          actorId: user.id,
          action: 'lesson.update',
          target: asked.lessonId,
          reason: null,
          now,
          requestId,
        },
        before: content,
        after: after.content,
      });
      return after.course;
    });
    return { outline: staffOutline(outline) };
  },
);
