import * as z from 'zod';
import { NO_ACCESS } from '../../shared/domain/access/access.ts';
import { trialOffered } from '../../shared/domain/access/trial.ts';
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
 * Shows all that a course's page needs, priced for the caller.
 *
 * The answer has the chapters and lessons with their trial marks, the playing time, and the terms of sale and of
 * refunds. It has what the course costs the caller now and what access the caller has: until when, and whether they can
 * buy it (again). A withdrawn course is shown to its owners only; for others it does not exist.
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
    const trialDays = trialOffered(product, access, ports.settings.talk, now);
    const view = { ...courseView(product, course.course, prices), trialDays };
    if (owned === null) return { ...view, owned: null };
    return { ...view, owned: ownedView(product, access, owned.covered.has(product.id), now) };
  },
);
