import * as z from 'zod';
import * as courses from '../../../shared/data/catalogue/courses.ts';
import * as audit from '../../../shared/data/operations/audit.ts';
import { outlineAudited, resetOutline, staffOutline } from '../../../shared/domain/catalogue/outline.ts';
import { fail } from '../../../shared/errors.ts';
import { http } from '../../../shared/function.ts';
import { ProductId } from '../../../shared/schemas/base.ts';
import { StaffOutline } from '../../../shared/schemas/catalogue/product.ts';

/**
 * Throws away the draft of a course's outline. The next change starts from what learners see. Without a draft, nothing
 * changes.
 */
export const resetCourseOutline = http(
  {
    route: 'POST /api/admin/courses/{id}/outline/reset',
    auth: { may: 'course.update' },
    input: z.strictObject({ id: ProductId, expectedVersion: z.int().min(1) }),
    output: z.object({ outline: StaffOutline }),
    errors: ['course.not_found', 'course.version_changed'],
  },
  async ({ input: { id, expectedVersion }, user, now, ports, requestId }) => {
    const outline = await ports.database.tx(async (tx) => {
      const course = await courses.find(tx, id);
      if (course === null) throw fail('course.not_found');
      const after = resetOutline(course, expectedVersion);
      if (after === course) return course;
      await courses.save(tx, course, after);
      await audit.append(tx, {
        id: `course.reset:${id}:${after.version}`,
        ...{ actorId: user.id, action: 'course.reset', target: id, reason: null, now, requestId },
        before: outlineAudited(course),
        after: outlineAudited(after),
      });
      return after;
    });
    return { outline: staffOutline(outline) };
  },
);
