import * as z from 'zod';
import * as courses from '../../../shared/data/catalogue/courses.ts';
import * as products from '../../../shared/data/catalogue/products.ts';
import * as audit from '../../../shared/data/operations/audit.ts';
import { arrangeOutline, outlineAudited, staffOutline } from '../../../shared/domain/catalogue/outline.ts';
import { fail } from '../../../shared/errors.ts';
import { http } from '../../../shared/function.ts';
import { ProductId } from '../../../shared/schemas/base.ts';
import { OutlineAsked, StaffOutline } from '../../../shared/schemas/catalogue/product.ts';

/**
 * Sets the order of the chapters and lessons in a course's draft, and which lessons are hidden.
 *
 * Learners see it after `publishCourseOutline`. Each lesson is given exactly once. Leaving a lesson out removes it,
 * which is allowed only if no learner has ever seen it. A chapter whose lessons are all hidden is not shown.
 */
export const putCourseOutline = http(
  {
    route: 'PUT /api/admin/courses/{id}/outline',
    auth: { may: 'course.update' },
    input: z.strictObject({ id: ProductId, expectedVersion: z.int().min(1), chapters: OutlineAsked }),
    output: z.object({ outline: StaffOutline }),
    errors: ['course.not_found', 'course.version_changed', 'course.change_refused'],
  },
  async ({ input: { id, expectedVersion, chapters }, user, now, ports, requestId }) => {
    const outline = await ports.database.tx(async (tx) => {
      const product = await products.find(tx, id);
      const course = await courses.find(tx, id);
      if (product === null || course === null) throw fail('course.not_found');
      const after = arrangeOutline({ product, course }, { chapters, expectedVersion });
      if (after === course) return course;
      await courses.save(tx, course, after);
      await audit.append(tx, {
        id: `course.update:${id}:${after.version}`,
        ...{ actorId: user.id, action: 'course.update', target: id, reason: null, now, requestId },
        before: outlineAudited(course),
        after: outlineAudited(after),
      });
      return after;
    });
    return { outline: staffOutline(outline) };
  },
);
