import * as z from 'zod';
import * as courses from '../../../shared/data/catalogue/courses.ts';
import { staffOutline } from '../../../shared/domain/catalogue/outline.ts';
import { fail } from '../../../shared/errors.ts';
import { http } from '../../../shared/function.ts';
import { ProductId } from '../../../shared/schemas/base.ts';
import { StaffOutline } from '../../../shared/schemas/catalogue/product.ts';

/**
 * Shows staff the draft of a course's outline, hidden lessons included, and which lessons learners do not have yet.
 *
 * `version` is what the next change sends as `expectedVersion`.
 */
export const getCourseOutline = http(
  {
    route: 'GET /api/admin/courses/{id}/outline',
    auth: { may: 'product.view' },
    input: z.strictObject({ id: ProductId }),
    output: z.object({ outline: StaffOutline }),
    errors: ['course.not_found'],
  },
  async ({ input: { id }, ports }) => {
    const course = await courses.find(ports.database, id);
    if (course === null) throw fail('course.not_found');
    return { outline: staffOutline(course) };
  },
);
