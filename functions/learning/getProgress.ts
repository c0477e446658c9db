import * as z from 'zod';
import { listed } from '../../shared/data/collection.ts';
import * as courseProgresses from '../../shared/data/learning/courseProgresses.ts';
import * as progresses from '../../shared/data/learning/progresses.ts';
import { maySee } from '../../shared/domain/catalogue/course.ts';
import { lineOf } from '../../shared/domain/catalogue/outline.ts';
import { courseShare } from '../../shared/domain/learning/courseProgress.ts';
import { lessonProgressView } from '../../shared/domain/learning/progress.ts';
import { fail } from '../../shared/errors.ts';
import { findCourse } from '../../shared/flows/catalogue/catalogue.ts';
import { http } from '../../shared/function.ts';
import { ProductId } from '../../shared/schemas/base.ts';
import { CourseProgressView } from '../../shared/schemas/learning/progress.ts';

/**
 * Shows how far the caller is in a course: each lesson that they opened, and where they were in it.
 *
 * The share of the course is of its lessons as they are today. Who has opened nothing is at 0. What somebody learned is
 * shown also when their access has ended.
 */
export const getProgress = http(
  {
    route: 'GET /api/courses/{id}/progress',
    auth: 'member',
    input: z.strictObject({ id: ProductId }),
    output: CourseProgressView,
    errors: ['course.not_found'],
  },
  async ({ input: { id }, user, ports }) => {
    const [shown, stored, opened] = await Promise.all([
      findCourse(ports, id),
      courseProgresses.find(ports.database, user.id, id),
      listed(progresses.ofCourse(ports.database, user.id, id)),
    ]);
    if (shown === null || !maySee(shown.product, stored !== null)) throw fail('course.not_found');
    const lessons = opened.flatMap((progress) => {
      const line = lineOf(shown.course.chapters, progress.lessonId);
      return line === null ? [] : lessonProgressView(progress, line);
    });
    return { ...courseShare(stored, shown.course), lessons };
  },
);
