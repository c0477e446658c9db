import * as z from 'zod';
import { NO_ACCESS } from '../../shared/domain/access/access.ts';
import { courseView, maySee } from '../../shared/domain/catalogue/course.ts';
import { ownedView } from '../../shared/domain/catalogue/productView.ts';
import { fail } from '../../shared/errors.ts';
import { ownedAmong } from '../../shared/flows/access/ownedAmong.ts';
import { findCourse } from '../../shared/flows/catalogue/catalogue.ts';
import { todaysPrices } from '../../shared/flows/pricing/todaysPrices.ts';
import { http } from '../../shared/function.ts';
import { ProductId } from '../../shared/schemas/base.ts';
import { CourseView } from '../../shared/schemas/catalogue/product.ts';

/**
 * Shows all that a course's page needs: its chapters and lessons with trial marks, how long it plays, on which terms it
 * is sold and given back, what it costs the caller now, and what they have of it: until when, and whether it can be
 * bought (again).
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
    const { product } = course;
    const { database } = ports;
    const owned = user === null ? null : await ownedAmong(database, database, user.id, [product], now);
    const access = owned?.access(product) ?? NO_ACCESS;
    if (!maySee(product, access.mayUse)) throw fail('course.not_found');
    const prices = await todaysPrices(ports, { userId: user?.id ?? null, products: [product], now });
    const view = courseView(product, course.course, prices);
    if (owned === null) return { ...view, owned: null };
    return { ...view, owned: ownedView(product, access, owned.covered.has(product.id), now) };
  },
);
