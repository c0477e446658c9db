import * as z from 'zod';
import * as courses from '../../../shared/data/catalogue/courses.ts';
import * as lessons from '../../../shared/data/catalogue/lessons.ts';
import * as products from '../../../shared/data/catalogue/products.ts';
import * as audit from '../../../shared/data/operations/audit.ts';
import { createdBefore, draftCourse, staffCourseView } from '../../../shared/domain/catalogue/course.ts';
import { fail } from '../../../shared/errors.ts';
import { placeInCategory } from '../../../shared/flows/catalogue/placeInCategory.ts';
import { http } from '../../../shared/function.ts';
import { LessonId } from '../../../shared/schemas/base.ts';
import { CourseDraft, StaffCourseView } from '../../../shared/schemas/catalogue/product.ts';

/**
 * Creates a course as a draft, with its whole outline and all its lessons. The server makes the lessons' ids.
 *
 * The client makes the course's id and keeps it until it has an answer. A repeat with the same id and the same content
 * answers the same course, in whatever state it is by then. Only staff see the course before `publishCourse`.
 */
export const createCourse = http(
  {
    route: 'POST /api/admin/courses',
    auth: { may: 'course.create' },
    input: z.strictObject({ course: CourseDraft }),
    output: z.object({ course: StaffCourseView }),
    errors: ['course.id_taken', 'category.not_found'],
    bodyBytesMax: 4 * 1024 * 1024,
  },
  async ({ input: { course: input }, user, now, ports, requestId }) => {
    const draftDigest = ports.secrets.digest('course.draft', JSON.stringify(input));
    const makeLessonId = () => LessonId.parse(ports.ids.make('les'));
    // Read outside the transaction, because a course with the most lessons fills the transaction.
    if (await audit.wasRemoved(ports.database, input.id)) throw fail('course.id_taken');
    const draft = draftCourse(input, { draftDigest, now, makeLessonId });

    const stored = await ports.database.tx(async (tx) => {
      const product = await products.find(tx, input.id);
      const course = await courses.find(tx, input.id);
      if (product !== null) {
        if (course === null) throw fail('course.id_taken');
        return createdBefore({ product, course }, draftDigest);
      }
      await placeInCategory(tx, input.category);
      await products.insert(tx, draft.product);
      await courses.insert(tx, draft.course);
      for (const lesson of draft.lessons) await lessons.insert(tx, lesson);
      await audit.append(tx, {
        id: `course.create:${input.id}`,
        ...{ actorId: user.id, action: 'course.create', target: input.id, reason: null, now, requestId },
        ...{ before: null, after: { ...draft.product, lessonCount: draft.lessons.length } },
      });
      return draft;
    });
    return { course: staffCourseView(stored.product, stored.course) };
  },
);
