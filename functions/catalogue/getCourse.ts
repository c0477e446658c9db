import * as z from 'zod';
import { NO_ACCESS } from '../../shared/domain/access/access.ts';
import { maySee } from '../../shared/domain/catalogue/course.ts';
import { fail } from '../../shared/errors.ts';
import { accessToOne } from '../../shared/flows/access/accessTo.ts';
import { findCourse } from '../../shared/flows/catalogue/catalogue.ts';
import { http } from '../../shared/function.ts';
import { ProductId } from '../../shared/schemas/base.ts';
import { CourseView } from '../../shared/schemas/catalogue/product.ts';

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
    const { product, view } = course;
    const access = user === null ? NO_ACCESS : await accessToOne(ports.database, user.id, product, now);
    const { mayUse: isOwned, untilAtMs } = access;
    if (!maySee(product, isOwned)) throw fail('course.not_found');
    return user === null ? view : { ...view, owned: { isOwned, untilAtMs } };
  },
);
