import * as z from 'zod';
import * as courses from '../../../shared/data/catalogue/courses.ts';
import * as lessons from '../../../shared/data/catalogue/lessons.ts';
import * as audit from '../../../shared/data/operations/audit.ts';
import { addLessons, staffOutline } from '../../../shared/domain/catalogue/outline.ts';
import { fail } from '../../../shared/errors.ts';
import { http } from '../../../shared/function.ts';
import { ProductId } from '../../../shared/schemas/base.ts';
import { AddedLessons, StaffOutline } from '../../../shared/schemas/catalogue/product.ts';

/**
 * Adds lessons at the end of a chapter of the draft. Learners see them after `publishCourseOutline`.
 *
 * `chapter` is the chapter's place in the outline, from 0. A long course takes several calls. The client makes the
 * lessons' ids, and repeating the very same call gives the same answer as the first time.
 */
export const createLessons = http(
  {
    route: 'POST /api/admin/courses/{id}/lessons',
    auth: { may: 'course.update' },
    input: z.strictObject({
      id: ProductId,
      expectedVersion: z.int().min(1),
      chapter: z.int().min(0).max(99),
      lessons: AddedLessons,
    }),
    output: z.object({ outline: StaffOutline }),
    errors: ['course.not_found', 'course.version_changed', 'course.change_refused', 'lesson.id_taken'],
    bodyBytesMax: 4 * 1024 * 1024,
  },
  async ({ input: { id, ...asked }, user, now, ports, requestId }) => {
    const ids = asked.lessons.map((lesson) => lesson.id);
    const outline = await ports.database.tx(async (tx) => {
      const course = await courses.find(tx, id);
      if (course === null) throw fail('course.not_found');
      const found = await Promise.all(ids.map((lessonId) => lessons.find(tx, lessonId)));
      const after = addLessons(course, { ...asked, stored: found.filter((lesson) => lesson !== null) });
      if (after.course === course) return course;
      for (const lesson of after.lessons) await lessons.insert(tx, lesson);
      await courses.save(tx, course, after.course);
      await audit.append(tx, {
        id: `course.update:${id}:${after.course.version}`,
        ...{ actorId: user.id, action: 'course.update', target: id, reason: null, now, requestId },
        before: { outlineVersion: course.version },
        after: { outlineVersion: after.course.version, added: ids },
      });
      return after.course;
    });
    return { outline: staffOutline(outline) };
  },
);
