import * as z from 'zod';
import * as courses from '../../../shared/data/catalogue/courses.ts';
import * as lessons from '../../../shared/data/catalogue/lessons.ts';
import { contentIdOf, lineOf, workedOn } from '../../../shared/domain/catalogue/outline.ts';
import { fail } from '../../../shared/errors.ts';
import { http } from '../../../shared/function.ts';
import { LessonId, ProductId } from '../../../shared/schemas/base.ts';
import { Lesson } from '../../../shared/schemas/catalogue/product.ts';

/** Shows staff a lesson as it is in the draft of the outline, with the key of its file. */
export const getAnyLesson = http(
  {
    route: 'GET /api/admin/courses/{id}/lessons/{lessonId}',
    auth: { may: 'product.view' },
    input: z.strictObject({ id: ProductId, lessonId: LessonId }),
    output: z.object({ lesson: Lesson, version: z.int() }),
    errors: ['course.not_found', 'lesson.not_found'],
  },
  async ({ input: { id, lessonId }, ports }) => {
    const course = await courses.find(ports.database, id);
    if (course === null) throw fail('course.not_found');
    const line = lineOf(workedOn(course), lessonId);
    const content = line === null ? null : await lessons.find(ports.database, contentIdOf(line));
    if (content === null) throw fail('lesson.not_found');
    return { lesson: { ...content, id: lessonId }, version: course.version };
  },
);
