import * as z from 'zod';
import * as courses from '../../../shared/data/catalogue/courses.ts';
import * as products from '../../../shared/data/catalogue/products.ts';
import * as audit from '../../../shared/data/operations/audit.ts';
import { publishCourse as publish, staffCourseView } from '../../../shared/domain/catalogue/course.ts';
import { fail } from '../../../shared/errors.ts';
import { forgetCourse } from '../../../shared/flows/catalogue/catalogue.ts';
import { wantGoods } from '../../../shared/flows/operations/wantGoods.ts';
import { http } from '../../../shared/function.ts';
import { ProductId } from '../../../shared/schemas/base.ts';
import { StaffCourseView } from '../../../shared/schemas/catalogue/product.ts';
import { Reason } from '../../../shared/schemas/identity/staff.ts';

/**
 * Puts a course on sale, at once where it is published and within minutes everywhere. Publishing what is on sale
 * already changes nothing.
 */
export const publishCourse = http(
  {
    route: 'POST /api/admin/courses/{id}/publish',
    auth: { may: 'course.publish' },
    input: z.strictObject({ id: ProductId, reason: Reason }),
    output: z.object({ course: StaffCourseView }),
    errors: ['course.not_found', 'course.not_publishable'],
  },
  async ({ input, user, now, ports, requestId }) => {
    const { product, course } = await ports.database.tx(async (tx) => {
      const before = await products.find(tx, input.id);
      const outline = await courses.find(tx, input.id);
      if (before === null || outline === null) throw fail('course.not_found');
      const after = publish(before, outline, now);
      if (after !== before) {
        await products.save(tx, after);
        if (ports.rails.xpay !== null) await wantGoods(tx, after, now);
        await audit.append(tx, {
          id: `course.publish:${after.id}:${after.version}`,
          actorId: user.id,
          action: 'course.publish',
          target: after.id,
          reason: input.reason,
          before,
          after,
          now,
          requestId,
        });
      }
      return { product: after, course: outline };
    });
    await forgetCourse(ports, product.id);
    return { course: staffCourseView(product, course) };
  },
);
