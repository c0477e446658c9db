import * as z from 'zod';
import * as entitlements from '../shared/data/entitlements.ts';
import { maySee } from '../shared/domain/course.ts';
import { accessUntilAtMs, mayUse } from '../shared/domain/entitlement.ts';
import { fail } from '../shared/errors.ts';
import { findCourse } from '../shared/flows/catalogue.ts';
import { http } from '../shared/function.ts';
import { ProductId } from '../shared/schemas/base.ts';
import { CourseView } from '../shared/schemas/product.ts';

/**
 * Shows a course: its chapters and lessons with trial marks, its price, and what the caller owns of it.
 *
 * A withdrawn course is shown to its owners and does not exist for others.
 */
export const getCourse = http(
  {
    route: 'GET /api/courses/{id}',
    auth: 'optional',
    input: z.strictObject({ id: ProductId }),
    output: CourseView,
    errors: ['course.not_found'],
  },
  async ({ input, user, now, ports }) => {
    const course = await findCourse(ports, input.id);
    if (course === null) throw fail('course.not_found');
    const entitlement =
      user === null ? null : await entitlements.find(ports.database, user.id, course.product.id);
    const isOwned = mayUse(entitlement, now);
    if (!maySee(course.product, isOwned)) throw fail('course.not_found');
    if (user === null) return course.view;
    const untilAtMs = isOwned ? accessUntilAtMs(entitlement) : null;
    return { ...course.view, owned: { isOwned, untilAtMs } };
  },
);
